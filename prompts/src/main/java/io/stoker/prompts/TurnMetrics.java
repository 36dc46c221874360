package io.stoker.prompts;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a turn that has ended took.
///
/// @param usage of all steps together
/// @param contextSize input and output tokens of the last step; null if it reported none
public record TurnMetrics(
    String turnId,
    Usage usage,
    @Nullable Duration took,
    List<StepMetrics> steps,
    @Nullable Long contextSize) {

  /// Copies the list.
  public TurnMetrics {
    steps = List.copyOf(steps);
  }

  /// What one round trip to the model took.
  ///
  /// @param timeToFirstToken until the first piece of the answer; null if none came
  /// @param decoding from the first piece to the last; null if none came
  /// @param whole from the request to the end
  public record StepMetrics(
      String stepId,
      Usage usage,
      @Nullable Duration timeToFirstToken,
      @Nullable Duration decoding,
      @Nullable Duration whole) {}
}
