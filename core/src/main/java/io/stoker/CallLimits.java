package io.stoker;

import java.time.Duration;

/// How long a call to a model or to another application may take.
///
/// @param silence how long it may go on without a byte; also how long the first one may take, so a
///   model that is loaded on demand must fit in
/// @param whole how long it may take altogether
public record CallLimits(Duration silence, Duration whole) {

  /// Two minutes without a byte, ten altogether.
  public static final CallLimits STANDARD =
      new CallLimits(Duration.ofMinutes(2), Duration.ofMinutes(10));

  /// Checks that both are positive.
  public CallLimits {
    if (!silence.isPositive() || !whole.isPositive()) {
      throw new IllegalArgumentException(
          "limits of a call must be positive but were " + silence + " and " + whole);
    }
  }
}
