package io.stoker.server.wire;

import io.stoker.DurationRules;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Parses and formats durations such as `24h`, `5m`, `90s`, `250ms` or `1h30m`. Also parses ISO
/// 8601, such as `PT5M`.
public final class DurationFormat {

  private static final Pattern SHORT =
      Pattern.compile(
          "\\A(?:(\\d{1,6})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

  private DurationFormat() {}

  /// Parses either form.
  ///
  /// @throws IllegalArgumentException with a message "expected X, got Y"
  public static Duration parse(String text) {
    var trimmed = text.strip();
    var parts = SHORT.matcher(trimmed);
    if (!trimmed.isEmpty() && parts.matches()) {
      return Duration.ofDays(number(parts, 1))
          .plusHours(number(parts, 2))
          .plusMinutes(number(parts, 3))
          .plusSeconds(number(parts, 4))
          .plusMillis(number(parts, 5));
    }
    try {
      return Duration.parse(trimmed);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "expected a duration such as 24h, 5m, 90s or 1h30m, got \"" + text + "\"", e);
    }
  }

  private static long number(Matcher parts, int group) {
    var digits = parts.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /// Formats in the short form, which [#parse(String)] accepts.
  public static String format(Duration duration) {
    return DurationRules.text(duration);
  }
}
