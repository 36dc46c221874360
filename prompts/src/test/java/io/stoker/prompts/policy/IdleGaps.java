package io.stoker.prompts.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Sample idle periods, and their costs.
final class IdleGaps {

  static final CachePricing BRIEF =
      new CachePricing(Duration.ofMinutes(5), Duration.ofSeconds(290), 12, 1.25, 0.1);
  static final CachePricing LASTING =
      new CachePricing(Duration.ofHours(1), Duration.ofMinutes(55), 7, 2, 0.1);
  static final CacheTiers BOTH = new CacheTiers("some/model", BRIEF, LASTING);
  static final CacheTiers BRIEF_ONLY = new CacheTiers("some/model", BRIEF, null);

  /// A warm without overhead.
  static final PromptSize STAKES = new PromptSize(100_000, 1_000, 0);

  private IdleGaps() {}

  /// An idle period.
  ///
  /// @param comesBack whether the user came back; else the conversation was closed
  record Gap(Duration idle, boolean comesBack) {}

  static Gap back(Duration idle) {
    return new Gap(idle, true);
  }

  /// Random idle periods of all lengths that matter, sometimes exactly at a bound.
  static List<Gap> random(RandomGenerator random, CachePricing pricing, int count) {
    var gaps = new ArrayList<Gap>();
    for (int i = 0; i < count; i++) {
      var idle =
          switch (random.nextInt(4)) {
            case 0 -> Duration.ofSeconds(random.nextLong(1, 60));
            case 1 -> pricing.warmEvery().multipliedBy(random.nextLong(1, 15));
            case 2 ->
                pricing.timeToLive().plus(pricing.warmEvery().multipliedBy(random.nextLong(0, 14)));
            default -> Duration.ofMillis(random.nextLong(1, 2 * pricing.horizon().toMillis()));
          };
      gaps.add(new Gap(idle, random.nextInt(5) > 0));
    }
    return gaps;
  }

  /// The cost of an idle period with that many warms, per token of the prefix.
  static double cost(CachePricing pricing, Gap gap, int decided, double price) {
    int sent = pricing.warmsSent(gap.idle(), decided);
    boolean isLost = gap.comesBack() && !pricing.isCached(gap.idle(), decided);
    return sent * price + (isLost ? pricing.missCost() : 0);
  }

  static void learn(
      AdaptivePolicy policy, String tenant, StopReason stop, CacheTiers tiers, List<Gap> gaps) {
    for (var gap : gaps) {
      learn(policy, tenant, stop, tiers, gap);
    }
  }

  static void learn(
      AdaptivePolicy policy, String tenant, StopReason stop, CacheTiers tiers, Gap gap) {
    if (gap.comesBack()) {
      policy.returned(tenant, stop, tiers, gap.idle());
    } else {
      policy.closed(tenant, stop, tiers, gap.idle());
    }
  }
}
