package io.stoker.prompts.simulator;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A fault that the simulator injects on demand.
///
/// Rejected requests do not reach the cache; those that stall or break off do.
public sealed interface SimulatedFault {

  /// Rejected: rate limited.
  ///
  /// @param retryAfter the delay that the response asks for; null for none
  record RateLimited(@Nullable Duration retryAfter) implements SimulatedFault {}

  /// Rejected permanently.
  record Refused() implements SimulatedFault {}

  /// Rejected: unavailable.
  record Unavailable() implements SimulatedFault {}

  /// Answered with an invalid response.
  record Garbled() implements SimulatedFault {}

  /// Never answered; ends when the caller gives up.
  record Hanging() implements SimulatedFault {}

  /// Answered in part, then silent until the caller gives up.
  ///
  /// @param afterPieces how many pieces come; none of a warm
  record Stalling(int afterPieces) implements SimulatedFault {}

  /// Answered in part, then disconnected.
  ///
  /// @param afterPieces how many pieces come; none of a warm
  record Disconnecting(int afterPieces) implements SimulatedFault {}

  /// Answered in full, but slowly.
  ///
  /// @param latency replaces [SimulatorSettings#latency()]
  record Slow(Duration latency) implements SimulatedFault {}
}
