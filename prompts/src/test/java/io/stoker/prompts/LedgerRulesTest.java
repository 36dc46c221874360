package io.stoker.prompts;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.prompts.LedgerEntry.Kind;
import io.stoker.prompts.WarmingEvent.Closed;
import io.stoker.prompts.WarmingEvent.SetEnabled;
import io.stoker.prompts.WarmingEvent.TimerFired;
import io.stoker.prompts.WarmingEvent.TurnEnded;
import io.stoker.prompts.WarmingEvent.TurnStarted;
import io.stoker.prompts.WarmingEvent.WarmDone;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LedgerRulesTest {

  private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");

  /// A dollar per million input tokens, five for output, 0.1 for reads, 1.25 and 2 for writes.
  private static final Prices PRICES =
      new Prices(1_000_000, 5_000_000, 100_000, 1_250_000, 2_000_000);

  private static final Usage FIRST = new Usage(100_000, 100, 0L, 100_000L, 0);
  private static final Usage READS = new Usage(100_000, 1, 99_000L, 1_000L, 0);
  private static final Usage WRITES = new Usage(100_000, 1, 1_000L, 99_000L, 0);

  private Instant now = START;
  private Conversation conversation =
      new Conversation(
          "chat",
          "simulator/small",
          "",
          "acme",
          null,
          WarmingCosts.NONE,
          WarmingState.off(ofMinutes(4)));
  private @Nullable Prices prices = PRICES;
  private final List<LedgerEntry> ledger = new ArrayList<>();

  private void on(WarmingEvent event) {
    var transition =
        PromptSchedule.after(
            conversation.warming(), event, now, (_, _) -> new WarmDecision.ByInterval());
    var after = conversation.with(transition.state());
    var known = new LedgerRules.Model("simulator/small", prices, ofMinutes(5));
    ledger.addAll(LedgerRules.lines(conversation, event, after, () -> known, now));
    conversation = after;
  }

  private void turn(Usage usage, CacheTier tier) {
    on(new TurnStarted(CacheProfile.UNKNOWN));
    on(new TurnEnded(now, new TurnOutcome(StopReason.END_OF_TURN, tier, usage, ofMillis(300))));
  }

  private void ping(Usage usage, long cost) {
    on(new TimerFired(conversation.warming().number()));
    on(new WarmDone(conversation.warming().number(), now, usage, cost));
  }

  private void enabledAfterTurn() {
    on(new SetEnabled(true));
    turn(FIRST, CacheTier.BRIEF);
  }

  private void pass(Duration length) {
    now = now.plus(length);
  }

  @Test
  void a_turn_is_recorded_with_its_cost() {
    enabledAfterTurn();

    assertThat(ledger)
        .containsExactly(
            new LedgerEntry(
                START,
                "chat",
                "acme",
                "simulator/small",
                Kind.TURN,
                FIRST,
                125_500,
                0,
                0,
                true,
                null,
                0,
                ofMillis(300)));
  }

  @Test
  void a_warm_is_recorded_with_its_cost() {
    enabledAfterTurn();
    pass(ofMinutes(4));

    ping(READS, 11_155);

    var line = ledger.getLast();
    assertThat(line.kind()).isEqualTo(Kind.PING);
    assertThat(line.at()).isEqualTo(now);
    assertThat(line.cost()).isEqualTo(11_155);
    assertThat(line.costs()).isEqualTo(new WarmingCosts(11_155, 0, 0));
  }

  @Test
  void a_warm_that_misses_is_recorded_as_a_rewrite() {
    enabledAfterTurn();
    pass(ofMinutes(4));

    ping(WRITES, 123_855);

    assertThat(ledger.getLast().kind()).isEqualTo(Kind.REWRITE);
    assertThat(ledger.getLast().costs()).isEqualTo(new WarmingCosts(123_855, 0, 0));
  }

  @Test
  void a_turn_behind_a_warm_saves_what_its_prompt_would_have_cost_to_write_again() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ping(READS, 11_155);
    pass(ofMinutes(3));

    turn(READS, CacheTier.BRIEF);

    var line = ledger.getLast();
    assertThat(line.saved()).isEqualTo(99_000L * 1_150_000 / 1_000_000);
    assertThat(line.idle()).isEqualTo(ofMinutes(7));
    assertThat(line.warms()).isEqualTo(1);
  }

  @Test
  void where_entries_are_kept_for_longer_that_would_have_cost_more() {
    on(new SetEnabled(true));
    turn(FIRST, CacheTier.LASTING);
    pass(ofMinutes(4));
    ping(READS, 11_155);
    pass(ofMinutes(3));

    turn(READS, CacheTier.LASTING);

    assertThat(ledger.getLast().saved()).isEqualTo(99_000L * 1_900_000 / 1_000_000);
  }

  @Test
  void a_turn_within_the_time_to_live_saves_nothing() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ping(READS, 11_155);
    pass(ofMinutes(1));

    turn(READS, CacheTier.BRIEF);

    assertThat(ledger.getLast().saved()).isZero();
  }

  @Test
  void a_turn_without_a_warm_before_it_saves_nothing() {
    enabledAfterTurn();
    pass(ofMinutes(7));

    turn(READS, CacheTier.BRIEF);

    assertThat(ledger.getLast().saved()).isZero();
  }

  @Test
  void a_turn_that_had_to_write_saves_nothing() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ping(READS, 11_155);
    pass(ofMinutes(3));

    turn(WRITES, CacheTier.BRIEF);

    assertThat(ledger.getLast().saved()).isZero();
  }

  @Test
  void a_conversation_that_is_closed_has_wasted_what_was_spent_since_its_last_turn() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ping(READS, 11_155);
    pass(ofMinutes(4));
    ping(READS, 11_156);
    pass(ofSeconds(1));

    on(new Closed());
    on(new Closed());

    assertThat(ledger).filteredOn(line -> line.kind() == Kind.LEFT).hasSize(1);
    var line = ledger.getLast();
    assertThat(line.wasted()).isEqualTo(22_311);
    assertThat(line.warms()).isEqualTo(2);
    assertThat(line.at()).isEqualTo(now);
  }

  @Test
  void a_conversation_that_is_closed_after_the_user_came_back_has_wasted_nothing() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    ping(READS, 11_155);
    turn(READS, CacheTier.BRIEF);

    on(new Closed());

    assertThat(ledger.getLast().wasted()).isZero();
  }

  @Test
  void a_stale_warm_is_not_recorded() {
    enabledAfterTurn();
    pass(ofMinutes(4));
    on(new TimerFired(conversation.warming().number()));
    long warm = conversation.warming().number();
    on(new TurnStarted(CacheProfile.UNKNOWN));

    on(new WarmDone(warm, now, READS, 11_155));

    assertThat(ledger).extracting(LedgerEntry::kind).containsExactly(Kind.TURN);
  }

  @Test
  void without_prices_tokens_are_recorded_without_costs() {
    prices = null;
    enabledAfterTurn();
    pass(ofMinutes(7));

    turn(READS, CacheTier.BRIEF);

    assertThat(ledger)
        .allSatisfy(line -> assertThat(line.priced()).isFalse())
        .allSatisfy(line -> assertThat(line.cost()).isZero())
        .extracting(LedgerEntry::usage)
        .containsExactly(FIRST, READS);
  }
}
