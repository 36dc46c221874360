package io.stoker.prompts.simulator;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What can go wrong with a request to the simulator, on demand.
///
/// The cache does not notice a request that is rejected. It does notice one that stalls or breaks
/// off.
public sealed interface SimulatedFault {

  /// Rejected: asked too often.
  ///
  /// @param retryAfter what it is told to wait; null for nothing
  record RateLimited(@Nullable Duration retryAfter) implements SimulatedFault {}

  /// Rejected for good.
  record Refused() implements SimulatedFault {}

  /// Rejected: not answering.
  record Unavailable() implements SimulatedFault {}

  /// Answered with what cannot be understood.
  record Garbled() implements SimulatedFault {}

  /// Not answered at all, until whoever asked gives up.
  record Hanging() implements SimulatedFault {}

  /// Answered in part, then silent until whoever asked gives up.
  ///
  /// @param afterPieces how many pieces come; none of a warm
  record Stalling(int afterPieces) implements SimulatedFault {}

  /// Answered in part, then cut.
  ///
  /// @param afterPieces how many pieces come; none of a warm
  record BreakingOff(int afterPieces) implements SimulatedFault {}

  /// Answered in full, but late.
  ///
  /// @param latency in the place of [SimulatorSettings#latency()]
  record Slow(Duration latency) implements SimulatedFault {}
}
