package io.stoker.bench.warmbench;

import io.stoker.prompts.policy.AdaptivePolicy;
import io.stoker.prompts.policy.CachePricing;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.CacheTiers;
import io.stoker.prompts.policy.PromptSize;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The rules that are compared.
final class Rules {

  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final double READ = 0.1;

  /// More pings than fit into any idle period.
  private static final int FOR_EVER = 1_000_000;

  static final CachePricing BRIEF = brief(290, 12);
  static final CachePricing LASTING = lasting(7);
  static final CacheTiers BOTH = new CacheTiers("bench", BRIEF, LASTING);
  static final CacheTiers BRIEF_ONLY = new CacheTiers("bench", BRIEF, null);

  /// The idle time after which a user counts as gone.
  static final Duration HORIZON = AdaptivePolicy.horizon(BOTH);

  static final String NEVER = "never";
  static final String ADAPTIVE = "adaptive";
  static final String ADAPTIVE_BRIEF = "adaptive, 5 min only";

  private Rules() {}

  private static CachePricing brief(int everySeconds, int maxWarms) {
    return new CachePricing(FIVE_MINUTES, Duration.ofSeconds(everySeconds), maxWarms, 1.25, READ);
  }

  private static CachePricing lasting(int maxWarms) {
    return new CachePricing(HOUR, Duration.ofMinutes(55), maxWarms, 2, READ);
  }

  static Rule never() {
    return new Fixed(NEVER, CacheTier.BRIEF, brief(290, 0));
  }

  /// The fixed rules, which decide the same for every conversation.
  static List<Rule> fixed() {
    return List.of(
        new Fixed("240 s for ever", CacheTier.BRIEF, brief(240, FOR_EVER)),
        new Fixed("295 s, K = 12", CacheTier.BRIEF, brief(295, 12)),
        constantChance(0.15, Duration.ofMinutes(30)),
        new Fixed(
            "280 s, K = 2, gates",
            CacheTier.BRIEF,
            brief(280, 2),
            gate -> gate.stop() == StopReason.END_OF_TURN && gate.prefixTokens() >= 4096),
        new Fixed("290 s, K = 3", CacheTier.BRIEF, brief(290, 3)),
        new Fixed("ski rental, 5 min", CacheTier.BRIEF, skiRental(brief(290, FOR_EVER))),
        new Fixed("ski rental, 1 h", CacheTier.LASTING, skiRental(lasting(FOR_EVER))),
        new Fixed("1 h alone", CacheTier.LASTING, lasting(0)),
        new Fixed("1 h, K = 2", CacheTier.LASTING, lasting(2)),
        new Fixed("1 h, K = 32", CacheTier.LASTING, lasting(32)));
  }

  /// Pings for a while, provided that a constant probability of return pays for a ping.
  private static Rule constantChance(double chance, Duration atMost) {
    var terms = brief(270, FOR_EVER);
    int pings = chance >= terms.breakEven() ? (int) atMost.dividedBy(terms.warmEvery()) : 0;
    return new Fixed("270 s, p = 0.15, 30 min", CacheTier.BRIEF, brief(270, pings));
  }

  /// Pings until they have cost as much as the loss that they avoid.
  private static CachePricing skiRental(CachePricing terms) {
    return new CachePricing(
        terms.timeToLive(),
        terms.warmEvery(),
        terms.maxWorthwhileWarms(),
        terms.write(),
        terms.read());
  }

  static Adaptive adaptive(String name, CacheTiers tiers) {
    return new Adaptive(name, new AdaptivePolicy(), tiers);
  }

  static List<Rule> clairvoyants() {
    return List.of(
        new Clairvoyant("clairvoyant, 5 min only", BRIEF_ONLY),
        new Clairvoyant("clairvoyant", BOTH));
  }

  /// A rule with a fixed tier and number of pings.
  record Fixed(String name, CacheTier which, CachePricing terms, Predicate<Gate> gate)
      implements Rule {

    /// The input of a gate.
    record Gate(StopReason stop, long prefixTokens) {}

    Fixed(String name, CacheTier which, CachePricing terms) {
      this(name, which, terms, _ -> true);
    }

    /// A candidate of [Hindsight].
    static Fixed of(CacheTier tier, int pings) {
      return new Fixed("", tier, tier == CacheTier.BRIEF ? brief(290, pings) : lasting(pings));
    }

    @Override
    public CacheTier tier(String tenant, PromptSize stakes, @Nullable Duration idle) {
      return which;
    }

    @Override
    public CachePricing terms(CacheTier tier) {
      return terms;
    }

    @Override
    public int pings(
        String tenant,
        StopReason stop,
        CacheTier tier,
        PromptSize stakes,
        @Nullable Duration idle) {
      return gate.test(new Gate(stop, stakes.prefixTokens())) ? terms.maxWarms() : 0;
    }
  }

  /// Stoker's adaptive policy.
  record Adaptive(String name, AdaptivePolicy policy, CacheTiers tiers) implements Rule {

    @Override
    public CacheTier tier(String tenant, PromptSize stakes, @Nullable Duration idle) {
      return policy.tier(tenant, tiers, stakes);
    }

    @Override
    public CachePricing terms(CacheTier tier) {
      return tiers.pricing(tier);
    }

    @Override
    public int pings(
        String tenant,
        StopReason stop,
        CacheTier tier,
        PromptSize stakes,
        @Nullable Duration idle) {
      return policy.plan(tenant, stop, tiers, tier, stakes, 0, 1).warms();
    }

    @Override
    public void pinged(CacheTier tier, boolean wrote) {
      policy.warmed(tiers, tier, wrote);
    }

    @Override
    public void requested(CacheTier tier, boolean wrote) {
      policy.requested(tiers, tier, wrote);
    }

    @Override
    public void learn(String tenant, StopReason stop, Duration idle, boolean comesBack) {
      if (comesBack) {
        policy.returned(tenant, stop, tiers, idle);
      } else {
        policy.closed(tenant, stop, tiers, idle);
      }
    }
  }

  /// A rule that knows when the user comes back, but not what follows.
  record Clairvoyant(String name, CacheTiers tiers) implements Rule {

    @Override
    public CacheTier tier(String tenant, PromptSize stakes, @Nullable Duration idle) {
      var lasting = tiers.lasting();
      if (lasting == null) {
        return CacheTier.BRIEF;
      }
      double more = (lasting.write() - tiers.brief().write()) * stakes.writtenTokens();
      return cost(lasting, stakes, idle) + more < cost(tiers.brief(), stakes, idle)
          ? CacheTier.LASTING
          : CacheTier.BRIEF;
    }

    /// Lost tokens are written again at the usual tier's price, or better.
    private double cost(CachePricing terms, PromptSize stakes, @Nullable Duration idle) {
      if (idle == null) {
        return 0;
      }
      int pings = needed(terms, idle);
      return pings * (terms.read() * stakes.prefixTokens() + stakes.extraTokens())
          + (terms.isCached(idle, pings) ? 0 : tiers.brief().missCost() * stakes.prefixTokens());
    }

    private static int needed(CachePricing terms, Duration idle) {
      for (int pings = 0; pings <= terms.maxWorthwhileWarms(); pings++) {
        if (terms.isCached(idle, pings)) {
          return pings;
        }
      }
      return 0;
    }

    @Override
    public CachePricing terms(CacheTier tier) {
      return tiers.pricing(tier);
    }

    @Override
    public int pings(
        String tenant,
        StopReason stop,
        CacheTier tier,
        PromptSize stakes,
        @Nullable Duration idle) {
      return idle == null ? 0 : needed(tiers.pricing(tier), idle);
    }
  }
}
