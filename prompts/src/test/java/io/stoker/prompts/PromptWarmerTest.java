package io.stoker.prompts;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.CallException;
import io.stoker.ManualTime;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.simulator.SimulatedFault;
import io.stoker.prompts.simulator.SimulatedProvider;
import io.stoker.prompts.simulator.SimulatorSettings;
import io.stoker.testing.FaultInjector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PromptWarmerTest {

  private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
  private static final String CHAT = "a chat";

  private final ManualTime time = new ManualTime(START);
  private final PromptStore store = PromptStore.inMemory();
  private final SimulatedProvider provider =
      new SimulatedProvider(SimulatorSettings.STANDARD.atOnce(), time);
  private final PromptProviders providers =
      new PromptProviders(List.of(provider), "simulator/small");
  private final BlockingQueue<Conversation> published = new LinkedBlockingQueue<>();
  private PromptWarmer warmer = warmer();

  private PromptWarmer warmer() {
    var made = new PromptWarmer(store, providers, PromptSettings.STANDARD, time);
    made.listen(published::add);
    return made;
  }

  @BeforeEach
  void begin() {
    say(CHAT);
    warmer.start();
  }

  @AfterEach
  void end() {
    warmer.close();
  }

  private void say(String id) {
    var text =
        new HistoryPart.Text("Tell me of the sea, at some length if you please. ".repeat(20));
    store.append(id, List.of(new Message(MessageRole.USER, text)), null);
  }

  private void restart() {
    warmer.close();
    warmer = warmer();
    warmer.start();
  }

  private WarmingState state() {
    return warmer.conversation(CHAT).warming();
  }

  private WarmingState nextPublished() throws InterruptedException {
    return published.take().warming();
  }

  @Test
  void a_conversation_that_wants_it_is_warmed_again_and_again() throws InterruptedException {
    warmer.setEnabled(CHAT, true);
    assertThat(nextPublished().nextWarmAt()).isEqualTo(START.plusSeconds(240));

    for (int i = 1; i <= 5; i++) {
      time.advance(ofMinutes(4));
      var warming = nextPublished();

      assertThat(warming.lastWarm()).isNotNull();
      assertThat(warming.nextWarmAt()).isEqualTo(time.now().plusSeconds(240));
      assertThat(provider.traffic().warms()).isEqualTo(i);
    }
    assertThat(published).isEmpty();
    assertThat(warmer.totals().warmed()).isEqualTo(5);
    assertThat(store.warms(CHAT, 10)).hasSize(5);
  }

  @Test
  void what_is_published_was_saved_before() throws InterruptedException {
    var unsaved = new LinkedBlockingQueue<Conversation>();
    warmer.listen(conversation -> {
      var stored = store.find(conversation.id()).orElseThrow().warming();
      if (stored.enabled() != conversation.warming().enabled()
          || !Objects.equals(stored.nextWarmAt(), conversation.warming().nextWarmAt())) {
        unsaved.add(conversation);
      }
    });

    warmer.setEnabled(CHAT, true);
    warmer.setInterval(CHAT, ofSeconds(10));
    nextPublished();
    nextPublished();
    time.advance(ofSeconds(10));
    nextPublished();

    assertThat(unsaved).isEmpty();
  }

  @Test
  void a_warm_that_failed_is_tried_again_and_shown() throws InterruptedException {
    provider.failNext(1, new SimulatedFault.Unavailable());
    warmer.setEnabled(CHAT, true);
    nextPublished();

    time.advance(ofMinutes(4));
    var failed = nextPublished();
    assertThat(failed.error()).contains("does not answer");
    assertThat(failed.lastWarm()).isNull();
    time.advance(Duration.between(time.now(), failed.nextWarmAt()));
    var done = nextPublished();

    assertThat(done.error()).isEmpty();
    assertThat(done.lastWarm()).isNotNull();
    assertThat(store.warms(CHAT, 10)).extracting(WarmRecord::error).contains("");
    assertThat(warmer.totals().failed()).isEqualTo(1);
  }

  @Test
  void a_provider_that_refuses_ends_it_with_the_reason() throws InterruptedException {
    provider.failNext(1, new SimulatedFault.Refused());
    warmer.setEnabled(CHAT, true);
    nextPublished();

    time.advance(ofMinutes(4));
    var stopped = nextPublished();

    assertThat(stopped.pauseReason()).isEqualTo(PauseReason.REFUSED);
    assertThat(stopped.error()).contains("refuses");
    assertThat(stopped.nextWarmAt()).isNull();
    assertThat(stopped.enabled()).isTrue();
  }

  @Test
  void what_has_ended_with_a_reason_shows_it_still_when_it_has_left_memory_and_after_a_restart()
      throws InterruptedException {
    provider.failNext(1, new SimulatedFault.Refused());
    warmer.setEnabled(CHAT, true);
    nextPublished();
    time.advance(ofMinutes(4));
    nextPublished();
    await().until(() -> warmer.inMemory() == 0);

    assertThat(state().pauseReason()).isEqualTo(PauseReason.REFUSED);
    assertThat(state().nextWarmAt()).isNull();
    restart();
    assertThat(state().pauseReason()).isEqualTo(PauseReason.REFUSED);
    assertThat(warmer.list(true, 10, null))
        .extracting(each -> each.warming().nextWarmAt())
        .containsOnlyNulls();
  }

  @Test
  void a_rate_limited_provider_gets_no_warms_from_any_conversation() throws InterruptedException {
    provider.failNext(1, new SimulatedFault.RateLimited(ofMinutes(10)));
    warmer.setEnabled(CHAT, true);
    nextPublished();
    time.advance(ofMinutes(4));
    nextPublished();

    for (int i = 0; i < 20; i++) {
      say("another " + i);
      int other = i;
      assertThatThrownBy(() -> warmer.warm("another " + other, null))
          .isInstanceOf(CallException.class)
          .hasMessageContaining("rate limited");
    }

    assertThat(provider.traffic().warms()).isEqualTo(1);
    time.advance(ofMinutes(10));
    assertThat(warmer.warm("another 1", null).usage().inputTokens()).isPositive();
  }

  @Test
  void a_warm_that_hangs_is_broken_off_and_tried_again() throws InterruptedException {
    provider.failNext(1, new SimulatedFault.Hanging());
    warmer.setEnabled(CHAT, true);
    nextPublished();
    time.advance(ofMinutes(4));
    await().until(() -> provider.traffic().inFlight() == 1);

    time.advance(PromptSettings.STANDARD.warmTimeout());
    var failed = nextPublished();

    assertThat(failed.error()).contains("no answer within 60 s");
    assertThat(failed.nextWarmAt()).isAfter(time.now());
    assertThat(provider.traffic().inFlight()).isZero();
  }

  @Test
  void a_manual_warm_says_what_it_cost_and_restarts_the_countdown() throws InterruptedException {
    warmer.setEnabled(CHAT, true);
    nextPublished();
    time.advance(ofMinutes(1));

    var warmed = warmer.warm(CHAT, null);

    assertThat(warmed.usage().written()).isPositive();
    assertThat(warmed.after().warming().nextWarmAt()).isEqualTo(time.now().plusSeconds(240));
    assertThat(nextPublished()).isEqualTo(warmed.after().warming());
    assertThat(store.warms(CHAT, 1).getFirst().manual()).isTrue();
  }

  @Test
  void two_concurrent_requests_share_a_warm() throws Exception {
    provider.failNext(1, new SimulatedFault.Slow(ofSeconds(10)));
    try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      var one = callers.submit(() -> warmer.warm(CHAT, null));
      await().until(() -> provider.traffic().inFlight() == 1);
      var other = callers.submit(() -> warmer.warm(CHAT, null));
      time.awaitPausing(1);
      await().until(() -> !other.isDone());
      time.advance(ofSeconds(10));

      assertThat(one.get().usage()).isNotNull();
      assertThat(other.get().usage()).isNotNull();
    }
  }

  @Test
  void what_has_no_history_or_an_unknown_model_is_not_warmed() {
    assertThatThrownBy(() -> warmer.warm("new", null))
        .isInstanceOf(WarmRefusedException.class)
        .hasMessage("no history");
    assertThatThrownBy(() -> warmer.warm(CHAT, "nobody/nothing"))
        .isInstanceOf(WarmRefusedException.class)
        .hasMessage("unknown model: nobody/nothing");
    assertThat(store.find("new")).isEmpty();
  }

  @Test
  void closing_breaks_off_the_warm_in_flight() throws InterruptedException {
    provider.failNext(1, new SimulatedFault.Hanging());
    warmer.setEnabled(CHAT, true);
    time.advance(ofMinutes(4));
    await().until(() -> provider.traffic().inFlight() == 1);

    warmer.closed(CHAT);

    await().until(() -> provider.traffic().inFlight() == 0);
    assertThat(state().enabled()).isFalse();
    assertThat(store.find(CHAT).orElseThrow().warming().enabled()).isFalse();
    assertThat(warmer.scheduled()).isZero();
  }

  @Test
  void a_turn_cancels_the_warm_in_flight_and_its_callers_are_notified() {
    provider.failNext(1, new SimulatedFault.Hanging());
    var waiting =
        CompletableFuture.supplyAsync(() -> {
          try {
            return warmer.warm(CHAT, null);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    await().until(() -> provider.traffic().inFlight() == 1);

    warmer.turnStarted(CHAT, providers.find(null).orElseThrow(), null, null, null);

    assertThatThrownBy(waiting::join).hasCauseInstanceOf(WarmRefusedException.class);
    await().until(() -> provider.traffic().inFlight() == 0);
    assertThat(state().activity()).isEqualTo(Activity.GENERATING);
    assertThatThrownBy(() -> warmer.warm(CHAT, null)).hasMessage("conversation is generating");
  }

  @Test
  void a_hundred_clicks_at_once_end_where_they_began() throws Exception {
    try (var clickers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        clickers.execute(() -> warmer.setEnabled(CHAT, null));
      }
    }

    assertThat(state().enabled()).isFalse();
    assertThat(warmer.scheduled()).isZero();
    assertThat(published).hasSize(100);
    for (boolean expected = true; !published.isEmpty(); expected = !expected) {
      assertThat(nextPublished().enabled()).isEqualTo(expected);
    }
  }

  @Test
  void after_a_restart_timers_are_set_as_they_were() throws InterruptedException {
    warmer.warm(CHAT, null);
    warmer.setEnabled(CHAT, true);
    time.advance(ofMinutes(1));
    published.clear();

    restart();

    assertThat(state().nextWarmAt()).isEqualTo(START.plusSeconds(240));
    assertThat(warmer.scheduled()).isEqualTo(1);
    time.advance(ofMinutes(3));
    assertThat(nextPublished().lastWarm()).isNotNull();
    assertThat(provider.traffic().warms()).isEqualTo(2);
  }

  @Test
  void after_a_long_outage_expired_conversations_are_cold_and_not_warmed()
      throws InterruptedException {
    warmer.warm(CHAT, null);
    warmer.setEnabled(CHAT, true);
    warmer.close();
    time.advance(ofHours(1));

    warmer = warmer();
    warmer.start();

    assertThat(state().pauseReason()).isEqualTo(PauseReason.COLD);
    assertThat(state().nextWarmAt()).isNull();
    assertThat(warmer.list(true, 10, null))
        .extracting(each -> each.warming().pauseReason())
        .containsExactly(PauseReason.COLD);
    assertThat(warmer.scheduled()).isZero();
    assertThat(provider.traffic().warms()).isEqualTo(1);
  }

  @Test
  void a_clock_that_is_set_back_leaves_the_countdown_true() throws InterruptedException {
    warmer.setEnabled(CHAT, true);
    nextPublished();
    time.awaitPausing(2);

    time.jumpTo(START.minus(ofHours(2)));
    time.advance(ofSeconds(1));
    var moved = nextPublished();
    assertThat(moved.nextWarmAt()).isEqualTo(START.minus(ofHours(2)).plusSeconds(240));
    time.advance(ofSeconds(239));

    assertThat(nextPublished().lastWarm()).isNotNull();
  }

  @Test
  void a_machine_that_slept_too_long_marks_its_conversations_cold() throws InterruptedException {
    warmer.warm(CHAT, null);
    warmer.setEnabled(CHAT, true);
    published.clear();
    time.awaitPausing(2);

    time.jumpTo(START.plus(ofHours(2)));
    time.advance(ofSeconds(1));
    await()
        .until(() -> {
          time.advance(ofMillis(20));
          return !published.isEmpty();
        });

    assertThat(nextPublished().pauseReason()).isEqualTo(PauseReason.COLD);
    assertThat(provider.traffic().warms()).isEqualTo(1);
  }

  @Test
  void conversations_that_are_off_and_idle_leave_memory() {
    var ids = new ArrayList<String>();
    for (int i = 0; i < 1_000; i++) {
      ids.add("chat " + i);
    }

    ids.forEach(id -> warmer.setEnabled(id, true));
    assertThat(warmer.scheduled()).isEqualTo(1_000);
    ids.forEach(warmer::closed);

    assertThat(warmer.scheduled()).isZero();
    await().until(() -> warmer.inMemory() == 0);
  }

  @Test
  void an_interval_that_is_too_long_or_too_short_is_refused() {
    assertThatThrownBy(() -> warmer.setInterval(CHAT, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> warmer.setInterval(CHAT, ofHours(25)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 second to 24 hours");
    assertThat(published).isEmpty();
  }

  @Test
  void several_settings_are_saved_and_published_at_once() throws InterruptedException {
    var saves = new AtomicInteger();
    restart(counted("save", saves));

    var change =
        new PromptWarmer.WarmingChange(
            ofMinutes(2), new PromptWarmer.WarmingChange.Mode(PolicyMode.INTERVAL), true);
    var warming = warmer.setWarming(CHAT, change).warming();

    assertThat(saves).hasValue(1);
    assertThat(warming.enabled()).isTrue();
    assertThat(warming.mode()).isEqualTo(PolicyMode.INTERVAL);
    assertThat(warming.nextWarmAt()).isEqualTo(START.plusSeconds(120));
    assertThat(nextPublished()).isEqualTo(warming);
    assertThat(published).isEmpty();
  }

  @Test
  void a_manual_warm_reads_the_history_once() throws InterruptedException {
    var readings = new AtomicInteger();
    restart(counted("history", readings));

    warmer.warm(CHAT, null);

    assertThat(readings).hasValue(1);
  }

  private PromptStore counted(String method, AtomicInteger count) {
    var faults = new FaultInjector();
    faults.before(method, count::incrementAndGet);
    return faults.in(PromptStore.class, store);
  }

  private void restart(PromptStore with) {
    warmer.close();
    warmer = new PromptWarmer(with, providers, PromptSettings.STANDARD, time);
    warmer.listen(published::add);
    warmer.start();
  }
}
