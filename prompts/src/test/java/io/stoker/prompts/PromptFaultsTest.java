package io.stoker.prompts;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.stoker.CallException;
import io.stoker.ManualTime;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.Time;
import io.stoker.prompts.ChatEvent.Done;
import io.stoker.prompts.ChatEvent.Failed;
import io.stoker.prompts.ChatEvent.TurnSealed;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.simulator.SimulatedProvider;
import io.stoker.prompts.simulator.SimulatorSettings;
import io.stoker.testing.FaultInjector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Collaborators that throw unexpectedly: everything else goes on, and callers get a result.
@Timeout(120)
final class PromptFaultsTest {

  private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
  private static final String CHAT = "a chat";
  private static final String MODEL = "simulator/small";

  private final ManualTime time = new ManualTime(START);
  private final FaultInjector clockFaults = new FaultInjector();
  private final Time clock = clockFaults.in(Time.class, time);
  private final FaultInjector storeFaults = new FaultInjector();
  private final FaultInjector leaseFaults = new FaultInjector();
  private final PromptStore memory = PromptStore.inMemory();
  private final PromptStore store = storeFaults.in(PromptStore.class, memory);
  private final FaultInjector providerFaults = new FaultInjector();
  private final SimulatedProvider simulator =
      new SimulatedProvider(SimulatorSettings.STANDARD.atOnce(), time);
  private final PromptProviders providers =
      new PromptProviders(
          List.of(providerFaults.in(PromptProvider.class, simulator)), "simulator/small");
  private final PromptWarmer warmer = warmer();
  private final PromptChat chat =
      new PromptChat(warmer, store, providers, PromptSettings.STANDARD, clock);
  private final BlockingQueue<Conversation> published = new LinkedBlockingQueue<>();
  private final BlockingQueue<ChatEvent> events = new LinkedBlockingQueue<>();

  private PromptWarmer warmer() {
    storeFaults.instead("leases", leaseFaults.in(PromptLeases.class, memory.leases()));
    return new PromptWarmer(store, providers, PromptSettings.STANDARD, clock);
  }

  @BeforeEach
  void begin() {
    var text =
        new HistoryPart.Text("Tell me of the sea, at some length if you please. ".repeat(20));
    memory.append(CHAT, List.of(new Message(MessageRole.USER, text)), null);
    warmer.start();
  }

  @AfterEach
  void end() {
    Stream.of(clockFaults, storeFaults, leaseFaults, providerFaults).forEach(FaultInjector::end);
    chat.close();
    warmer.close();
  }

  static Stream<Throwable> faults() {
    return Stream.of(new IllegalStateException("a fault"), new StackOverflowError("an error"));
  }

  private List<ChatEvent> turn() throws InterruptedException {
    try (var _ = chat.watch(CHAT, events::add)) {
      chat.start(CHAT, "How deep is the sea?", MODEL, null);
      return untilSealed();
    }
  }

  private List<ChatEvent> untilSealed() throws InterruptedException {
    var all = new ArrayList<ChatEvent>();
    while (all.isEmpty() || !(all.getLast() instanceof TurnSealed)) {
      all.add(events.take());
    }
    return all;
  }

  private void requireTurn() throws InterruptedException {
    assertThat(turn())
        .filteredOn(Done.class::isInstance)
        .extracting(event -> ((Done) event).reason())
        .containsExactly("stop");
  }

  private WarmingState state() {
    return warmer.conversation(CHAT).warming();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_listener_that_throws_affects_no_other(Throwable fault) throws InterruptedException {
    warmer.listen(FaultInjector.always(PromptWarmer.Listener.class, fault));
    warmer.listen(published::add);

    warmer.setEnabled(CHAT, true);

    assertThat(published.take().warming().enabled()).isTrue();
    requireTurn();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_watcher_that_throws_keeps_no_turn_from_its_end(Throwable fault)
      throws InterruptedException {
    chat.watch(CHAT, FaultInjector.always(PromptChat.Watcher.class, fault));

    requireTurn();
    requireTurn();

    await().until(() -> chat.running() == 0);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_viewer_that_throws_hears_of_it(Throwable fault) {
    assertThatThrownBy(() ->
            warmer.view(
                CHAT,
                _ -> {
                  throw FaultInjector.sneaky(fault);
                }))
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isSameAs(fault),
            thrown -> assertThat(thrown).hasCause(fault));

    warmer.setEnabled(CHAT, true);
    assertThat(state().enabled()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_provider_that_throws_fails_its_turn_and_no_other(Throwable fault)
      throws InterruptedException {
    providerFaults.next("stream", fault);

    var first = turn();

    assertThat(first)
        .filteredOn(Failed.class::isInstance)
        .extracting(event -> ((Failed) event).message())
        .containsExactly(fault.getMessage());
    requireTurn();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_provider_that_does_not_say_what_it_has_done_keeps_no_turn_from_its_end(Throwable fault)
      throws InterruptedException {
    for (var method : List.of("usualTier", "terms", "tiers", "prices")) {
      providerFaults.before("stream", () -> providerFaults.always(method, fault));
      var _ = catchThrowable(this::turn);
      providerFaults.end();

      await().until(() -> chat.running() == 0 && state().activity() == Activity.IDLE);
      events.clear();
      requireTurn();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "UNREACHABLE, unavailable",
    "UNAVAILABLE, unavailable",
    "DENIED, refused",
    "REFUSED, refused",
    "RATE_LIMITED, rate-limited",
    "TIMED_OUT, timed-out",
    "BAD_ANSWER, bad-answer"
  })
  void a_turn_tells_the_codes_that_clients_know(CallException.Code code, String shown)
      throws InterruptedException {
    providerFaults.next("stream", new CallException(code, "no", null, null));

    assertThat(turn())
        .filteredOn(Failed.class::isInstance)
        .extracting(event -> ((Failed) event).code())
        .containsExactly(shown);
  }

  @ParameterizedTest
  @CsvSource({"DENIED, REFUSED", "REFUSED, REFUSED", "UNREACHABLE, NONE", "UNAVAILABLE, NONE"})
  void a_warm_that_is_refused_or_denied_is_not_tried_again(
      CallException.Code code, PauseReason rest) throws InterruptedException {
    warmer.setEnabled(CHAT, true);
    warmer.listen(published::add);
    providerFaults.next("warm", new CallException(code, "no", null, null));

    assertThat(catchThrowable(() -> warmer.warm(CHAT, MODEL))).isInstanceOf(CallException.class);

    assertThat(published.take().warming().pauseReason()).isEqualTo(rest);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_warm_whose_provider_throws_is_tried_again(Throwable fault) throws InterruptedException {
    warmer.setEnabled(CHAT, true);
    warmer.listen(published::add);
    providerFaults.next("warm", fault);

    assertThat(catchThrowable(() -> warmer.warm(CHAT, MODEL)))
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isSameAs(fault),
            thrown -> assertThat(thrown).hasCause(fault));

    var failed = published.take().warming();
    assertThat(failed.error()).isEqualTo(fault.getMessage());
    assertThat(failed.nextWarmAt()).isNotNull();
    time.advance(Duration.between(time.now(), failed.nextWarmAt()).plusMillis(40));
    assertThat(published.take().warming().failures()).isZero();
  }

  @Test
  void a_warm_that_cannot_be_broken_off_is_left_behind() throws InterruptedException {
    warmer.setEnabled(CHAT, true);
    warmer.listen(published::add);
    var begun = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    providerFaults.before(
        "warm",
        () -> {
          begun.countDown();
          awaitStubbornly(release);
        });

    time.advance(ofMinutes(4).plusMillis(40));
    begun.await();
    time.advance(PromptSettings.STANDARD.warmTimeout());
    await()
        .until(() -> {
          time.advance(ofSeconds(1));
          return !published.isEmpty();
        });

    assertThat(published.take().warming().error()).contains("no answer within");
    release.countDown();
  }

  private static void awaitStubbornly(CountDownLatch latch) {
    boolean released = false;
    while (!released) {
      try {
        released = latch.await(1, TimeUnit.MINUTES);
      } catch (InterruptedException _) {
        // Ignores the interrupt.
      }
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_store_that_throws_fails_the_change_and_no_other(Throwable fault) {
    storeFaults.next("save", fault);

    assertThat(catchThrowable(() -> warmer.setEnabled(CHAT, true)))
        .satisfiesAnyOf(
            thrown -> assertThat(thrown).isSameAs(fault),
            thrown -> assertThat(thrown).hasCause(fault));

    assertThat(state().enabled()).isFalse();
    assertThat(warmer.setEnabled(CHAT, true).warming().enabled()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_turn_whose_end_cannot_be_handled_ends_nevertheless(Throwable fault)
      throws InterruptedException {
    for (var method : List.of("update", "appendTurn", "history", "add")) {
      providerFaults.before("stream", () -> storeFaults.next(method, fault));
      turn();
      storeFaults.end();
      providerFaults.end();

      await().until(() -> chat.running() == 0 && state().activity() == Activity.IDLE);
      requireTurn();
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_turn_that_could_not_begin_leaves_nothing_behind(Throwable fault)
      throws InterruptedException {
    for (var method : List.of("find", "save", "update", "history")) {
      storeFaults.next(method, fault);
      var _ = catchThrowable(() -> chat.start(CHAT, "How deep is the sea?", MODEL, null));
      await().until(() -> chat.running() == 0 && state().activity() == Activity.IDLE);

      events.clear();
      requireTurn();
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void maintenance_goes_on_after_any_failure(Throwable fault) {
    warmer.setEnabled(CHAT, true);
    leaseFaults.always("renew", fault);
    storeFaults.always("keep", fault);
    storeFaults.next(
        "update", new StokerException(Code.SOURCE_UNREACHABLE, "the store is away", null));
    var _ = catchThrowable(() -> chat.close(CHAT));

    await()
        .until(() -> {
          time.advance(ofSeconds(1));
          return !memory.find(CHAT).orElseThrow().warming().enabled();
        });
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_clock_that_fails_for_a_moment_stops_no_timer(Throwable fault) throws InterruptedException {
    warmer.setEnabled(CHAT, true);
    warmer.listen(published::add);

    clockFaults.next("ticks", fault);
    clockFaults.next("pauseUntil", fault);
    clockFaults.next("pause", fault);
    time.advance(ofMinutes(4));
    await()
        .until(() -> {
          time.advance(ofMillis(20));
          return !published.isEmpty();
        });

    assertThat(published.take().warming().activity()).isEqualTo(Activity.IDLE);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_clock_that_fails_in_a_turn_keeps_it_from_no_end(Throwable fault)
      throws InterruptedException {
    for (var method : List.of("now", "ticks")) {
      providerFaults.before("stream", () -> clockFaults.next(method, fault));
      turn();
      providerFaults.end();
      clockFaults.end();

      await().until(() -> chat.running() == 0 && state().activity() == Activity.IDLE);
      requireTurn();
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void a_policy_that_fails_stops_with_a_reason_until_the_next_turn(Throwable fault)
      throws InterruptedException {
    requireTurn();
    warmer.setMode(CHAT, PolicyMode.ADAPTIVE);
    providerFaults.always("prices", fault);

    var enabled = warmer.setEnabled(CHAT, true).warming();
    providerFaults.end();

    assertThat(enabled.enabled()).isTrue();
    assertThat(enabled.pauseReason()).isEqualTo(PauseReason.NOT_WORTH_IT);
    assertThat(enabled.why()).contains("failed");
    requireTurn();
    assertThat(state().why()).doesNotContain("failed");
  }
}
