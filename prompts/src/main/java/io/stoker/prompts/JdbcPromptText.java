package io.stoker.prompts;

import java.util.HexFormat;

/// How any text is written in a database, so that each comes back as it was.
///
/// Postgres cannot keep the character NUL, and none keeps half of a pair of surrogates. Both are
/// written as a character for private use with four hexadecimal digits behind it, and so is that
/// character itself.
final class JdbcPromptText {

  private static final char ESCAPE = '\uE000';
  private static final int DIGITS = 4;
  private static final HexFormat HEX = HexFormat.of();

  private JdbcPromptText() {}

  /// As it is written.
  static String in(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isEscaped(text, i)) {
        return escaped(text, i);
      }
    }
    return text;
  }

  private static String escaped(String text, int from) {
    var written = new StringBuilder(text.length() + DIGITS).append(text, 0, from);
    for (int i = from; i < text.length(); i++) {
      char each = text.charAt(i);
      if (isEscaped(text, i)) {
        written.append(ESCAPE).append(HEX.toHexDigits(each));
      } else {
        written.append(each);
      }
    }
    return written.toString();
  }

  private static boolean isEscaped(String text, int place) {
    char each = text.charAt(place);
    if (Character.isHighSurrogate(each)) {
      return place + 1 == text.length() || !Character.isLowSurrogate(text.charAt(place + 1));
    }
    if (Character.isLowSurrogate(each)) {
      return place == 0 || !Character.isHighSurrogate(text.charAt(place - 1));
    }
    return each == '\0' || each == ESCAPE;
  }

  /// As it was before it was written.
  static String out(String written) {
    int next = written.indexOf(ESCAPE);
    if (next < 0) {
      return written;
    }
    var text = new StringBuilder(written.length());
    int from = 0;
    while (next >= 0) {
      int digits = next + 1;
      text.append(written, from, next)
          .append((char) HexFormat.fromHexDigits(written, digits, digits + DIGITS));
      from = digits + DIGITS;
      next = written.indexOf(ESCAPE, from);
    }
    return text.append(written, from, written.length()).toString();
  }
}
