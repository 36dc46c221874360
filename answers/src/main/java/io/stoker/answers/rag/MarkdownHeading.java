package io.stoker.answers.rag;

import org.jspecify.annotations.Nullable;

/// A heading of Markdown: a line that begins with one to six `#` and white space.
///
/// @param depth how many `#` it has
/// @param text what it says, without the `#` at either end; may be empty, and is shortened
record MarkdownHeading(int depth, String text) {

  private static final int DEEPEST = 6;

  /// The heading that a line is; null if it is none. Looks at each character once or twice.
  static @Nullable MarkdownHeading of(String line) {
    int depth = 0;
    while (depth < line.length() && line.charAt(depth) == '#') {
      depth++;
    }
    if (depth < 1
        || depth > DEEPEST
        || depth == line.length()
        || !Character.isWhitespace(line.charAt(depth))) {
      return null;
    }
    int end = line.length();
    end = without(line, end, false);
    end = without(line, end, true);
    end = without(line, end, false);
    return new MarkdownHeading(
        depth, DocumentText.shortened(line.substring(depth, Math.max(depth, end)).strip()));
  }

  /// Where the line ends without the `#` or the white space behind it.
  private static int without(String line, int end, boolean marks) {
    int before = end;
    while (before > 0
        && (marks
            ? line.charAt(before - 1) == '#'
            : Character.isWhitespace(line.charAt(before - 1)))) {
      before--;
    }
    return before;
  }
}
