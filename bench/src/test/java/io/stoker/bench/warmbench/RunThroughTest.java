package io.stoker.bench.warmbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stoker.prompts.policy.Stakes;
import io.stoker.prompts.policy.StopReason;
import io.stoker.prompts.policy.Tier;
import io.stoker.prompts.policy.TierTerms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Books against sums done by hand: 10,000 tokens, then 11,000 of which 1,000 are new.
class RunThroughTest {

  private static final Offset<Double> EXACTLY = within(1e-6);
  private static final double PING = 0.1 * 10_000 + RunThrough.PING_TOKENS;

  @Test
  void a_prompt_that_is_still_there_is_read_and_only_what_is_new_is_written() {
    var books = RunThrough.sum(Rules.never(), backAfter(300));

    assertThat(books.avoidable()).isZero();
    assertThat(books.unavoidable()).isCloseTo(1.25 * 10_000 + 0.1 * 10_000 + 1.25 * 1_000, EXACTLY);
  }

  @Test
  void a_prompt_that_is_gone_is_written_anew() {
    var books = RunThrough.sum(Rules.never(), backAfter(301));

    assertThat(books.rewrites()).isCloseTo(1.15 * 10_000, EXACTLY);
    assertThat(books.total()).isCloseTo(1.25 * 10_000 + 1.25 * 11_000, EXACTLY);
  }

  @Test
  void a_ping_reads_the_prompt_and_saves_it() {
    var books = RunThrough.sum(Rules.Fixed.of(Tier.BRIEF, 1), backAfter(400));

    assertThat(books.sent()).isEqualTo(1);
    assertThat(books.pings()).isCloseTo(PING, EXACTLY);
    assertThat(books.rewrites()).isZero();
    assertThat(books.wasted()).isZero();
  }

  @Test
  void a_ping_may_be_sent_and_the_prompt_be_lost_later() {
    var books = RunThrough.sum(Rules.Fixed.of(Tier.BRIEF, 1), backAfter(10_000));

    assertThat(books.pings()).isCloseTo(PING, EXACTLY);
    assertThat(books.rewrites()).isCloseTo(1.15 * 10_000, EXACTLY);
  }

  @Test
  void all_that_is_written_for_an_hour_costs_more() {
    var kept = RunThrough.sum(Rules.Fixed.of(Tier.LASTING, 0), backAfter(3_600));
    var lost = RunThrough.sum(Rules.Fixed.of(Tier.LASTING, 0), backAfter(3_601));

    assertThat(kept.rewrites()).isZero();
    assertThat(kept.surcharge()).isCloseTo(0.75 * 11_000, EXACTLY);
    assertThat(lost.total()).isCloseTo(2 * 10_000 + 2 * 11_000, EXACTLY);
  }

  @Test
  void pings_for_a_conversation_that_is_closed_are_wasted() {
    var steps = List.of(request(0, 10_000, 10_000), close(10_000));

    var books = RunThrough.sum(Rules.Fixed.of(Tier.BRIEF, 3), steps);

    assertThat(books.wasted()).isEqualTo(books.pings()).isCloseTo(3 * PING, EXACTLY);
    assertThat(books.rewrites()).isZero();
  }

  @Test
  void pings_for_a_conversation_that_is_still_open_are_counted_and_not_wasted() {
    var other = new Step(700_000, "bob", "c2", StopReason.END_OF_TURN, 1, 1);
    var steps = List.of(request(0, 10_000, 10_000), other);

    var books = RunThrough.sum(Rules.Fixed.of(Tier.BRIEF, 3), steps);

    assertThat(books.sent()).isEqualTo(2);
    assertThat(books.pings()).isCloseTo(2 * PING, EXACTLY);
    assertThat(books.wasted()).isZero();
  }

  @Test
  void a_prompt_that_was_compacted_has_nothing_to_lose() {
    var steps = List.of(request(0, 10_000, 10_000), request(900, 5_000, 5_000));

    var books = RunThrough.sum(Rules.never(), steps);

    assertThat(books.avoidable()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Keeping.class)
  void an_hour_may_hold_only_for_what_was_written_for_an_hour(Keeping keeping) {
    var tiers = new InTurn(List.of(Tier.BRIEF, Tier.LASTING, Tier.BRIEF));
    var steps =
        List.of(
            request(0, 10_000, 10_000), request(10, 11_000, 1_000), request(1_010, 12_000, 1_000));

    var books = RunThrough.sum(new RunThrough(tiers, keeping, (_, _) -> {}).run(steps));

    double lost =
        switch (keeping) {
          case WHOLE -> 0;
          case IN_PARTS -> 11_000;
        };
    assertThat(books.rewrites()).isCloseTo(1.15 * lost, EXACTLY);
  }

  @Test
  void where_prompts_are_kept_in_parts_the_beginning_outlives_the_rest() {
    var tiers = new InTurn(List.of(Tier.LASTING, Tier.BRIEF, Tier.BRIEF));
    var steps =
        List.of(
            request(0, 10_000, 10_000), request(10, 11_000, 1_000), request(1_010, 12_000, 1_000));

    var books = RunThrough.sum(new RunThrough(tiers, Keeping.IN_PARTS, (_, _) -> {}).run(steps));

    assertThat(books.rewrites()).isCloseTo(1.15 * 1_000, EXACTLY);
  }

  /// Asks for one tier after the other.
  private static final class InTurn implements Rule {

    private final List<Tier> left;

    InTurn(List<Tier> tiers) {
      this.left = new ArrayList<>(tiers);
    }

    @Override
    public String name() {
      return "in turn";
    }

    @Override
    public Tier tier(String tenant, Stakes stakes, @Nullable Duration idle) {
      return left.removeFirst();
    }

    @Override
    public TierTerms terms(Tier tier) {
      return Rules.BOTH.terms(tier);
    }

    @Override
    public int pings(
        String tenant, StopReason stop, Tier tier, Stakes stakes, @Nullable Duration idle) {
      return 0;
    }
  }

  @Test
  void pings_of_the_adaptive_rule_never_cost_more_than_the_write_that_they_avert() {
    var ended = new ArrayList<Integer>();
    var rule = Rules.adaptive(Rules.ADAPTIVE, Rules.BOTH);

    new RunThrough(
            rule,
            Keeping.WHOLE,
            (held, sent) -> {
              ended.add(sent);
              var terms = held.terms();
              assertThat(sent * terms.read() * held.tokens())
                  .isLessThanOrEqualTo(terms.loss() * held.tokens() + 1e-6);
            })
        .run(Traffic.mixed(101, 6_000));

    assertThat(ended).hasSizeGreaterThan(20_000).anyMatch(sent -> sent > 0);
  }

  @Test
  void programs_that_use_tools_all_the_time_pay_no_more_than_a_thousandth() {
    assertThat(WarmBench.loops(1)).isLessThanOrEqualTo(0.001);
  }

  private static List<Step> backAfter(long seconds) {
    return List.of(request(0, 10_000, 10_000), request(seconds, 11_000, 1_000));
  }

  private static Step request(long atSeconds, long prompt, long added) {
    return new Step(1_000 * atSeconds, "ann", "c1", StopReason.END_OF_TURN, prompt, added);
  }

  private static Step close(long atSeconds) {
    return new Step(1_000 * atSeconds, "ann", "c1", null, 0, 0);
  }
}
