package io.stoker.bench.warmbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stoker.prompts.policy.CachePricing;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.PromptSize;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Costs against sums done by hand: 10,000 tokens, then 11,000 of which 1,000 are new.
class ReplayTest {

  private static final Offset<Double> EXACTLY = within(1e-6);
  private static final double PING = 0.1 * 10_000 + Replay.PING_TOKENS;

  @Test
  void a_prompt_that_is_still_there_is_read_and_only_what_is_new_is_written() {
    var costs = Replay.sum(Rules.never(), backAfter(300));

    assertThat(costs.avoidable()).isZero();
    assertThat(costs.unavoidable()).isCloseTo(1.25 * 10_000 + 0.1 * 10_000 + 1.25 * 1_000, EXACTLY);
  }

  @Test
  void a_prompt_that_is_gone_is_written_anew() {
    var costs = Replay.sum(Rules.never(), backAfter(301));

    assertThat(costs.rewrites()).isCloseTo(1.15 * 10_000, EXACTLY);
    assertThat(costs.total()).isCloseTo(1.25 * 10_000 + 1.25 * 11_000, EXACTLY);
  }

  @Test
  void a_ping_reads_the_prompt_and_saves_it() {
    var costs = Replay.sum(Rules.Fixed.of(CacheTier.BRIEF, 1), backAfter(400));

    assertThat(costs.sent()).isEqualTo(1);
    assertThat(costs.pings()).isCloseTo(PING, EXACTLY);
    assertThat(costs.rewrites()).isZero();
    assertThat(costs.wasted()).isZero();
  }

  @Test
  void a_ping_may_be_sent_and_the_prompt_be_lost_later() {
    var costs = Replay.sum(Rules.Fixed.of(CacheTier.BRIEF, 1), backAfter(10_000));

    assertThat(costs.pings()).isCloseTo(PING, EXACTLY);
    assertThat(costs.rewrites()).isCloseTo(1.15 * 10_000, EXACTLY);
  }

  @Test
  void all_that_is_written_for_an_hour_costs_more() {
    var kept = Replay.sum(Rules.Fixed.of(CacheTier.LASTING, 0), backAfter(3_600));
    var lost = Replay.sum(Rules.Fixed.of(CacheTier.LASTING, 0), backAfter(3_601));

    assertThat(kept.rewrites()).isZero();
    assertThat(kept.surcharge()).isCloseTo(0.75 * 11_000, EXACTLY);
    assertThat(lost.total()).isCloseTo(2 * 10_000 + 2 * 11_000, EXACTLY);
  }

  @Test
  void pings_for_a_conversation_that_is_closed_are_wasted() {
    var steps = List.of(request(0, 10_000, 10_000), close(10_000));

    var costs = Replay.sum(Rules.Fixed.of(CacheTier.BRIEF, 3), steps);

    assertThat(costs.wasted()).isEqualTo(costs.pings()).isCloseTo(3 * PING, EXACTLY);
    assertThat(costs.rewrites()).isZero();
  }

  @Test
  void pings_for_a_conversation_that_is_still_open_are_counted_and_not_wasted() {
    var other = new TrafficEvent(700_000, "bob", "c2", StopReason.END_OF_TURN, 1, 1);
    var steps = List.of(request(0, 10_000, 10_000), other);

    var costs = Replay.sum(Rules.Fixed.of(CacheTier.BRIEF, 3), steps);

    assertThat(costs.sent()).isEqualTo(2);
    assertThat(costs.pings()).isCloseTo(2 * PING, EXACTLY);
    assertThat(costs.wasted()).isZero();
  }

  @Test
  void a_prompt_that_was_compacted_has_nothing_to_lose() {
    var steps = List.of(request(0, 10_000, 10_000), request(900, 5_000, 5_000));

    var costs = Replay.sum(Rules.never(), steps);

    assertThat(costs.avoidable()).isZero();
  }

  @ParameterizedTest
  @EnumSource(CacheLifetime.class)
  void an_hour_may_hold_only_for_what_was_written_for_an_hour(CacheLifetime keeping) {
    var tiers = new InTurn(List.of(CacheTier.BRIEF, CacheTier.LASTING, CacheTier.BRIEF));
    var steps =
        List.of(
            request(0, 10_000, 10_000), request(10, 11_000, 1_000), request(1_010, 12_000, 1_000));

    var costs = Replay.sum(new Replay(tiers, keeping, (_, _) -> {}).run(steps));

    double lost =
        switch (keeping) {
          case WHOLE -> 0;
          case IN_PARTS -> 11_000;
        };
    assertThat(costs.rewrites()).isCloseTo(1.15 * lost, EXACTLY);
  }

  @Test
  void where_prompts_are_kept_in_parts_the_beginning_outlives_the_rest() {
    var tiers = new InTurn(List.of(CacheTier.LASTING, CacheTier.BRIEF, CacheTier.BRIEF));
    var steps =
        List.of(
            request(0, 10_000, 10_000), request(10, 11_000, 1_000), request(1_010, 12_000, 1_000));

    var costs = Replay.sum(new Replay(tiers, CacheLifetime.IN_PARTS, (_, _) -> {}).run(steps));

    assertThat(costs.rewrites()).isCloseTo(1.15 * 1_000, EXACTLY);
  }

  /// Asks for one tier after the other.
  private static final class InTurn implements Rule {

    private final List<CacheTier> left;

    InTurn(List<CacheTier> tiers) {
      this.left = new ArrayList<>(tiers);
    }

    @Override
    public String name() {
      return "in turn";
    }

    @Override
    public CacheTier tier(String tenant, PromptSize stakes, @Nullable Duration idle) {
      return left.removeFirst();
    }

    @Override
    public CachePricing terms(CacheTier tier) {
      return Rules.BOTH.pricing(tier);
    }

    @Override
    public int pings(
        String tenant,
        StopReason stop,
        CacheTier tier,
        PromptSize stakes,
        @Nullable Duration idle) {
      return 0;
    }
  }

  @Test
  void pings_of_the_adaptive_rule_never_cost_more_than_the_write_that_they_avert() {
    var ended = new ArrayList<Integer>();
    var rule = Rules.adaptive(Rules.ADAPTIVE, Rules.BOTH);

    new Replay(
            rule,
            CacheLifetime.WHOLE,
            (held, sent) -> {
              ended.add(sent);
              var terms = held.terms();
              assertThat(sent * terms.read() * held.tokens())
                  .isLessThanOrEqualTo(terms.missCost() * held.tokens() + 1e-6);
            })
        .run(Traffic.mixed(101, 6_000));

    assertThat(ended).hasSizeGreaterThan(20_000).anyMatch(sent -> sent > 0);
  }

  @Test
  void programs_that_use_tools_all_the_time_pay_no_more_than_a_thousandth() {
    assertThat(WarmBench.loops(1)).isLessThanOrEqualTo(0.001);
  }

  private static List<TrafficEvent> backAfter(long seconds) {
    return List.of(request(0, 10_000, 10_000), request(seconds, 11_000, 1_000));
  }

  private static TrafficEvent request(long atSeconds, long prompt, long added) {
    return new TrafficEvent(1_000 * atSeconds, "ann", "c1", StopReason.END_OF_TURN, prompt, added);
  }

  private static TrafficEvent close(long atSeconds) {
    return new TrafficEvent(1_000 * atSeconds, "ann", "c1", null, 0, 0);
  }
}
