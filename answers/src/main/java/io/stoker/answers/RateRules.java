package io.stoker.answers;

import java.time.Duration;
import java.time.Instant;

/// A token bucket for claims: spread evenly, with a burst of one second or one claim. Its only
/// state is when the next claim is due if all come evenly.
final class RateRules {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration BURST = Duration.ofSeconds(1);

  private RateRules() {}

  /// How many claims are allowed now.
  ///
  /// @param due when the next one is due
  static int allowed(Instant due, int perMinute, Instant now) {
    var from = from(due, perMinute, now);
    return from.isAfter(now)
        ? 0
        : 1 + Math.toIntExact(Duration.between(from, now).dividedBy(interval(perMinute)));
  }

  /// When the next claim is due after this many.
  static Instant after(int claims, Instant due, int perMinute, Instant now) {
    return from(due, perMinute, now).plus(interval(perMinute).multipliedBy(claims));
  }

  private static Instant from(Instant due, int perMinute, Instant now) {
    var burst = BURST.minus(interval(perMinute));
    var earliest = burst.isPositive() ? now.minus(burst) : now;
    return due.isAfter(earliest) ? due : earliest;
  }

  private static Duration interval(int perMinute) {
    return MINUTE.dividedBy(perMinute);
  }
}
