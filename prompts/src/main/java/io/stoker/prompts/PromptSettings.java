package io.stoker.prompts;

import java.time.Duration;

/// The settings of a [PromptWarmer] and a [PromptChat].
///
/// @param interval the default interval from a request to the next warm
/// @param system the system prompt of all conversations; empty for none
/// @param warmTimeout the longest duration of a warm
/// @param warmsInFlight the maximum number of concurrent warms
/// @param policy modes, budgets and rate limits
/// @param limits on stored conversations
public record PromptSettings(
    Duration interval,
    String system,
    Duration warmTimeout,
    int warmsInFlight,
    WarmingPolicy policy,
    PromptLimits limits) {

  /// An interval of four minutes, no system prompt, a timeout of a minute, and a thousand
  /// concurrent warms.
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

  public PromptSettings with(WarmingPolicy other) {
    return new PromptSettings(interval, system, warmTimeout, warmsInFlight, other, limits);
  }

  public PromptSettings with(PromptLimits other) {
    return new PromptSettings(interval, system, warmTimeout, warmsInFlight, policy, other);
  }
}
