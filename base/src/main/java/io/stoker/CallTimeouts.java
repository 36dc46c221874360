package io.stoker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Timeouts of a call to a model or to another application.
///
/// @param idle the longest time without a byte, also before the first one: a model that is loaded
///   on demand must have loaded by then
/// @param total how long the total call may take
/// @param maxRetryAfter the longest `Retry-After` that is obeyed; a longer one is cut to this
public record CallTimeouts(Duration idle, Duration total, Duration maxRetryAfter) {

  /// The default for `maxRetryAfter`: an hour.
  public static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

  /// The longest plausible wait; anything longer is a mistake of the server.
  private static final Duration MAX_WAIT = Duration.ofDays(1);

  /// Two minutes without a byte, ten in total.
  public static final CallTimeouts STANDARD =
      new CallTimeouts(Duration.ofMinutes(2), Duration.ofMinutes(10));

  /// Checks that all are positive, and `maxRetryAfter` at most a day.
  public CallTimeouts {
    if (!idle.isPositive() || !total.isPositive()) {
      throw new IllegalArgumentException(
          "expected timeouts above zero, got " + idle + " and " + total);
    }
    if (!maxRetryAfter.isPositive() || maxRetryAfter.compareTo(MAX_WAIT) > 0) {
      throw new IllegalArgumentException(
          "expected a longest Retry-After above zero and up to a day, got " + maxRetryAfter);
    }
  }

  /// Timeouts with the default `maxRetryAfter`.
  public CallTimeouts(Duration idle, Duration total) {
    this(idle, total, MAX_RETRY_AFTER);
  }

  /// The same with another `maxRetryAfter`.
  public CallTimeouts withMaxRetryAfter(Duration max) {
    return new CallTimeouts(idle, total, max);
  }

  /// Clamps a requested wait to between zero and a day.
  ///
  /// @param retryAfter null if none was requested
  /// @return null if none was requested
  public static @Nullable Duration clamped(@Nullable Duration retryAfter) {
    if (retryAfter == null) {
      return null;
    }
    if (retryAfter.isNegative()) {
      return Duration.ZERO;
    }
    return retryAfter.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : retryAfter;
  }
}
