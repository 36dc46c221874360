package io.stoker.prompts.policy;

import static io.stoker.prompts.policy.IdleGaps.BRIEF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stoker.prompts.policy.IdleGaps.Gap;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Compares expected costs with the costs of the same idle periods one by one.
class ReturnProbabilitiesTest {

  private static final double NO_DECAY = 1;

  @Test
  void every_number_of_warms_is_expected_to_cost_what_it_would_have_cost() {
    var random = new SplittableRandom(1);
    for (int round = 0; round < 200; round++) {
      var gaps = IdleGaps.random(random, BRIEF, random.nextInt(1, 80));
      double price = random.nextDouble(0.05, 0.6);

      var probabilities = probabilities(gaps, 1);

      for (int warms = 0; warms <= BRIEF.maxWarms(); warms++) {
        int decided = warms;
        double each =
            gaps.stream().mapToDouble(gap -> IdleGaps.cost(BRIEF, gap, decided, price)).sum();
        assertThat(probabilities.cost(0, warms, price)).isCloseTo(each / gaps.size(), within(1e-9));
      }
    }
  }

  @Test
  void the_next_warm_saves_as_many_entries_as_it_would_have_saved() {
    var random = new SplittableRandom(2);
    for (int round = 0; round < 200; round++) {
      var gaps = IdleGaps.random(random, BRIEF, random.nextInt(1, 80));

      var probabilities = probabilities(gaps, 1);

      for (int ping = 1; ping <= BRIEF.maxWarms(); ping++) {
        assertThat(probabilities.saves(ping)).isCloseTo(saved(gaps, ping), within(1e-9));
      }
    }
  }

  /// The share of the users still away when the warm is due who find the entry because of it.
  private static double saved(List<Gap> gaps, int ping) {
    long away = gaps.stream().filter(gap -> BRIEF.warmsSent(gap.idle(), ping) == ping).count();
    long saved =
        gaps.stream()
            .filter(Gap::comesBack)
            .filter(gap -> !BRIEF.isCached(gap.idle(), ping - 1))
            .filter(gap -> BRIEF.isCached(gap.idle(), ping))
            .count();
    return away == 0 ? 0 : (double) saved / away;
  }

  @Test
  void closed_conversations_cost_warms_until_they_are_closed_and_no_misses() {
    var closed = new Gap(Duration.ofSeconds(2 * 290 + 1), false);

    var probabilities = probabilities(List.of(closed), 1);

    assertThat(probabilities.cost(0, 0, 0.1)).isZero();
    assertThat(probabilities.cost(0, 1, 0.1)).isCloseTo(0.1, within(1e-12));
    assertThat(probabilities.cost(0, 2, 0.1)).isCloseTo(0.2, within(1e-12));
    assertThat(probabilities.cost(0, 12, 0.1)).isCloseTo(0.2, within(1e-12));
    assertThat(probabilities.saves(1)).isZero();
  }

  @Test
  void a_higher_odds_ratio_makes_returning_likelier() {
    var random = new SplittableRandom(3);
    for (int round = 0; round < 200; round++) {
      var gaps = IdleGaps.random(random, BRIEF, random.nextInt(1, 80));
      double before = -1;
      for (double oddsRatio : new double[] {0.1, 0.5, 1, 2, 10}) {
        double back = probabilities(gaps, oddsRatio).inTime(BRIEF.maxWarms());

        assertThat(back).isGreaterThanOrEqualTo(before - 1e-12);

        before = back;
      }
    }
  }

  @Test
  void decayed_counts_are_expected_as_if_the_new_ones_had_come_more_often() {
    var histogram = new GapHistogram(BRIEF);
    histogram.add(Duration.ofSeconds(400), true, 0.5);
    histogram.add(Duration.ofSeconds(10), true, 0.5);

    double lost = new ReturnProbabilities(BRIEF, histogram, 1).cost(0, 0, 0.1);

    assertThat(lost).isCloseTo(BRIEF.missCost() / 3, within(1e-12));
  }

  private static ReturnProbabilities probabilities(List<Gap> gaps, double oddsRatio) {
    var histogram = new GapHistogram(BRIEF);
    gaps.forEach(gap -> histogram.add(gap.idle(), gap.comesBack(), NO_DECAY));
    return new ReturnProbabilities(BRIEF, histogram, oddsRatio);
  }
}
