package io.stoker.prompts;

import java.time.Duration;

/// How prompts are warmed and turns are run.
///
/// @param interval how long after a request the next warm is due, unless a conversation has an
///   interval of its own
/// @param system instructions for the model, the same for all conversations; empty for none
/// @param warmTimeout how long a warm may take
/// @param warmsInFlight how many warms may be in flight at a time
/// @param policy whether and for how much conversations are warmed
/// @param limits how much of conversations is kept
public record PromptSettings(
    Duration interval,
    String system,
    Duration warmTimeout,
    int warmsInFlight,
    WarmingPolicy policy,
    PromptLimits limits) {

  /// Four minutes, no instructions, a minute for a warm, and a thousand at a time.
  public static final PromptSettings STANDARD =
      new PromptSettings(
          WarmingState.STANDARD_INTERVAL, "", Duration.ofMinutes(1), 1_000, WarmingPolicy.STANDARD);

  /// Checks them.
  public PromptSettings {
    WarmingState.checkInterval(interval);
    if (!warmTimeout.isPositive() || warmsInFlight < 1) {
      throw new IllegalArgumentException(
          "expected a timeout above 0 and at least 1 warm in flight, got "
              + warmTimeout
              + " and "
              + warmsInFlight);
    }
  }

  /// Without limits.
  public PromptSettings(
      Duration interval,
      String system,
      Duration warmTimeout,
      int warmsInFlight,
      WarmingPolicy policy) {
    this(interval, system, warmTimeout, warmsInFlight, policy, PromptLimits.NONE);
  }

  /// The same with another policy.
  public PromptSettings with(WarmingPolicy other) {
    return new PromptSettings(interval, system, warmTimeout, warmsInFlight, other, limits);
  }

  /// The same with other limits.
  public PromptSettings with(PromptLimits other) {
    return new PromptSettings(interval, system, warmTimeout, warmsInFlight, policy, other);
  }
}
