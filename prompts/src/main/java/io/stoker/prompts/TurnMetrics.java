package io.stoker.prompts;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The metrics of a turn that has ended.
///
/// @param usage of all steps together
/// @param contextSize input and output tokens of the last step; null if not reported
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

  /// The metrics of one call to the model.
  ///
  /// @param timeToFirstToken null if no answer came
  /// @param decoding from the first piece to the last; null if no answer came
  /// @param whole from the request to the end
  public record StepMetrics(
      String stepId,
      Usage usage,
      @Nullable Duration timeToFirstToken,
      @Nullable Duration decoding,
      @Nullable Duration whole) {}
}
