package io.stoker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How long a call to a model or to another application may take.
///
/// @param silence how long it may go on without a byte; also how long the first one may take, so a
///   model that is loaded on demand must fit in
/// @param whole how long it may take altogether
/// @param longestRetryAfter how long the other side is left alone at the most because it asked for
///   it (`Retry-After`)
public record CallLimits(Duration silence, Duration whole, Duration longestRetryAfter) {

  /// How long the other side is left alone at the most unless set: an hour.
  public static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  /// Longer than any sensible wait; what asks for more is mistaken.
  private static final Duration ABSURD = Duration.ofDays(1);

  /// Two minutes without a byte, ten altogether.
  public static final CallLimits STANDARD =
      new CallLimits(Duration.ofMinutes(2), Duration.ofMinutes(10));

  /// Checks that all are positive, and the last no longer than a day.
  public CallLimits {
    if (!silence.isPositive() || !whole.isPositive()) {
      throw new IllegalArgumentException(
          "limits of a call must be positive but were " + silence + " and " + whole);
    }
    if (!longestRetryAfter.isPositive() || longestRetryAfter.compareTo(ABSURD) > 0) {
      throw new IllegalArgumentException(
          "the longest Retry-After must be positive and at most a day but was "
              + longestRetryAfter);
    }
  }

  /// Limits that leave the other side alone for an hour at the most.
  public CallLimits(Duration silence, Duration whole) {
    this(silence, whole, LONGEST_RETRY_AFTER);
  }

  /// The same with another longest `Retry-After`.
  public CallLimits withRetryAfter(Duration longest) {
    return new CallLimits(silence, whole, longest);
  }

  /// A wait that somebody asked for, whoever that was: not negative, and a day at the most.
  ///
  /// @param retryAfter null if nobody asked for any
  /// @return null if nobody did
  public static @Nullable Duration sensible(@Nullable Duration retryAfter) {
    if (retryAfter == null) {
      return null;
    }
    if (retryAfter.isNegative()) {
      return Duration.ZERO;
    }
    return retryAfter.compareTo(ABSURD) > 0 ? ABSURD : retryAfter;
  }
}
