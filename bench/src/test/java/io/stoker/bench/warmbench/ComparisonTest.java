package io.stoker.bench.warmbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stoker.bench.warmbench.WarmBench.Options;
import io.stoker.prompts.policy.StopReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// All rules on the traffic of one seed.
class ComparisonTest {

  private static final Comparison CONTEST = Comparison.of(Traffic.mixed(101, 6_000));

  @TempDir private Path folder;

  @Test
  void nobody_does_better_than_one_who_knows_when_users_come_back() {
    double least = CONTEST.of("clairvoyant").avoidable();

    assertThat(CONTEST.costs().values()).allMatch(costs -> costs.avoidable() >= least);
  }

  @Test
  void no_fixed_rule_does_better_than_the_best_in_hindsight() {
    assertThat(CONTEST.change(CONTEST.hindsight())).isLessThan(CONTEST.leastFixed(false));
  }

  @Test
  void what_cannot_be_avoided_is_the_same_for_every_rule() {
    double never = CONTEST.of(Rules.NEVER).unavoidable();

    assertThat(CONTEST.costs().values())
        .allSatisfy(
            costs -> assertThat(costs.unavoidable()).isCloseTo(never, within(1e-6 * never)));
  }

  @Test
  void the_adaptive_rule_does_better_than_every_fixed_one() {
    assertThat(CONTEST.change(Rules.ADAPTIVE)).isLessThan(CONTEST.leastFixed(false) - 0.1);
    assertThat(CONTEST.change(Rules.ADAPTIVE_BRIEF)).isLessThan(CONTEST.leastFixed(true) - 0.05);
  }

  @Test
  void the_adaptive_rule_saves_as_much_as_the_best_in_hindsight_or_nearly() {
    assertThat(CONTEST.shareOfHindsight()).isGreaterThan(0.9);
  }

  @Test
  void the_adaptive_rule_notices_where_an_hour_does_not_hold() {
    assertThat(CONTEST.change(CONTEST.inParts())).isLessThan(-0.15);
  }

  @Test
  void traffic_has_the_gaps_that_it_is_said_to_have() {
    var endOfTurn = new Count();
    var toolUse = new Count();
    for (int seed = 1; seed <= 5; seed++) {
      var last = new HashMap<String, TrafficEvent>();
      for (var step : Traffic.mixed(seed, 6_000)) {
        var before = last.put(step.conversation(), step);
        if (before != null && step.stop() != null && isPerson(step)) {
          var count = before.stop() == StopReason.TOOL_USE ? toolUse : endOfTurn;
          count.add(step.atMillis() - before.atMillis() > 300_000);
        }
      }
    }

    assertThat(endOfTurn.share()).isCloseTo(0.37, within(0.03));
    assertThat(toolUse.share()).isCloseTo(0.0074, within(0.003));
  }

  private static boolean isPerson(TrafficEvent step) {
    return Integer.parseInt(step.tenant().substring("tenant-".length())) < 45;
  }

  private static final class Count {
    private int all;
    private int those;

    void add(boolean isOne) {
      all++;
      those += isOne ? 1 : 0;
    }

    double share() {
      return (double) those / all;
    }
  }

  @Test
  void traffic_is_the_same_for_the_same_seed() {
    assertThat(Traffic.mixed(3, 6_000)).isEqualTo(Traffic.mixed(3, 6_000));
    assertThat(Traffic.mixed(3, 6_000)).isNotEqualTo(Traffic.mixed(4, 6_000));
  }

  @Test
  void a_trace_is_compared_and_drawn() throws IOException {
    var trace = folder.resolve("trace.csv");
    Files.writeString(
        trace,
        """
        at,tenant,conversation,kind,stop,prompt,added
        0,ann,c1,request,end_of_turn,10000,10000
        400000,ann,c1,request,end_of_turn,11000,1000
        9000000,ann,c1,close,,,
        """);
    var chart = folder.resolve("chart.svg");

    var page = WarmBench.run(Options.STANDARD.withTrace(trace).withChart(chart), List.of());

    assertThat(page)
        .contains("| never | +0.0 % | 100.0 % | 0.0 % | 0.0 % | 0.0 % | 0 |")
        .contains("| 290 s, K = 3 | -62.1 % | 0.0 % | 37.9 % | 0.0 % | 29.1 % | 4 |")
        .doesNotContain("tool loops only");
    assertThat(chart).content().startsWith("<svg ").contains("adaptive").endsWith("</svg>\n");
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void traffic_in_which_nothing_can_be_saved_is_shown_without_shares() throws IOException {
    var trace = folder.resolve("trace.csv");
    Files.writeString(
        trace,
        "at,tenant,conversation,kind,stop,prompt,added\n0,ann,c1,request,end_of_turn,10000,10000\n");

    var page = WarmBench.run(Options.STANDARD.withTrace(trace), List.of());

    assertThat(page).contains("| never | - |").doesNotContain("NaN").doesNotContain("Infinity");
  }

  @Test
  void a_chart_without_a_folder_is_refused_before_the_work_begins() {
    var nowhere = folder.resolve("nowhere/chart.svg");

    assertThatThrownBy(() -> WarmBench.run(Options.STANDARD.withChart(nowhere), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected --chart with a file in an existing folder, got " + nowhere);
  }

  @Test
  void numbers_that_make_no_sense_are_refused() {
    assertThatThrownBy(() -> Options.STANDARD.withSeeds(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected --seeds from 1 to 1000, got 0");
    assertThatThrownBy(() -> Options.STANDARD.withNewTokens(7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected --new-tokens from 50 to 100000, got 7");
  }
}
