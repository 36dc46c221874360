package io.stoker.prompts.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Idle periods that are made up, and what they cost one by one.
final class Gaps {

  static final TierTerms BRIEF =
      new TierTerms(Duration.ofMinutes(5), Duration.ofSeconds(290), 12, 1.25, 0.1);
  static final TierTerms LASTING =
      new TierTerms(Duration.ofHours(1), Duration.ofMinutes(55), 7, 2, 0.1);
  static final Tiers BOTH = new Tiers("some/model", BRIEF, LASTING);
  static final Tiers BRIEF_ONLY = new Tiers("some/model", BRIEF, null);

  /// A ping that costs nothing beside reading.
  static final Stakes STAKES = new Stakes(100_000, 1_000, 0);

  private Gaps() {}

  /// An idle period.
  ///
  /// @param comesBack whether the user did, or the conversation was closed
  record Gap(Duration idle, boolean comesBack) {}

  static Gap back(Duration idle) {
    return new Gap(idle, true);
  }

  /// Of all lengths that make a difference, now and then exactly at a border.
  static List<Gap> random(RandomGenerator random, TierTerms terms, int count) {
    var gaps = new ArrayList<Gap>();
    for (int i = 0; i < count; i++) {
      var idle =
          switch (random.nextInt(4)) {
            case 0 -> Duration.ofSeconds(random.nextLong(1, 60));
            case 1 -> terms.pingEvery().multipliedBy(random.nextLong(1, 15));
            case 2 ->
                terms.timeToLive().plus(terms.pingEvery().multipliedBy(random.nextLong(0, 14)));
            default -> Duration.ofMillis(random.nextLong(1, 2 * terms.horizon().toMillis()));
          };
      gaps.add(new Gap(idle, random.nextInt(5) > 0));
    }
    return gaps;
  }

  /// What an idle period costs with so many pings, for each token of the prefix.
  static double cost(TierTerms terms, Gap gap, int decided, double price) {
    int sent = IdleCosts.pings(terms, gap.idle(), decided);
    boolean isLost = gap.comesBack() && !IdleCosts.isKept(terms, gap.idle(), decided);
    return sent * price + (isLost ? terms.loss() : 0);
  }

  static void learn(
      AdaptivePolicy policy, String tenant, StopReason stop, Tiers tiers, List<Gap> gaps) {
    for (var gap : gaps) {
      learn(policy, tenant, stop, tiers, gap);
    }
  }

  static void learn(AdaptivePolicy policy, String tenant, StopReason stop, Tiers tiers, Gap gap) {
    if (gap.comesBack()) {
      policy.returned(tenant, stop, tiers, gap.idle());
    } else {
      policy.closed(tenant, stop, tiers, gap.idle());
    }
  }
}
