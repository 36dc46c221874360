package io.stoker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How long a call to a model or to another application may take.
///
/// @param silence the longest time without a byte, before the first one as well: a model that is
///   loaded on demand must have loaded by then
/// @param whole how long it may take in total
/// @param longestRetryAfter the longest `Retry-After` that is obeyed; a longer one is cut to this
public record CallTimeouts(Duration silence, Duration whole, Duration longestRetryAfter) {

  /// The longest `Retry-After` that is obeyed unless set: an hour.
  public static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  /// The longest wait that can be meant; a longer one is a mistake of the server.
  private static final Duration ABSURD = Duration.ofDays(1);

  /// Two minutes without a byte, ten in total.
  public static final CallTimeouts STANDARD =
      new CallTimeouts(Duration.ofMinutes(2), Duration.ofMinutes(10));

  /// Checks that all are positive, and the last no longer than a day.
  public CallTimeouts {
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

  /// Limits with a longest `Retry-After` of an hour.
  public CallTimeouts(Duration silence, Duration whole) {
    this(silence, whole, LONGEST_RETRY_AFTER);
  }

  /// The same with another longest `Retry-After`.
  public CallTimeouts withRetryAfter(Duration longest) {
    return new CallTimeouts(silence, whole, longest);
  }

  /// A requested wait, whoever requested it: at least zero, at most a day.
  ///
  /// @param retryAfter null if none was requested
  /// @return null if none was requested
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
