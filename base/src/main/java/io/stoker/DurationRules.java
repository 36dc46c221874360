package io.stoker;

import java.time.Duration;

/// Comparisons and texts of durations, which the JDK lacks.
public final class DurationRules {

  private static final Duration TWO_DAYS = Duration.ofDays(2);

  private DurationRules() {}

  /// The shorter of two.
  public static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /// A duration as people write it: `24h`, `5m`, `1m30s`, `250ms`, `-5s`, and days from two days.
  public static String text(Duration duration) {
    if (duration.isNegative()) {
      return "-" + text(duration.negated());
    }
    var text = new StringBuilder();
    var rest = duration;
    if (rest.compareTo(TWO_DAYS) >= 0) {
      text.append(rest.toDays()).append('d');
      rest = rest.minusDays(rest.toDays());
    }
    append(text, rest.toHours(), "h");
    append(text, rest.toMinutesPart(), "m");
    append(text, rest.toSecondsPart(), "s");
    append(text, rest.toMillisPart(), "ms");
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static void append(StringBuilder text, long number, String unit) {
    if (number > 0) {
      text.append(number).append(unit);
    }
  }
}
