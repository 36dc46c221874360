package io.stoker.answers.rag;

import org.jspecify.annotations.Nullable;

/// A Markdown heading: a line that begins with one to six `#` and white space.
///
/// @param depth the number of `#`
/// @param text the text without the `#` at both ends; may be empty, and is shortened
record MarkdownHeading(int depth, String text) {

  private static final int MAX_DEPTH = 6;

  /// The heading in this line; null if there is none. Linear in the length of the line.
  static @Nullable MarkdownHeading of(String line) {
    int depth = 0;
    while (depth < line.length() && line.charAt(depth) == '#') {
      depth++;
    }
    if (depth < 1
        || depth > MAX_DEPTH
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

  /// The end of the line before its trailing run of `#` or of white space.
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
