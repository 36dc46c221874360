package io.stoker.bench.page;

/// A builder of Markdown pages. Confined to one thread.
public final class MarkdownPage {

  private final StringBuilder text = new StringBuilder();

  /// An empty page.
  public MarkdownPage() {}

  /// Adds a line.
  public void line(String line) {
    text.append(line).append('\n');
  }

  /// Adds a table row: what was measured, how, and whether it reached the target.
  public void row(String what, String how, String value, String target, boolean reached) {
    line(
        "| %s | %s | %s | %s | %s |"
            .formatted(what, how, value, target, reached ? "reached" : "not reached"));
  }

  /// The whole page.
  @Override
  public String toString() {
    return text.toString();
  }
}
