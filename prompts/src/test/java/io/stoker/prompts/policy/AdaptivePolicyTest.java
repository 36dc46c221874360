package io.stoker.prompts.policy;

import static io.stoker.prompts.policy.Gaps.BOTH;
import static io.stoker.prompts.policy.Gaps.BRIEF;
import static io.stoker.prompts.policy.Gaps.BRIEF_ONLY;
import static io.stoker.prompts.policy.Gaps.LASTING;
import static io.stoker.prompts.policy.Gaps.STAKES;
import static io.stoker.prompts.policy.Gaps.back;
import static io.stoker.prompts.policy.StopReason.END_OF_TURN;
import static io.stoker.prompts.policy.StopReason.TOOL_USE;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stoker.prompts.policy.Gaps.Gap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class AdaptivePolicyTest {

  private static final String ANN = "ann";
  private static final String BOB = "bob";

  /// Back when one ping has saved the entry.
  private static final Gap NEEDS_ONE_PING = back(ofSeconds(400));

  private static final Gap ENDLESS = new Gap(Duration.ofDays(7), false);
  private static final Gap NEEDS_NONE = back(ofSeconds(20));

  private final AdaptivePolicy policy = new AdaptivePolicy();

  @Test
  void who_knows_nothing_sends_no_pings_and_asks_for_the_usual_tier() {
    var plan = plan(ANN, 0);

    assertThat(plan.goesOn()).isFalse();
    assertThat(plan.pings()).isZero();
    assertThat(plan.chance()).isZero();
    assertThat(plan.value()).isLessThanOrEqualTo(0);
    assertThat(policy.tier(ANN, BOTH, STAKES)).isEqualTo(Tier.BRIEF);
  }

  @Test
  void a_plan_is_the_number_of_pings_that_would_have_cost_least() {
    var random = new SplittableRandom(11);
    for (int round = 0; round < 100; round++) {
      var known = new AdaptivePolicy();
      var anns = Gaps.random(random, BRIEF, random.nextInt(1, 60));
      var bobs = Gaps.random(random, BRIEF, random.nextInt(1, 60));
      Gaps.learn(known, BOB, END_OF_TURN, BRIEF_ONLY, bobs);
      Gaps.learn(known, ANN, END_OF_TURN, BRIEF_ONLY, anns);

      var plan = known.plan(ANN, END_OF_TURN, BRIEF_ONLY, Tier.BRIEF, STAKES, 0, 1);

      var each = new Weighed(anns, bobs);
      int chosen = plan.pings();
      for (int other = 0; other <= BRIEF.clamp(); other++) {
        assertThat(each.cost(chosen)).isLessThanOrEqualTo(each.cost(other) + 1e-9);
      }
      assertThat(plan.chance()).isCloseTo(each.saves(1), within(1e-9));
      double saved =
          (each.cost(0) - each.cost(Math.max(1, chosen)))
              / each.stillAway(1)
              * STAKES.prefixTokens();
      assertThat(plan.value()).isCloseTo(saved, within(1e-4));
    }
  }

  /// All that is known of a tenant, each idle period with its weight.
  private static final class Weighed {

    private final List<Gap> gaps = new ArrayList<>();
    private final List<Double> weights = new ArrayList<>();

    Weighed(List<Gap> own, List<Gap> others) {
      var all = new ArrayList<>(others);
      all.addAll(own);
      double pool = AdaptivePolicy.DOUBT;
      for (int i = 0; i < all.size(); i++) {
        pool += Math.pow(AdaptivePolicy.COMMON_MEMORY, all.size() - 1 - i);
      }
      add(ENDLESS, AdaptivePolicy.SHARED * AdaptivePolicy.DOUBT / pool);
      add(all, AdaptivePolicy.COMMON_MEMORY, AdaptivePolicy.SHARED / pool);
      add(own, AdaptivePolicy.MEMORY, 1);
    }

    private void add(List<Gap> more, double memory, double weight) {
      for (int i = 0; i < more.size(); i++) {
        add(more.get(i), weight * Math.pow(memory, more.size() - 1 - i));
      }
    }

    private void add(Gap gap, double weight) {
      gaps.add(gap);
      weights.add(weight);
    }

    double cost(int pings) {
      return mean(gap -> Gaps.cost(BRIEF, gap, pings, BRIEF.read()));
    }

    double stillAway(int ping) {
      return mean(gap -> IdleCosts.pings(BRIEF, gap.idle(), ping) == ping ? 1 : 0);
    }

    double saves(int ping) {
      double saved =
          mean(gap ->
              gap.comesBack()
                      && !IdleCosts.isKept(BRIEF, gap.idle(), ping - 1)
                      && IdleCosts.isKept(BRIEF, gap.idle(), ping)
                  ? 1
                  : 0);
      return stillAway(ping) == 0 ? 0 : saved / stillAway(ping);
    }

    private double mean(ToDoubleFunction<Gap> what) {
      double sum = 0;
      double total = 0;
      for (int i = 0; i < gaps.size(); i++) {
        sum += weights.get(i) * what.applyAsDouble(gaps.get(i));
        total += weights.get(i);
      }
      return sum / total;
    }
  }

  @Test
  void the_last_ping_that_is_thought_of_pays_if_its_chance_reaches_the_break_even() {
    var random = new SplittableRandom(12);
    int last = BRIEF.clamp() - 1;
    int sent = 0;
    int spared = 0;
    for (int round = 0; round < 300; round++) {
      var known = new AdaptivePolicy();
      Gaps.learn(known, ANN, END_OF_TURN, BRIEF_ONLY, Gaps.random(random, BRIEF, 40));

      var plan = known.plan(ANN, END_OF_TURN, BRIEF_ONLY, Tier.BRIEF, STAKES, last, 1);

      assertThat(plan.goesOn()).isEqualTo(plan.chance() > plan.breakEven());
      sent += plan.goesOn() ? 1 : 0;
      spared += plan.goesOn() ? 0 : 1;
    }
    assertThat(sent).isPositive();
    assertThat(spared).isPositive();
  }

  @Test
  void pings_of_an_idle_period_never_cost_more_than_the_write_that_they_avert() {
    var random = new SplittableRandom(13);
    int most = 0;
    for (int period = 0; period < 10_000; period++) {
      double read = random.nextDouble(0.02, 1);
      var terms =
          new TierTerms(
              ofMinutes(5),
              ofSeconds(random.nextLong(60, 300)),
              random.nextInt(0, 40),
              read + random.nextDouble(0, 2),
              read);
      var tiers = new Tiers("some/model", terms, null);
      var known = new AdaptivePolicy();
      Gaps.learn(known, ANN, END_OF_TURN, tiers, Gaps.random(random, terms, random.nextInt(30)));
      double favour = random.nextDouble(0.1, 10);

      int sent = 0;
      while (known.plan(ANN, END_OF_TURN, tiers, Tier.BRIEF, STAKES, sent, favour).goesOn()) {
        sent++;
      }

      assertThat(sent * terms.read()).isLessThanOrEqualTo(terms.loss() + 1e-9);
      most = Math.max(most, sent);
    }
    assertThat(most).isGreaterThan(10);
  }

  @Test
  void an_unknown_tenant_is_thought_to_behave_as_all_do() {
    Gaps.learn(policy, BOB, END_OF_TURN, BRIEF_ONLY, nCopies(200, NEEDS_ONE_PING));

    var plan = plan(ANN, 0);

    assertThat(plan.pings()).isEqualTo(1);
    assertThat(plan.chance()).isGreaterThan(0.8);
  }

  @Test
  void a_known_tenant_is_thought_to_behave_as_before() {
    Gaps.learn(policy, BOB, END_OF_TURN, BRIEF_ONLY, nCopies(1_000, NEEDS_ONE_PING));
    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(400, back(ofSeconds(50_000))));

    assertThat(plan(ANN, 0).goesOn()).isFalse();
    assertThat(plan(BOB, 0).goesOn()).isTrue();
  }

  @Test
  void what_was_learned_after_one_reason_is_not_held_against_another() {
    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(100, NEEDS_ONE_PING));
    Gaps.learn(policy, ANN, TOOL_USE, BRIEF_ONLY, nCopies(100, NEEDS_NONE));

    assertThat(plan(ANN, 0).goesOn()).isTrue();
    assertThat(policy.plan(ANN, TOOL_USE, BRIEF_ONLY, Tier.BRIEF, STAKES, 0, 1).goesOn()).isFalse();
  }

  @Test
  void a_new_habit_is_learned_within_some_hundred_idle_periods() {
    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(5_000, NEEDS_NONE));
    assertThat(plan(ANN, 0).goesOn()).isFalse();

    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(100, NEEDS_ONE_PING));
    assertThat(plan(ANN, 0).chance()).isGreaterThan(0.9);

    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(500, back(ofSeconds(50_000))));
    assertThat(plan(ANN, 0).goesOn()).isFalse();
  }

  @Test
  void conversations_that_are_closed_are_no_reason_to_ping() {
    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(200, new Gap(ofSeconds(400), false)));

    assertThat(plan(ANN, 0).goesOn()).isFalse();
    assertThat(plan(ANN, 0).chance()).isZero();
  }

  @Test
  void conversations_that_are_closed_late_make_pings_dearer() {
    var closedLate = new Gap(ofSeconds(50_000), false);
    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(10, NEEDS_ONE_PING));
    double before = plan(ANN, 0).value();

    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(10, closedLate));

    assertThat(plan(ANN, 0).value()).isPositive().isLessThan(before);
  }

  @Test
  void the_odds_of_coming_back_are_raised_by_favour_and_lowered_by_disfavour() {
    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(10, NEEDS_ONE_PING));
    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(90, back(ofSeconds(50_000))));
    double before = 0;
    for (double favour : new double[] {0.1, 0.5, 1, 2, 10}) {
      double chance =
          policy.plan(ANN, END_OF_TURN, BRIEF_ONLY, Tier.BRIEF, STAKES, 0, favour).chance();

      assertThat(chance).isGreaterThan(before);

      before = chance;
    }
  }

  @Test
  void pings_stop_where_they_find_entries_gone() {
    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(20, NEEDS_ONE_PING));
    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(20, back(ofSeconds(50_000))));
    double before = plan(ANN, 0).breakEven();
    assertThat(plan(ANN, 0).goesOn()).isTrue();

    for (int i = 0; i < 100; i++) {
      policy.pinged(BRIEF_ONLY, Tier.BRIEF, true);
      double after = plan(ANN, 0).breakEven();
      assertThat(after).isGreaterThan(before);
      before = after;
    }

    assertThat(plan(ANN, 0).goesOn()).isFalse();
    assertThat(policy.gone(BRIEF_ONLY, Tier.BRIEF)).isBetween(0.5, 1.0);
  }

  @Test
  void what_pings_find_in_one_cache_is_not_held_against_another() {
    policy.pinged(BRIEF_ONLY, Tier.BRIEF, true);

    assertThat(policy.gone(BRIEF_ONLY, Tier.BRIEF)).isPositive();
    assertThat(policy.gone(BRIEF_ONLY, Tier.LASTING)).isZero();
    assertThat(policy.gone(new Tiers("other/model", BRIEF, null), Tier.BRIEF)).isZero();
  }

  @Test
  void the_break_even_is_what_a_ping_costs_of_what_a_lost_entry_costs() {
    var dear = new Stakes(1_000, 0, 115);

    var plan = policy.plan(ANN, END_OF_TURN, BRIEF_ONLY, Tier.BRIEF, dear, 0, 1);

    assertThat(plan.breakEven()).isCloseTo((0.1 + 0.115) / 1.15, within(1e-9));
  }

  @Test
  void the_longer_tier_is_asked_for_where_users_stay_away_for_longer_than_the_usual_one() {
    Gaps.learn(policy, ANN, END_OF_TURN, BOTH, nCopies(50, back(ofMinutes(45))));
    Gaps.learn(policy, BOB, END_OF_TURN, BOTH, nCopies(50, NEEDS_NONE));

    var stakes = new Stakes(100_000, 20_000, 0);
    assertThat(policy.tier(ANN, BOTH, stakes)).isEqualTo(Tier.LASTING);
    assertThat(policy.tier(BOB, BOTH, stakes)).isEqualTo(Tier.BRIEF);
  }

  @Test
  void the_longer_tier_is_not_asked_for_where_too_much_is_to_be_written() {
    Gaps.learn(policy, ANN, END_OF_TURN, BOTH, nCopies(50, NEEDS_ONE_PING));
    var littleIsNew = new Stakes(100_000, 1_000, 0);
    var allIsNew = new Stakes(100_000, 100_000, 0);

    assertThat(policy.tier(ANN, BOTH, littleIsNew)).isEqualTo(Tier.LASTING);
    assertThat(policy.tier(ANN, BOTH, allIsNew)).isEqualTo(Tier.BRIEF);
  }

  @Test
  void the_longer_tier_is_not_asked_for_where_it_does_not_hold_what_it_promises() {
    Gaps.learn(policy, ANN, END_OF_TURN, BOTH, nCopies(50, back(ofMinutes(45))));
    assertThat(policy.tier(ANN, BOTH, STAKES)).isEqualTo(Tier.LASTING);

    for (int i = 0; i < 300; i++) {
      policy.requested(BOTH, Tier.LASTING, true);
    }

    assertThat(policy.tier(ANN, BOTH, STAKES)).isEqualTo(Tier.BRIEF);
  }

  @Test
  void where_there_is_no_longer_tier_the_usual_one_is_asked_for() {
    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(50, back(ofMinutes(45))));

    assertThat(policy.tier(ANN, BRIEF_ONLY, STAKES)).isEqualTo(Tier.BRIEF);
  }

  @Test
  void after_the_horizon_no_ping_makes_a_difference() {
    var horizon = AdaptivePolicy.horizon(BOTH);

    assertThat(horizon).isEqualTo(ofMinutes(7 * 55 + 60));
    assertThat(IdleCosts.isKept(LASTING, horizon.plusMillis(1), LASTING.mostPings())).isFalse();
    assertThat(AdaptivePolicy.horizon(BRIEF_ONLY)).isEqualTo(ofMinutes(63));
  }

  @Test
  void what_was_learned_is_the_same_in_another_policy() {
    var random = new SplittableRandom(14);
    for (var tenant : List.of(ANN, BOB, "", "with spaces ")) {
      for (var stop : StopReason.values()) {
        Gaps.learn(policy, tenant, stop, BOTH, Gaps.random(random, LASTING, 50));
      }
    }
    policy.pinged(BOTH, Tier.BRIEF, true);
    policy.pinged(BOTH, Tier.BRIEF, false);
    policy.requested(BOTH, Tier.LASTING, true);
    var restarted = new AdaptivePolicy();

    restarted.learn(policy.changed());

    for (var tenant : List.of(ANN, BOB, "", "with spaces ", "unknown")) {
      assertSame(restarted, tenant, random);
    }
  }

  private void assertSame(AdaptivePolicy restarted, String tenant, SplittableRandom random) {
    var stakes = new Stakes(100_000, random.nextLong(0, 100_000), 15);
    assertThat(restarted.tier(tenant, BOTH, stakes)).isEqualTo(policy.tier(tenant, BOTH, stakes));
    for (var stop : StopReason.values()) {
      for (var tier : Tier.values()) {
        assertThat(restarted.plan(tenant, stop, BOTH, tier, stakes, 1, 2))
            .isEqualTo(policy.plan(tenant, stop, BOTH, tier, stakes, 1, 2));
      }
    }
  }

  @Test
  void only_what_has_changed_is_told_and_again_if_it_was_not_kept() {
    policy.returned(ANN, END_OF_TURN, BRIEF_ONLY, ofSeconds(10));
    policy.pinged(BRIEF_ONLY, Tier.BRIEF, false);
    var first = policy.changed();
    assertThat(first).isNotEmpty();
    assertThat(policy.changed()).isEmpty();

    policy.keepAgain(first);

    assertThat(policy.changed()).containsExactlyInAnyOrderElementsOf(first);
  }

  @Test
  void what_cannot_be_understood_is_left_out() {
    Gaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(100, NEEDS_ONE_PING));
    var before = plan(ANN, 0);

    policy.learn(
        List.of(
            new Learned(ANN, "", List.of()),
            new Learned(ANN, "something else", List.of(1.0)),
            new Learned(ANN, "stop", List.of(1.0)),
            new Learned(ANN, "stop ASLEEP", List.of(1.0)),
            new Learned(ANN, "stop END_OF_TURN", List.of(1.0, 2.0)),
            new Learned(ANN, "stop END_OF_TURN", List.of(Double.NaN)),
            new Learned("", "pings BRIEF some/model", List.of(1.0, 2.0)),
            new Learned("", "pings BRIEF some/model", List.of(1.0, -1.0)),
            new Learned(ANN, "idle", List.of(1.0)),
            new Learned(ANN, "idle END_OF_TURN 300000 290000 12", nCopies(51, 1.0)),
            new Learned(ANN, "idle END_OF_TURN 300000 290000 12", nCopies(52, -1.0)),
            new Learned(
                ANN, "idle END_OF_TURN 300000 290000 12", nCopies(52, Double.POSITIVE_INFINITY)),
            new Learned(ANN, "idle END_OF_TURN 300000 290000 2147483647", nCopies(52, 1.0)),
            new Learned(ANN, "idle END_OF_TURN 300000 290000 -1", List.of()),
            new Learned(ANN, "idle END_OF_TURN 290000 300000 12", nCopies(52, 1.0)),
            new Learned(
                ANN,
                "idle END_OF_TURN 9223372036854775807 9000000000000000000 12",
                nCopies(52, 1.0)),
            new Learned(ANN, "idle ASLEEP 300000 290000 12", nCopies(52, 1.0)),
            new Learned(ANN, "idle END_OF_TURN soon 290000 12", nCopies(52, 1.0))));

    assertThat(plan(ANN, 0)).isEqualTo(before);
    assertThat(policy.gone(BRIEF_ONLY, Tier.BRIEF)).isZero();
  }

  @Test
  void tenants_beyond_the_first_ten_thousand_count_as_one() {
    for (int i = 0; i < AdaptivePolicy.MOST_TENANTS; i++) {
      policy.returned("tenant-" + i, END_OF_TURN, BRIEF_ONLY, ofSeconds(10));
    }
    policy.changed();

    for (int i = 0; i < 100; i++) {
      policy.returned("late-" + i, END_OF_TURN, BRIEF_ONLY, ofSeconds(400));
    }

    assertThat(policy.changed().stream().map(Learned::tenant).distinct())
        .containsExactlyInAnyOrder("", " ");
    assertThat(plan("late-0", 0)).isEqualTo(plan("later", 0));
    assertThat(plan("late-0", 0).goesOn()).isTrue();
    assertThat(plan("tenant-0", 0).chance()).isLessThan(plan("late-0", 0).chance());
  }

  @Test
  void to_ask_about_somebody_unknown_takes_no_room() {
    for (int i = 0; i <= AdaptivePolicy.MOST_TENANTS; i++) {
      plan("asked-" + i, 0);
    }

    policy.returned(ANN, END_OF_TURN, BRIEF_ONLY, ofSeconds(400));

    assertThat(policy.changed()).extracting(Learned::tenant).contains(ANN);
  }

  @Test
  void nothing_is_lost_that_several_threads_learn_at_once() {
    int each = 20_000;
    int threads = 8;
    var begin = new CyclicBarrier(threads);

    try (var executor = Executors.newFixedThreadPool(threads)) {
      for (int thread = 0; thread < threads; thread++) {
        executor.execute(() -> {
          await(begin);
          for (int i = 0; i < each; i++) {
            policy.returned(ANN, END_OF_TURN, BRIEF_ONLY, ofSeconds(400));
          }
          plan(ANN, 0);
        });
      }
    }

    assertThat(counted("", "stop END_OF_TURN"))
        .isCloseTo(sum(AdaptivePolicy.COMMON_MEMORY, threads * each), within(1e-6));
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new AssertionError(e);
    }
  }

  private double counted(String tenant, String topic) {
    return policy.changed().stream()
        .filter(part -> part.tenant().equals(tenant) && part.topic().equals(topic))
        .mapToDouble(part -> part.counts().getFirst())
        .sum();
  }

  /// What so many counts weigh together.
  private static double sum(double memory, int count) {
    return (1 - Math.pow(memory, count)) / (1 - memory);
  }

  private Plan plan(String tenant, int sent) {
    return policy.plan(tenant, END_OF_TURN, BRIEF_ONLY, Tier.BRIEF, STAKES, sent, 1);
  }
}
