package io.stoker.prompts.policy;

import static io.stoker.prompts.policy.IdleGaps.BOTH;
import static io.stoker.prompts.policy.IdleGaps.BRIEF;
import static io.stoker.prompts.policy.IdleGaps.BRIEF_ONLY;
import static io.stoker.prompts.policy.IdleGaps.LASTING;
import static io.stoker.prompts.policy.IdleGaps.STAKES;
import static io.stoker.prompts.policy.IdleGaps.back;
import static io.stoker.prompts.policy.StopReason.END_OF_TURN;
import static io.stoker.prompts.policy.StopReason.TOOL_USE;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stoker.prompts.policy.IdleGaps.Gap;
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

  /// Back while one warm keeps the entry alive.
  private static final Gap NEEDS_ONE_WARM = back(ofSeconds(400));

  private static final Gap NEVER_RETURNED = new Gap(Duration.ofDays(7), false);
  private static final Gap NEEDS_NO_WARM = back(ofSeconds(20));

  private final AdaptivePolicy policy = new AdaptivePolicy();

  @Test
  void without_data_no_warms_are_sent_and_the_default_tier_is_used() {
    var plan = plan(ANN, 0);

    assertThat(plan.isWorthwhile()).isFalse();
    assertThat(plan.warms()).isZero();
    assertThat(plan.chance()).isZero();
    assertThat(plan.value()).isLessThanOrEqualTo(0);
    assertThat(policy.tier(ANN, BOTH, STAKES)).isEqualTo(CacheTier.BRIEF);
  }

  @Test
  void a_plan_is_the_number_of_warms_that_would_have_cost_least() {
    var random = new SplittableRandom(11);
    for (int round = 0; round < 100; round++) {
      var known = new AdaptivePolicy();
      var anns = IdleGaps.random(random, BRIEF, random.nextInt(1, 60));
      var bobs = IdleGaps.random(random, BRIEF, random.nextInt(1, 60));
      IdleGaps.learn(known, BOB, END_OF_TURN, BRIEF_ONLY, bobs);
      IdleGaps.learn(known, ANN, END_OF_TURN, BRIEF_ONLY, anns);

      var plan = known.plan(ANN, END_OF_TURN, BRIEF_ONLY, CacheTier.BRIEF, STAKES, 0, 1);

      var each = new Weighed(anns, bobs);
      int chosen = plan.warms();
      for (int other = 0; other <= BRIEF.maxWorthwhileWarms(); other++) {
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

  /// All counted idle periods of a tenant, with their weights.
  private static final class Weighed {

    private final List<Gap> gaps = new ArrayList<>();
    private final List<Double> weights = new ArrayList<>();

    Weighed(List<Gap> own, List<Gap> others) {
      var all = new ArrayList<>(others);
      all.addAll(own);
      double pool = AdaptivePolicy.ASSUMED_NEVER_RETURNED;
      for (int i = 0; i < all.size(); i++) {
        pool += Math.pow(AdaptivePolicy.SHARED_DECAY, all.size() - 1 - i);
      }
      add(
          NEVER_RETURNED,
          AdaptivePolicy.ASSUMED_SHARED * AdaptivePolicy.ASSUMED_NEVER_RETURNED / pool);
      add(all, AdaptivePolicy.SHARED_DECAY, AdaptivePolicy.ASSUMED_SHARED / pool);
      add(own, AdaptivePolicy.DECAY, 1);
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

    double cost(int warms) {
      return mean(gap -> IdleGaps.cost(BRIEF, gap, warms, BRIEF.read()));
    }

    double stillAway(int ping) {
      return mean(gap -> BRIEF.warmsSent(gap.idle(), ping) == ping ? 1 : 0);
    }

    double saves(int ping) {
      double saved =
          mean(gap ->
              gap.comesBack()
                      && !BRIEF.isCached(gap.idle(), ping - 1)
                      && BRIEF.isCached(gap.idle(), ping)
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
  void the_last_warm_considered_pays_if_its_probability_reaches_the_break_even() {
    var random = new SplittableRandom(12);
    int last = BRIEF.maxWorthwhileWarms() - 1;
    int sent = 0;
    int spared = 0;
    for (int round = 0; round < 300; round++) {
      var known = new AdaptivePolicy();
      IdleGaps.learn(known, ANN, END_OF_TURN, BRIEF_ONLY, IdleGaps.random(random, BRIEF, 40));

      var plan = known.plan(ANN, END_OF_TURN, BRIEF_ONLY, CacheTier.BRIEF, STAKES, last, 1);

      assertThat(plan.isWorthwhile()).isEqualTo(plan.chance() > plan.breakEven());
      sent += plan.isWorthwhile() ? 1 : 0;
      spared += plan.isWorthwhile() ? 0 : 1;
    }
    assertThat(sent).isPositive();
    assertThat(spared).isPositive();
  }

  @Test
  void warms_of_an_idle_period_never_cost_more_than_the_write_that_they_avoid() {
    var random = new SplittableRandom(13);
    int most = 0;
    for (int period = 0; period < 10_000; period++) {
      double read = random.nextDouble(0.02, 1);
      var pricing =
          new CachePricing(
              ofMinutes(5),
              ofSeconds(random.nextLong(60, 300)),
              random.nextInt(0, 40),
              read + random.nextDouble(0, 2),
              read);
      var tiers = new CacheTiers("some/model", pricing, null);
      var known = new AdaptivePolicy();
      IdleGaps.learn(
          known, ANN, END_OF_TURN, tiers, IdleGaps.random(random, pricing, random.nextInt(30)));
      double oddsRatio = random.nextDouble(0.1, 10);

      int sent = 0;
      while (known
          .plan(ANN, END_OF_TURN, tiers, CacheTier.BRIEF, STAKES, sent, oddsRatio)
          .isWorthwhile()) {
        sent++;
      }

      assertThat(sent * pricing.read()).isLessThanOrEqualTo(pricing.missCost() + 1e-9);
      most = Math.max(most, sent);
    }
    assertThat(most).isGreaterThan(10);
  }

  @Test
  void an_unknown_tenant_gets_the_estimate_of_all_tenants() {
    IdleGaps.learn(policy, BOB, END_OF_TURN, BRIEF_ONLY, nCopies(200, NEEDS_ONE_WARM));

    var plan = plan(ANN, 0);

    assertThat(plan.warms()).isEqualTo(1);
    assertThat(plan.chance()).isGreaterThan(0.8);
  }

  @Test
  void a_known_tenant_gets_an_estimate_of_its_own() {
    IdleGaps.learn(policy, BOB, END_OF_TURN, BRIEF_ONLY, nCopies(1_000, NEEDS_ONE_WARM));
    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(400, back(ofSeconds(50_000))));

    assertThat(plan(ANN, 0).isWorthwhile()).isFalse();
    assertThat(plan(BOB, 0).isWorthwhile()).isTrue();
  }

  @Test
  void counts_of_one_stop_reason_do_not_affect_another() {
    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(100, NEEDS_ONE_WARM));
    IdleGaps.learn(policy, ANN, TOOL_USE, BRIEF_ONLY, nCopies(100, NEEDS_NO_WARM));

    assertThat(plan(ANN, 0).isWorthwhile()).isTrue();
    assertThat(policy.plan(ANN, TOOL_USE, BRIEF_ONLY, CacheTier.BRIEF, STAKES, 0, 1).isWorthwhile())
        .isFalse();
  }

  @Test
  void a_changed_behavior_is_learned_within_a_few_hundred_idle_periods() {
    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(5_000, NEEDS_NO_WARM));
    assertThat(plan(ANN, 0).isWorthwhile()).isFalse();

    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(100, NEEDS_ONE_WARM));
    assertThat(plan(ANN, 0).chance()).isGreaterThan(0.9);

    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(500, back(ofSeconds(50_000))));
    assertThat(plan(ANN, 0).isWorthwhile()).isFalse();
  }

  @Test
  void closed_conversations_are_no_reason_to_warm() {
    IdleGaps.learn(
        policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(200, new Gap(ofSeconds(400), false)));

    assertThat(plan(ANN, 0).isWorthwhile()).isFalse();
    assertThat(plan(ANN, 0).chance()).isZero();
  }

  @Test
  void conversations_that_are_closed_late_lower_the_value_of_warms() {
    var closedLate = new Gap(ofSeconds(50_000), false);
    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(10, NEEDS_ONE_WARM));
    double before = plan(ANN, 0).value();

    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(10, closedLate));

    assertThat(plan(ANN, 0).value()).isPositive().isLessThan(before);
  }

  @Test
  void a_higher_odds_ratio_raises_the_probability_of_coming_back() {
    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(10, NEEDS_ONE_WARM));
    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(90, back(ofSeconds(50_000))));
    double before = 0;
    for (double oddsRatio : new double[] {0.1, 0.5, 1, 2, 10}) {
      double chance =
          policy.plan(ANN, END_OF_TURN, BRIEF_ONLY, CacheTier.BRIEF, STAKES, 0, oddsRatio).chance();

      assertThat(chance).isGreaterThan(before);

      before = chance;
    }
  }

  @Test
  void warms_stop_where_they_miss() {
    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(20, NEEDS_ONE_WARM));
    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(20, back(ofSeconds(50_000))));
    double before = plan(ANN, 0).breakEven();
    assertThat(plan(ANN, 0).isWorthwhile()).isTrue();

    for (int i = 0; i < 100; i++) {
      policy.warmed(BRIEF_ONLY, CacheTier.BRIEF, true);
      double after = plan(ANN, 0).breakEven();
      assertThat(after).isGreaterThan(before);
      before = after;
    }

    assertThat(plan(ANN, 0).isWorthwhile()).isFalse();
    assertThat(policy.missRate(BRIEF_ONLY, CacheTier.BRIEF)).isBetween(0.5, 1.0);
  }

  @Test
  void misses_in_one_cache_do_not_affect_another() {
    policy.warmed(BRIEF_ONLY, CacheTier.BRIEF, true);

    assertThat(policy.missRate(BRIEF_ONLY, CacheTier.BRIEF)).isPositive();
    assertThat(policy.missRate(BRIEF_ONLY, CacheTier.LASTING)).isZero();
    assertThat(policy.missRate(new CacheTiers("other/model", BRIEF, null), CacheTier.BRIEF))
        .isZero();
  }

  @Test
  void the_break_even_is_the_cost_of_a_warm_divided_by_the_cost_of_a_miss() {
    var dear = new PromptSize(1_000, 0, 115);

    var plan = policy.plan(ANN, END_OF_TURN, BRIEF_ONLY, CacheTier.BRIEF, dear, 0, 1);

    assertThat(plan.breakEven()).isCloseTo((0.1 + 0.115) / 1.15, within(1e-9));
  }

  @Test
  void the_longer_tier_is_used_where_users_stay_away_for_longer_than_the_default_one() {
    IdleGaps.learn(policy, ANN, END_OF_TURN, BOTH, nCopies(50, back(ofMinutes(45))));
    IdleGaps.learn(policy, BOB, END_OF_TURN, BOTH, nCopies(50, NEEDS_NO_WARM));

    var promptSize = new PromptSize(100_000, 20_000, 0);
    assertThat(policy.tier(ANN, BOTH, promptSize)).isEqualTo(CacheTier.LASTING);
    assertThat(policy.tier(BOB, BOTH, promptSize)).isEqualTo(CacheTier.BRIEF);
  }

  @Test
  void the_longer_tier_is_not_used_where_too_much_is_written() {
    IdleGaps.learn(policy, ANN, END_OF_TURN, BOTH, nCopies(50, NEEDS_ONE_WARM));
    var littleIsNew = new PromptSize(100_000, 1_000, 0);
    var allIsNew = new PromptSize(100_000, 100_000, 0);

    assertThat(policy.tier(ANN, BOTH, littleIsNew)).isEqualTo(CacheTier.LASTING);
    assertThat(policy.tier(ANN, BOTH, allIsNew)).isEqualTo(CacheTier.BRIEF);
  }

  @Test
  void the_longer_tier_is_not_used_where_its_entries_are_often_missing() {
    IdleGaps.learn(policy, ANN, END_OF_TURN, BOTH, nCopies(50, back(ofMinutes(45))));
    assertThat(policy.tier(ANN, BOTH, STAKES)).isEqualTo(CacheTier.LASTING);

    for (int i = 0; i < 300; i++) {
      policy.requested(BOTH, CacheTier.LASTING, true);
    }

    assertThat(policy.tier(ANN, BOTH, STAKES)).isEqualTo(CacheTier.BRIEF);
  }

  @Test
  void without_a_longer_tier_the_default_one_is_used() {
    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(50, back(ofMinutes(45))));

    assertThat(policy.tier(ANN, BRIEF_ONLY, STAKES)).isEqualTo(CacheTier.BRIEF);
  }

  @Test
  void after_the_horizon_no_warm_makes_a_difference() {
    var horizon = AdaptivePolicy.horizon(BOTH);

    assertThat(horizon).isEqualTo(ofMinutes(7 * 55 + 60));
    assertThat(LASTING.isCached(horizon.plusMillis(1), LASTING.maxWarms())).isFalse();
    assertThat(AdaptivePolicy.horizon(BRIEF_ONLY)).isEqualTo(ofMinutes(63));
  }

  @Test
  void saved_counts_restore_the_same_policy() {
    var random = new SplittableRandom(14);
    for (var tenant : List.of(ANN, BOB, "", "with spaces ")) {
      for (var stop : StopReason.values()) {
        IdleGaps.learn(policy, tenant, stop, BOTH, IdleGaps.random(random, LASTING, 50));
      }
    }
    policy.warmed(BOTH, CacheTier.BRIEF, true);
    policy.warmed(BOTH, CacheTier.BRIEF, false);
    policy.requested(BOTH, CacheTier.LASTING, true);
    var restarted = new AdaptivePolicy();

    restarted.learn(policy.changed());

    for (var tenant : List.of(ANN, BOB, "", "with spaces ", "unknown")) {
      assertSame(restarted, tenant, random);
    }
  }

  private void assertSame(AdaptivePolicy restarted, String tenant, SplittableRandom random) {
    var promptSize = new PromptSize(100_000, random.nextLong(0, 100_000), 15);
    assertThat(restarted.tier(tenant, BOTH, promptSize))
        .isEqualTo(policy.tier(tenant, BOTH, promptSize));
    for (var stop : StopReason.values()) {
      for (var tier : CacheTier.values()) {
        assertThat(restarted.plan(tenant, stop, BOTH, tier, promptSize, 1, 2))
            .isEqualTo(policy.plan(tenant, stop, BOTH, tier, promptSize, 1, 2));
      }
    }
  }

  @Test
  void only_changes_are_returned_and_again_if_they_were_not_saved() {
    policy.returned(ANN, END_OF_TURN, BRIEF_ONLY, ofSeconds(10));
    policy.warmed(BRIEF_ONLY, CacheTier.BRIEF, false);
    var first = policy.changed();
    assertThat(first).isNotEmpty();
    assertThat(policy.changed()).isEmpty();

    policy.markChanged(first);

    assertThat(policy.changed()).containsExactlyInAnyOrderElementsOf(first);
  }

  @Test
  void rows_that_cannot_be_parsed_are_ignored() {
    IdleGaps.learn(policy, ANN, END_OF_TURN, BRIEF_ONLY, nCopies(100, NEEDS_ONE_WARM));
    var before = plan(ANN, 0);

    policy.learn(
        List.of(
            new LearnedCounts(ANN, "", List.of()),
            new LearnedCounts(ANN, "something else", List.of(1.0)),
            new LearnedCounts(ANN, "stop", List.of(1.0)),
            new LearnedCounts(ANN, "stop ASLEEP", List.of(1.0)),
            new LearnedCounts(ANN, "stop END_OF_TURN", List.of(1.0, 2.0)),
            new LearnedCounts(ANN, "stop END_OF_TURN", List.of(Double.NaN)),
            new LearnedCounts("", "pings BRIEF some/model", List.of(1.0, 2.0)),
            new LearnedCounts("", "pings BRIEF some/model", List.of(1.0, -1.0)),
            new LearnedCounts(ANN, "idle", List.of(1.0)),
            new LearnedCounts(ANN, "idle END_OF_TURN 300000 290000 12", nCopies(51, 1.0)),
            new LearnedCounts(ANN, "idle END_OF_TURN 300000 290000 12", nCopies(52, -1.0)),
            new LearnedCounts(
                ANN, "idle END_OF_TURN 300000 290000 12", nCopies(52, Double.POSITIVE_INFINITY)),
            new LearnedCounts(ANN, "idle END_OF_TURN 300000 290000 2147483647", nCopies(52, 1.0)),
            new LearnedCounts(ANN, "idle END_OF_TURN 300000 290000 -1", List.of()),
            new LearnedCounts(ANN, "idle END_OF_TURN 290000 300000 12", nCopies(52, 1.0)),
            new LearnedCounts(
                ANN,
                "idle END_OF_TURN 9223372036854775807 9000000000000000000 12",
                nCopies(52, 1.0)),
            new LearnedCounts(ANN, "idle ASLEEP 300000 290000 12", nCopies(52, 1.0)),
            new LearnedCounts(ANN, "idle END_OF_TURN soon 290000 12", nCopies(52, 1.0))));

    assertThat(plan(ANN, 0)).isEqualTo(before);
    assertThat(policy.missRate(BRIEF_ONLY, CacheTier.BRIEF)).isZero();
  }

  @Test
  void tenants_beyond_the_first_ten_thousand_count_as_one() {
    for (int i = 0; i < AdaptivePolicy.MAX_TENANTS; i++) {
      policy.returned("tenant-" + i, END_OF_TURN, BRIEF_ONLY, ofSeconds(10));
    }
    policy.changed();

    for (int i = 0; i < 100; i++) {
      policy.returned("late-" + i, END_OF_TURN, BRIEF_ONLY, ofSeconds(400));
    }

    assertThat(policy.changed().stream().map(LearnedCounts::tenant).distinct())
        .containsExactlyInAnyOrder("", " ");
    assertThat(plan("late-0", 0)).isEqualTo(plan("later", 0));
    assertThat(plan("late-0", 0).isWorthwhile()).isTrue();
    assertThat(plan("tenant-0", 0).chance()).isLessThan(plan("late-0", 0).chance());
  }

  @Test
  void planning_for_an_unknown_tenant_uses_no_memory() {
    for (int i = 0; i <= AdaptivePolicy.MAX_TENANTS; i++) {
      plan("asked-" + i, 0);
    }

    policy.returned(ANN, END_OF_TURN, BRIEF_ONLY, ofSeconds(400));

    assertThat(policy.changed()).extracting(LearnedCounts::tenant).contains(ANN);
  }

  @Test
  void counts_of_concurrent_threads_are_not_lost() {
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
        .isCloseTo(sum(AdaptivePolicy.SHARED_DECAY, threads * each), within(1e-6));
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

  /// The sum of that many decayed counts.
  private static double sum(double memory, int count) {
    return (1 - Math.pow(memory, count)) / (1 - memory);
  }

  private WarmPlan plan(String tenant, int sent) {
    return policy.plan(tenant, END_OF_TURN, BRIEF_ONLY, CacheTier.BRIEF, STAKES, sent, 1);
  }
}
