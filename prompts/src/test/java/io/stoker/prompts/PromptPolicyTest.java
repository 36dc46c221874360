package io.stoker.prompts;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.prompts.LedgerEntry.Kind;
import io.stoker.prompts.PromptLedger.By;
import io.stoker.prompts.PromptLedger.Range;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.AdaptivePolicy;
import io.stoker.prompts.policy.LearnedCounts;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import io.stoker.prompts.simulator.SimulatedProvider;
import io.stoker.prompts.simulator.SimulatorSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tests of the policy with a real warmer, turns and the simulator.
@Timeout(60)
final class PromptPolicyTest {

  private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
  private static final String CHAT = "a chat";
  private static final String LONG_TEXT = "Tell me of the sea, at some length. ".repeat(400);
  private static final String SHORT_TEXT = "Hi";

  private final ManualTime time = new ManualTime(START);
  private final PromptStore store = PromptStore.inMemory();
  private final SimulatedProvider provider =
      new SimulatedProvider(SimulatorSettings.STANDARD.atOnce(), time);
  private final PromptProviders providers =
      new PromptProviders(List.of(provider), "simulator/small");
  private final BlockingQueue<Conversation> published = new LinkedBlockingQueue<>();
  private PromptWarmer warmer = warmer(adaptive());
  private PromptChat chat = chat();

  private static WarmingPolicy adaptive() {
    return new WarmingPolicy(PolicyMode.ADAPTIVE, null, 0, Map.of());
  }

  private PromptWarmer warmer(WarmingPolicy policy) {
    var made = new PromptWarmer(store, providers, PromptSettings.STANDARD.with(policy), time);
    made.listen(published::add);
    return made;
  }

  private PromptChat chat() {
    return new PromptChat(warmer, store, providers, PromptSettings.STANDARD, time);
  }

  @BeforeEach
  void begin() {
    warmer.start();
  }

  @AfterEach
  void end() {
    chat.close();
    warmer.close();
  }

  private void restart(WarmingPolicy policy) {
    end();
    warmer = warmer(policy);
    chat = chat();
    warmer.start();
  }

  private void turn(String id, String text) {
    turn(id, text, null);
  }

  private void turn(String id, String text, @Nullable String tenant) {
    int turns = store.metrics(id).size();
    chat.start(id, text, null, null, tenant);
    await().until(() -> store.metrics(id).size() > turns && !warmer.isGenerating(id));
  }

  private WarmingState state(String id) {
    return warmer.conversation(id).warming();
  }

  private List<LedgerEntry> ledger() {
    var lines = new ArrayList<LedgerEntry>();
    store.ledger().visit(Range.ALL, lines::add);
    return lines;
  }

  /// Trains the policy: users come back after seven minutes, too late without a warm, in time with
  /// one.
  private void teachThatWarmsPay() {
    var policy = new AdaptivePolicy();
    for (int i = 0; i < 30; i++) {
      policy.returned("", StopReason.END_OF_TURN, provider.cacheTiers("small"), ofMinutes(7));
    }
    store.saveLearned(policy.changed());
    restart(adaptive());
  }

  /// A timer may be set shortly after its time is visible; then it fires with the next tick.
  private void ring() {
    var due = state(CHAT).nextWarmAt();
    assertThat(due).isNotNull();
    long warms = provider.traffic().warms();
    time.advance(Duration.between(time.now(), due));
    await()
        .until(() -> {
          time.advance(ofMillis(20));
          return provider.traffic().warms() > warms && state(CHAT).activity() == Activity.IDLE;
        });
  }

  @Test
  void without_data_nothing_is_warmed_and_the_reason_is_shown() {
    warmer.setEnabled(CHAT, true);

    turn(CHAT, LONG_TEXT);

    assertThat(state(CHAT).nextWarmAt()).isNull();
    assertThat(state(CHAT).pauseReason()).isEqualTo(PauseReason.NOT_WORTH_IT);
    assertThat(state(CHAT).why()).contains("warms sent: 0; the next would cost more than it saves");
  }

  @Test
  void where_users_come_back_in_time_for_it_a_warm_is_sent_before_the_entry_dies() {
    teachThatWarmsPay();
    warmer.setEnabled(CHAT, true);

    turn(CHAT, LONG_TEXT);

    assertThat(state(CHAT).nextWarmAt()).isEqualTo(time.now().plusSeconds(290));
    assertThat(state(CHAT).why()).startsWith("warm 1 of up to 1 while you are away; ");
  }

  @Test
  void no_more_warms_are_sent_than_are_worth_it() {
    teachThatWarmsPay();
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT);

    ring();

    assertThat(state(CHAT).pauseReason()).isEqualTo(PauseReason.NOT_WORTH_IT);
    assertThat(state(CHAT).nextWarmAt()).isNull();
  }

  @Test
  void what_a_warm_has_saved_is_in_the_ledger_and_with_the_conversation() {
    teachThatWarmsPay();
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT);
    ring();
    time.advance(ofMinutes(2));

    turn(CHAT, "And then?");

    var own = ledger().stream().filter(line -> line.conversationId().equals(CHAT)).toList();
    assertThat(own).extracting(LedgerEntry::kind).containsExactly(Kind.TURN, Kind.PING, Kind.TURN);
    assertThat(own.getLast().saved()).isPositive();
    var costs = warmer.conversation(CHAT).costs();
    assertThat(costs.spent()).isEqualTo(own.get(1).cost()).isPositive();
    assertThat(costs.saved()).isEqualTo(own.getLast().saved()).isGreaterThan(costs.spent());
    assertThat(store.ledger().sums(new Range(null, null, null, null, CHAT)).costs())
        .isEqualTo(costs);
  }

  @Test
  void a_user_who_does_not_come_back_is_noticed_and_what_was_spent_is_wasted() {
    teachThatWarmsPay();
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT);
    ring();
    long spent = warmer.conversation(CHAT).costs().spent();
    assertThat(warmer.scheduled()).isZero();

    time.advance(ofHours(8));

    await()
        .until(() -> {
          time.advance(ofMillis(20));
          return ledger().getLast().kind() == Kind.LEFT;
        });
    assertThat(ledger().getLast().wasted()).isEqualTo(spent);
    assertThat(warmer.conversation(CHAT).costs().wasted()).isEqualTo(spent);
    await().until(() -> warmer.inMemory() == 0);
  }

  @Test
  void a_warm_that_misses_is_the_last_one() {
    teachThatWarmsPay();
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT);
    provider.clearCache();

    ring();

    assertThat(state(CHAT).pauseReason()).isEqualTo(PauseReason.WROTE);
    assertThat(state(CHAT).nextWarmAt()).isNull();
  }

  @Test
  void a_prompt_too_short_to_be_cached_is_not_warmed() {
    teachThatWarmsPay();
    warmer.setEnabled(CHAT, true);
    var brief =
        new SimulatedProvider(
            SimulatorSettings.STANDARD
                .atOnce()
                .with(new CacheProfile(ofMinutes(5), 4_096, CacheProfile.Refresh.PING, "")),
            time);
    var others = new PromptProviders(List.of(brief), "simulator/small");
    end();
    warmer = new PromptWarmer(store, others, PromptSettings.STANDARD.with(adaptive()), time);
    chat = new PromptChat(warmer, store, others, PromptSettings.STANDARD, time);
    warmer.start();

    turn(CHAT, SHORT_TEXT);

    assertThat(state(CHAT).pauseReason()).isEqualTo(PauseReason.TOO_SHORT);
    assertThat(state(CHAT).why()).contains("keeps none below 4096");
  }

  @Test
  void a_turn_that_finds_its_prompt_gone_makes_warms_look_dearer() {
    var before = learnedOfRequests();
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT);
    provider.clearCache();

    turn(CHAT, "And then?");
    turn(CHAT, "And then?");
    warmer.close();

    assertThat(before).isEmpty();
    assertThat(learnedOfRequests()).hasSize(1);
    var counts = learnedOfRequests().getFirst().counts();
    assertThat(counts.getFirst()).as("turns in time").isGreaterThan(1.9);
    assertThat(counts.getLast()).as("of which found nothing").isBetween(0.9, 1.0);
  }

  private List<LearnedCounts> learnedOfRequests() {
    return store.learned().stream().filter(part -> part.topic().startsWith("requests")).toList();
  }

  @Test
  void what_was_learned_survives_a_restart() {
    teachThatWarmsPay();
    restart(adaptive());
    warmer.setEnabled(CHAT, true);

    turn(CHAT, LONG_TEXT);

    assertThat(state(CHAT).nextWarmAt()).isEqualTo(time.now().plusSeconds(290));
  }

  @Test
  void an_idle_period_survives_a_restart_with_its_warms() {
    teachThatWarmsPay();
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT);
    ring();
    var idle = state(CHAT).idle();

    restart(adaptive());

    assertThat(idle).isNotNull();
    assertThat(state(CHAT).idle()).isEqualTo(idle);
    assertThat(state(CHAT).pauseReason()).isEqualTo(PauseReason.NOT_WORTH_IT);
  }

  @Test
  void a_conversation_can_have_a_mode_of_its_own() {
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT);

    warmer.setMode(CHAT, PolicyMode.INTERVAL);
    assertThat(state(CHAT).nextWarmAt()).isEqualTo(time.now().plusSeconds(240));
    warmer.setMode(CHAT, PolicyMode.OFF);

    assertThat(state(CHAT).nextWarmAt()).isNull();
    assertThat(state(CHAT).pauseReason()).isEqualTo(PauseReason.SWITCHED_OFF);
  }

  @Test
  void a_warm_that_is_due_a_moment_before_the_entry_dies_is_sent() {
    restart(new WarmingPolicy(PolicyMode.INTERVAL, null, 0, Map.of()));
    warmer.setInterval(CHAT, ofSeconds(299));
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT);

    ring();

    assertThat(state(CHAT).pauseReason()).isEqualTo(PauseReason.NONE);
    assertThat(ledger().getLast().kind()).isEqualTo(Kind.PING);
  }

  @Test
  void warms_that_wait_for_the_next_minute_until_their_entry_is_dead_are_not_sent() {
    end();
    var policy = new WarmingPolicy(PolicyMode.INTERVAL, null, 1, Map.of());
    var patient = new PromptSettings(ofMinutes(4), "", ofMinutes(5), 1_000, policy);
    warmer = new PromptWarmer(store, providers, patient, time);
    chat = chat();
    warmer.start();
    for (var id : List.of(CHAT, "another")) {
      warmer.setInterval(id, ofSeconds(270));
      warmer.setEnabled(id, true);
      turn(id, LONG_TEXT);
    }

    time.advance(ofSeconds(270).plusMillis(20));
    await().until(() -> warmer.warmsWaiting() == 1 && provider.traffic().warms() == 1);
    time.advance(ofSeconds(59));
    await()
        .until(() -> {
          time.advance(ofSeconds(1));
          var rests = List.of(state(CHAT).pauseReason(), state("another").pauseReason());
          return rests.contains(PauseReason.COLD);
        });

    assertThat(provider.traffic().warms()).isEqualTo(1);
    assertThat(warmer.warmsWaiting()).isZero();
  }

  @Test
  void a_tenant_can_have_a_mode_of_its_own() {
    restart(
        new WarmingPolicy(
            PolicyMode.INTERVAL,
            null,
            0,
            Map.of("acme", new WarmingPolicy.Tenant(PolicyMode.OFF, null))));
    warmer.setEnabled(CHAT, true);

    turn(CHAT, LONG_TEXT, "acme");

    assertThat(state(CHAT).pauseReason()).isEqualTo(PauseReason.SWITCHED_OFF);
    assertThat(warmer.conversation(CHAT).tenant()).isEqualTo("acme");
  }

  @Test
  void a_budget_holds_until_midnight_and_its_end_is_told() {
    restart(new WarmingPolicy(PolicyMode.INTERVAL, 1_500L, 0, Map.of()));
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT);

    while (state(CHAT).nextWarmAt() != null) {
      ring();
    }

    assertThat(state(CHAT).pauseReason()).isEqualTo(PauseReason.OVER_BUDGET);
    assertThat(state(CHAT).why()).startsWith("the daily budget of $0.0015 is spent");
    assertThat(warmer.spentToday()).isPositive().isLessThanOrEqualTo(1_500);
    time.advance(ofHours(16));
    turn(CHAT, "Good morning");
    assertThat(state(CHAT).nextWarmAt()).isNotNull();
  }

  @Test
  void a_budget_is_remembered_by_the_next_process() {
    restart(new WarmingPolicy(PolicyMode.INTERVAL, 1_500L, 0, Map.of()));
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT);
    ring();
    long spent = warmer.spentToday();

    restart(new WarmingPolicy(PolicyMode.INTERVAL, 1_500L, 0, Map.of()));

    assertThat(warmer.spentToday()).isEqualTo(spent).isPositive();
  }

  @Test
  void a_conversation_without_budget_left_is_stopped_alone() {
    restart(new WarmingPolicy(PolicyMode.INTERVAL, null, 0, Map.of()));
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT);
    warmer.setEnabled("another", true);
    turn("another", LONG_TEXT);

    warmer.setDailyBudget(CHAT, 0L);

    assertThat(state(CHAT).pauseReason()).isEqualTo(PauseReason.OVER_BUDGET);
    assertThat(state(CHAT).why()).startsWith("the daily budget of this conversation, $0.00,");
    assertThat(state("another").nextWarmAt()).isNotNull();
    warmer.setDailyBudget(CHAT, null);
    assertThat(state(CHAT).nextWarmAt()).isNotNull();
  }

  @Test
  void the_ledger_sums_what_each_tenant_has_spent() {
    restart(new WarmingPolicy(PolicyMode.INTERVAL, null, 0, Map.of()));
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT, "acme");
    ring();

    var groups = store.ledger().sumsBy(By.TENANT, Range.ALL, 10);

    assertThat(groups).extracting(PromptLedger.Group::name).containsExactly("acme");
    assertThat(groups.getFirst().sums().costs().spent()).isEqualTo(warmer.spentToday("acme"));
  }

  @Test
  void a_user_who_looks_at_the_conversation_is_expected_sooner() {
    teachThatWarmsPay();
    warmer.setEnabled(CHAT, true);
    turn(CHAT, LONG_TEXT);

    warmer.hint(CHAT, null, true);

    var idle = state(CHAT).idle();
    assertThat(idle).isNotNull();
    assertThat(idle.focused()).isTrue();
    assertThat(state(CHAT).nextWarmAt()).isNotNull();
  }
}
