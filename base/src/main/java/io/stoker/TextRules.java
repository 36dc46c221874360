package io.stoker;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which characters a text from outside may hold, and how it is shown to people.
///
/// A text is whole if it holds neither a NUL character, which Postgres cannot store, nor half of a
/// surrogate pair, which UTF-8 cannot write. Clients are refused with a text that is not whole;
/// what models and pipelines send is cleaned.
public final class TextRules {

  private static final char REPLACEMENT = '\uFFFD';

  /// A break of lines that is none of the control characters.
  private static final int LINE_SEPARATOR = 0x2028;

  private static final int PARAGRAPH_SEPARATOR = 0x2029;

  private TextRules() {}

  /// Why a text is not whole, in a few words; null if it is.
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

  /// The text with U+FFFD in the place of all that keeps it from being whole.
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

  /// Whether the second half of the last character is still to come.
  public static boolean endsInHighSurrogate(CharSequence text) {
    return !text.isEmpty() && Character.isHighSurrogate(text.charAt(text.length() - 1));
  }

  /// Where the first character is that a whole text does not hold; -1 if there is none.
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

  /// The text on one line, with what would move the cursor, colour the terminal, break the line or
  /// turn the direction of reading written as `\n`, `\t` or `\u001b`.
  public static String escaped(String text) {
    return escaped(text, false);
  }

  /// The same, but line feeds and tabs stay.
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

  /// Whether what follows would be shown in another order than it is written in.
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

  /// The text, or its beginning and `…`: at most so many characters, and never half of one.
  public static String truncated(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    var beginning = text.substring(0, most - 1);
    int end = endsInHighSurrogate(beginning) ? beginning.length() - 1 : beginning.length();
    return beginning.substring(0, end) + "…";
  }

  /// A message on one line: white space with a line break in it becomes a blank.
  public static String oneLine(@Nullable String message) {
    var lines = String.valueOf(message).strip().lines().map(String::strip);
    return String.join(" ", lines.filter(line -> !line.isEmpty()).toList());
  }

  /// A message on one line without the full stop, as the beginning of a longer sentence.
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
