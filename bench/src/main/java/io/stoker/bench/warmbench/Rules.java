package io.stoker.bench.warmbench;

import io.stoker.prompts.policy.AdaptivePolicy;
import io.stoker.prompts.policy.IdleCosts;
import io.stoker.prompts.policy.Stakes;
import io.stoker.prompts.policy.StopReason;
import io.stoker.prompts.policy.Tier;
import io.stoker.prompts.policy.TierTerms;
import io.stoker.prompts.policy.Tiers;
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

  static final TierTerms BRIEF = brief(290, 12);
  static final TierTerms LASTING = lasting(7);
  static final Tiers BOTH = new Tiers("bench", BRIEF, LASTING);
  static final Tiers BRIEF_ONLY = new Tiers("bench", BRIEF, null);

  /// When a user counts as one who does not come back.
  static final Duration HORIZON = AdaptivePolicy.horizon(BOTH);

  static final String NEVER = "never";
  static final String ADAPTIVE = "adaptive";
  static final String ADAPTIVE_BRIEF = "adaptive, 5 min only";

  private Rules() {}

  private static TierTerms brief(int everySeconds, int mostPings) {
    return new TierTerms(FIVE_MINUTES, Duration.ofSeconds(everySeconds), mostPings, 1.25, READ);
  }

  private static TierTerms lasting(int mostPings) {
    return new TierTerms(HOUR, Duration.ofMinutes(55), mostPings, 2, READ);
  }

  static Rule never() {
    return new Fixed(NEVER, Tier.BRIEF, brief(290, 0));
  }

  /// Those that decide the same for everybody.
  static List<Rule> fixed() {
    return List.of(
        new Fixed("240 s for ever", Tier.BRIEF, brief(240, FOR_EVER)),
        new Fixed("295 s, K = 12", Tier.BRIEF, brief(295, 12)),
        constantChance(0.15, Duration.ofMinutes(30)),
        new Fixed(
            "280 s, K = 2, gates",
            Tier.BRIEF,
            brief(280, 2),
            gate -> gate.stop() == StopReason.END_OF_TURN && gate.prefixTokens() >= 4096),
        new Fixed("290 s, K = 3", Tier.BRIEF, brief(290, 3)),
        new Fixed("ski rental, 5 min", Tier.BRIEF, skiRental(brief(290, FOR_EVER))),
        new Fixed("ski rental, 1 h", Tier.LASTING, skiRental(lasting(FOR_EVER))),
        new Fixed("1 h alone", Tier.LASTING, lasting(0)),
        new Fixed("1 h, K = 2", Tier.LASTING, lasting(2)),
        new Fixed("1 h, K = 32", Tier.LASTING, lasting(32)));
  }

  /// Pings for a time, as long as a chance that is always the same pays for one.
  private static Rule constantChance(double chance, Duration atMost) {
    var terms = brief(270, FOR_EVER);
    int pings = chance >= terms.breakEven() ? (int) atMost.dividedBy(terms.pingEvery()) : 0;
    return new Fixed("270 s, p = 0.15, 30 min", Tier.BRIEF, brief(270, pings));
  }

  /// Pings until they have cost as much as the loss that they avert.
  private static TierTerms skiRental(TierTerms terms) {
    return new TierTerms(
        terms.timeToLive(), terms.pingEvery(), terms.clamp(), terms.write(), terms.read());
  }

  static Adaptive adaptive(String name, Tiers tiers) {
    return new Adaptive(name, new AdaptivePolicy(), tiers);
  }

  static List<Rule> clairvoyants() {
    return List.of(
        new Clairvoyant("clairvoyant, 5 min only", BRIEF_ONLY),
        new Clairvoyant("clairvoyant", BOTH));
  }

  /// Always the same tier, and always as many pings.
  record Fixed(String name, Tier which, TierTerms terms, Predicate<Gate> gate) implements Rule {

    /// What a gate looks at.
    record Gate(StopReason stop, long prefixTokens) {}

    Fixed(String name, Tier which, TierTerms terms) {
      this(name, which, terms, _ -> true);
    }

    /// One of those of which the best are chosen in hindsight.
    static Fixed of(Tier tier, int pings) {
      return new Fixed("", tier, tier == Tier.BRIEF ? brief(290, pings) : lasting(pings));
    }

    @Override
    public Tier tier(String tenant, Stakes stakes, @Nullable Duration idle) {
      return which;
    }

    @Override
    public TierTerms terms(Tier tier) {
      return terms;
    }

    @Override
    public int pings(
        String tenant, StopReason stop, Tier tier, Stakes stakes, @Nullable Duration idle) {
      return gate.test(new Gate(stop, stakes.prefixTokens())) ? terms.mostPings() : 0;
    }
  }

  /// Stoker's own.
  record Adaptive(String name, AdaptivePolicy policy, Tiers tiers) implements Rule {

    @Override
    public Tier tier(String tenant, Stakes stakes, @Nullable Duration idle) {
      return policy.tier(tenant, tiers, stakes);
    }

    @Override
    public TierTerms terms(Tier tier) {
      return tiers.terms(tier);
    }

    @Override
    public int pings(
        String tenant, StopReason stop, Tier tier, Stakes stakes, @Nullable Duration idle) {
      return policy.plan(tenant, stop, tiers, tier, stakes, 0, 1).pings();
    }

    @Override
    public void pinged(Tier tier, boolean wrote) {
      policy.pinged(tiers, tier, wrote);
    }

    @Override
    public void requested(Tier tier, boolean wrote) {
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

  /// One who knows when the user comes back, but not what follows then.
  record Clairvoyant(String name, Tiers tiers) implements Rule {

    @Override
    public Tier tier(String tenant, Stakes stakes, @Nullable Duration idle) {
      var lasting = tiers.lasting();
      if (lasting == null) {
        return Tier.BRIEF;
      }
      double more = (lasting.write() - tiers.brief().write()) * stakes.writtenTokens();
      return cost(lasting, stakes, idle) + more < cost(tiers.brief(), stakes, idle)
          ? Tier.LASTING
          : Tier.BRIEF;
    }

    /// What is lost is written anew at the price of the usual tier, or better.
    private double cost(TierTerms terms, Stakes stakes, @Nullable Duration idle) {
      if (idle == null) {
        return 0;
      }
      int pings = needed(terms, idle);
      return pings * (terms.read() * stakes.prefixTokens() + stakes.extraTokens())
          + (IdleCosts.isKept(terms, idle, pings)
              ? 0
              : tiers.brief().loss() * stakes.prefixTokens());
    }

    private static int needed(TierTerms terms, Duration idle) {
      for (int pings = 0; pings <= terms.clamp(); pings++) {
        if (IdleCosts.isKept(terms, idle, pings)) {
          return pings;
        }
      }
      return 0;
    }

    @Override
    public TierTerms terms(Tier tier) {
      return tiers.terms(tier);
    }

    @Override
    public int pings(
        String tenant, StopReason stop, Tier tier, Stakes stakes, @Nullable Duration idle) {
      return idle == null ? 0 : needed(tiers.terms(tier), idle);
    }
  }
}
