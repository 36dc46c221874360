package io.stoker.answers;

import java.time.Duration;
import java.time.Instant;

/// How many claims a rate allows: spread evenly, and what was not used saved up for a second at the
/// most, or for one claim.
///
/// All that is kept is when the next claim is due if all come evenly.
final class RateRules {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SAVED_UP = Duration.ofSeconds(1);

  private RateRules() {}

  /// How many are allowed now.
  ///
  /// @param due when the next one is due
  static int allowed(Instant due, int perMinute, Instant now) {
    var from = from(due, perMinute, now);
    return from.isAfter(now)
        ? 0
        : 1 + Math.toIntExact(Duration.between(from, now).dividedBy(interval(perMinute)));
  }

  /// When the next one is due after so many.
  static Instant after(int claims, Instant due, int perMinute, Instant now) {
    return from(due, perMinute, now).plus(interval(perMinute).multipliedBy(claims));
  }

  private static Instant from(Instant due, int perMinute, Instant now) {
    var savedUp = SAVED_UP.minus(interval(perMinute));
    var earliest = savedUp.isPositive() ? now.minus(savedUp) : now;
    return due.isAfter(earliest) ? due : earliest;
  }

  private static Duration interval(int perMinute) {
    return MINUTE.dividedBy(perMinute);
  }
}
