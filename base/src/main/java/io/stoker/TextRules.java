package io.stoker;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Validation, sanitizing and display of text from outside.
///
/// A text is valid if it contains neither a NUL character, which Postgres cannot store, nor an
/// unpaired surrogate, which UTF-8 cannot encode. Invalid text from clients is rejected; that of
/// models and pipelines is sanitized.
public final class TextRules {

  private static final char REPLACEMENT = '\uFFFD';

  /// Line breaks that are not control characters.
  private static final int LINE_SEPARATOR = 0x2028;

  private static final int PARAGRAPH_SEPARATOR = 0x2029;

  private TextRules() {}

  /// The reason why a text is invalid, in a few words; null if it is valid.
  public static @Nullable String whyInvalid(String text) {
    int at = firstInvalid(text, 0);
    if (at < 0) {
      return null;
    }
    return text.charAt(at) == 0
        ? "a NUL character at position " + (at + 1)
        : String.format(
            Locale.ROOT,
            "half of a character (U+%04X) at position %d",
            (int) text.charAt(at),
            at + 1);
  }

  /// The text with U+FFFD in place of each invalid character.
  public static String sanitized(String text) {
    int at = firstInvalid(text, 0);
    if (at < 0) {
      return text;
    }
    var clean = new StringBuilder(text);
    for (; at >= 0; at = firstInvalid(text, at + 1)) {
      clean.setCharAt(at, REPLACEMENT);
    }
    return clean.toString();
  }

  /// Whether the last character is half of a surrogate pair.
  public static boolean endsInHighSurrogate(CharSequence text) {
    return !text.isEmpty() && Character.isHighSurrogate(text.charAt(text.length() - 1));
  }

  /// The index of the first invalid character; -1 if there is none.
  private static int firstInvalid(String text, int from) {
    for (int at = from; at < text.length(); at++) {
      char character = text.charAt(at);
      if (character == 0) {
        return at;
      }
      if (Character.isSurrogate(character)) {
        boolean pair =
            Character.isHighSurrogate(character)
                && at + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(at + 1));
        if (!pair) {
          return at;
        }
        at++;
      }
    }
    return -1;
  }

  /// The text on one line, with control characters, line breaks and changes of text direction
  /// escaped as `\n`, `\t` or `\u001b`.
  public static String escaped(String text) {
    return escaped(text, false);
  }

  /// Like [#escaped(String)], but keeps line feeds and tabs.
  public static String escapedLines(String text) {
    return escaped(text, true);
  }

  private static String escaped(String text, boolean lines) {
    if (text.chars().noneMatch(character -> isHidden(character, lines))) {
      return text;
    }
    var shown = new StringBuilder(text.length() + 16);
    text.chars()
        .forEach(character -> {
          if (isHidden(character, lines)) {
            shown.append(escape(character));
          } else {
            shown.append((char) character);
          }
        });
    return shown.toString();
  }

  private static boolean isHidden(int character, boolean lines) {
    if (lines && (character == '\n' || character == '\t')) {
      return false;
    }
    return Character.isISOControl(character)
        || character == LINE_SEPARATOR
        || character == PARAGRAPH_SEPARATOR
        || turnsDirection(character);
  }

  /// Whether a character changes the direction of the text that follows.
  private static boolean turnsDirection(int character) {
    return (character >= 0x202A && character <= 0x202E)
        || (character >= 0x2066 && character <= 0x2069);
  }

  private static String escape(int character) {
    return switch (character) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> String.format(Locale.ROOT, "\\u%04x", character);
    };
  }

  /// The text, or its beginning followed by `…`: at most `max` characters, and never half a
  /// surrogate pair.
  public static String truncated(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    var beginning = text.substring(0, max - 1);
    int end = endsInHighSurrogate(beginning) ? beginning.length() - 1 : beginning.length();
    return beginning.substring(0, end) + "…";
  }

  /// A message on one line: white space that includes a line break becomes a single space.
  public static String oneLine(@Nullable String message) {
    var lines = String.valueOf(message).strip().lines().map(String::strip);
    return String.join(" ", lines.filter(line -> !line.isEmpty()).toList());
  }

  /// A message on one line, without its full stop, to be continued.
  public static String phrase(@Nullable String message) {
    var line = oneLine(message);
    int end = line.length();
    while (end > 0 && isEnd(line.charAt(end - 1))) {
      end--;
    }
    return line.substring(0, end);
  }

  private static boolean isEnd(char character) {
    return character == '.' || Character.isWhitespace(character);
  }
}
