package io.stoker.prompts.policy;

import static io.stoker.prompts.policy.Gaps.BRIEF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stoker.prompts.policy.Gaps.Gap;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What is expected by what was counted, against what the same idle periods cost one by one.
class OddsTest {

  private static final double KEEP_ALL = 1;

  @Test
  void every_number_of_pings_is_expected_to_cost_what_it_would_have_cost() {
    var random = new SplittableRandom(1);
    for (int round = 0; round < 200; round++) {
      var gaps = Gaps.random(random, BRIEF, random.nextInt(1, 80));
      double price = random.nextDouble(0.05, 0.6);

      var odds = odds(gaps, 1);

      for (int pings = 0; pings <= BRIEF.mostPings(); pings++) {
        int decided = pings;
        double each = gaps.stream().mapToDouble(gap -> Gaps.cost(BRIEF, gap, decided, price)).sum();
        assertThat(odds.cost(0, pings, price)).isCloseTo(each / gaps.size(), within(1e-9));
      }
    }
  }

  @Test
  void the_next_ping_saves_as_many_entries_as_it_would_have_saved() {
    var random = new SplittableRandom(2);
    for (int round = 0; round < 200; round++) {
      var gaps = Gaps.random(random, BRIEF, random.nextInt(1, 80));

      var odds = odds(gaps, 1);

      for (int ping = 1; ping <= BRIEF.mostPings(); ping++) {
        assertThat(odds.saves(ping)).isCloseTo(saved(gaps, ping), within(1e-9));
      }
    }
  }

  /// Of those still away when it is due, the share that finds the entry because of it.
  private static double saved(List<Gap> gaps, int ping) {
    long away =
        gaps.stream().filter(gap -> IdleCosts.pings(BRIEF, gap.idle(), ping) == ping).count();
    long saved =
        gaps.stream()
            .filter(Gap::comesBack)
            .filter(gap -> !IdleCosts.isKept(BRIEF, gap.idle(), ping - 1))
            .filter(gap -> IdleCosts.isKept(BRIEF, gap.idle(), ping))
            .count();
    return away == 0 ? 0 : (double) saved / away;
  }

  @Test
  void closed_conversations_are_pinged_for_until_they_are_closed_and_miss_nothing() {
    var closed = new Gap(Duration.ofSeconds(2 * 290 + 1), false);

    var odds = odds(List.of(closed), 1);

    assertThat(odds.cost(0, 0, 0.1)).isZero();
    assertThat(odds.cost(0, 1, 0.1)).isCloseTo(0.1, within(1e-12));
    assertThat(odds.cost(0, 2, 0.1)).isCloseTo(0.2, within(1e-12));
    assertThat(odds.cost(0, 12, 0.1)).isCloseTo(0.2, within(1e-12));
    assertThat(odds.saves(1)).isZero();
  }

  @Test
  void more_favour_makes_it_likelier_that_users_come_back() {
    var random = new SplittableRandom(3);
    for (int round = 0; round < 200; round++) {
      var gaps = Gaps.random(random, BRIEF, random.nextInt(1, 80));
      double before = -1;
      for (double favour : new double[] {0.1, 0.5, 1, 2, 10}) {
        double back = odds(gaps, favour).inTime(BRIEF.mostPings());

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

    double lost = new Odds(BRIEF, histogram, 1).cost(0, 0, 0.1);

    assertThat(lost).isCloseTo(BRIEF.loss() / 3, within(1e-12));
  }

  private static Odds odds(List<Gap> gaps, double favour) {
    var histogram = new GapHistogram(BRIEF);
    gaps.forEach(gap -> histogram.add(gap.idle(), gap.comesBack(), KEEP_ALL));
    return new Odds(BRIEF, histogram, favour);
  }
}
