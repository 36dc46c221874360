package io.stoker.prompts;

import java.util.HexFormat;

/// Encodes arbitrary strings for a database, without loss.
///
/// Postgres cannot store the character NUL, and no database stores unpaired surrogates. Both are
/// stored as a private-use character followed by four hexadecimal digits, and so is that character
/// itself.
final class JdbcPromptText {

  private static final char ESCAPE = '\uE000';
  private static final int DIGITS = 4;
  private static final HexFormat HEX = HexFormat.of();

  private JdbcPromptText() {}

  /// The stored form.
  static String encode(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isEscaped(text, i)) {
        return escaped(text, i);
      }
    }
    return text;
  }

  private static String escaped(String text, int from) {
    var encoded = new StringBuilder(text.length() + DIGITS).append(text, 0, from);
    for (int i = from; i < text.length(); i++) {
      char each = text.charAt(i);
      if (isEscaped(text, i)) {
        encoded.append(ESCAPE).append(HEX.toHexDigits(each));
      } else {
        encoded.append(each);
      }
    }
    return encoded.toString();
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

  /// The original string.
  static String decode(String encoded) {
    int next = encoded.indexOf(ESCAPE);
    if (next < 0) {
      return encoded;
    }
    var text = new StringBuilder(encoded.length());
    int from = 0;
    while (next >= 0) {
      int digits = next + 1;
      text.append(encoded, from, next)
          .append((char) HexFormat.fromHexDigits(encoded, digits, digits + DIGITS));
      from = digits + DIGITS;
      next = encoded.indexOf(ESCAPE, from);
    }
    return text.append(encoded, from, encoded.length()).toString();
  }
}
