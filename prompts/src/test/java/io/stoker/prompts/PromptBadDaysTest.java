package io.stoker.prompts;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.CallTimeouts;
import io.stoker.ManualTime;
import io.stoker.prompts.ChatEvent.Done;
import io.stoker.prompts.OpenAiSettings.Kind;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.testing.StubLlm;
import io.stoker.testing.StubLlm.Behaviour;
import io.stoker.testing.StubLlm.Counts;
import io.stoker.testing.StubLlm.Cuts;
import io.stoker.testing.StubLlm.Replies;
import io.stoker.testing.StubLlm.Stalls;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A faulty provider over real HTTP, and its effects on schedules and turns.
@Timeout(120)
final class PromptBadDaysTest {

  private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
  private static final String CHAT = "a chat";
  private static final Duration LONG_DAY = ofHours(3);

  private final ManualTime time = new ManualTime(START);
  private final PromptStore store = PromptStore.inMemory();
  private final StubLlm stub = StubLlm.start();
  private final PromptWarmer warmer = warmer(ofMinutes(2));
  private PromptChat chat = chat(ofMinutes(2));

  /// @param silence the timeout without a byte
  private PromptWarmer warmer(Duration silence) {
    return new PromptWarmer(store, providers(silence), PromptSettings.STANDARD, time);
  }

  private PromptProviders providers(Duration silence) {
    var limits = new CallTimeouts(silence, ofMinutes(10));
    var settings = new OpenAiSettings("openai", Kind.OPEN_AI, stub.uri(), "a key", limits);
    var provider = PromptProvider.openAi(settings, ProviderFacts.standard(), time);
    return new PromptProviders(List.of(provider), "openai/gpt-4o");
  }

  private PromptChat chat(Duration silence) {
    return new PromptChat(warmer, store, providers(silence), PromptSettings.STANDARD, time);
  }

  @BeforeEach
  void begin() {
    stub.counts(new Counts(100, 0, 900, 10));
    store.append(CHAT, List.of(new Message(MessageRole.USER, new HistoryPart.Text("Why?"))), null);
    warmer.start();
  }

  @AfterEach
  void end() {
    stub.release();
    chat.close();
    warmer.close();
    stub.close();
  }

  private WarmingState state() {
    return warmer.conversation(CHAT).warming();
  }

  /// Advances the clock from warm to warm; returns when each was requested.
  private List<Instant> askedUntil(Instant end) {
    var asked = new ArrayList<Instant>();
    var due = state().nextWarmAt();
    while (due != null && due.isBefore(end)) {
      time.advance(Duration.between(time.now(), due).plusMillis(20));
      asked.add(time.now());
      awaitOutcome(due);
      due = state().nextWarmAt();
    }
    return asked;
  }

  /// A timer may be set shortly after its time is visible; then it fires with the next tick.
  private void awaitOutcome(Instant due) {
    await()
        .until(() -> {
          time.advance(ofMillis(20));
          return state().activity() == Activity.IDLE && !due.equals(state().nextWarmAt());
        });
  }

  private static long mostInAMinute(List<Instant> asked) {
    return asked.stream()
        .mapToLong(from ->
            asked.stream()
                .filter(at -> !at.isBefore(from) && at.isBefore(from.plusSeconds(60)))
                .count())
        .max()
        .orElse(0);
  }

  private static Replies replies(int status, String body, Map<String, String> headers) {
    return new Replies(status, headers, body);
  }

  private static Stream<Arguments> days() {
    var no = "{\"error\":{\"message\":\"no\"}}";
    return Stream.of(
        Arguments.of("400", replies(400, no, Map.of()), PauseReason.REFUSED, 1, 1),
        Arguments.of("401", replies(401, no, Map.of()), PauseReason.REFUSED, 1, 1),
        Arguments.of("429", replies(429, no, Map.of()), PauseReason.GAVE_UP, 10, 4),
        Arguments.of(
            "429 with Retry-After",
            replies(429, no, Map.of("Retry-After", "100")),
            PauseReason.GAVE_UP,
            10,
            1),
        Arguments.of("500", replies(500, no, Map.of()), PauseReason.GAVE_UP, 10, 4),
        Arguments.of("garbage", replies(200, "<html>", Map.of()), PauseReason.GAVE_UP, 10, 4),
        Arguments.of("cut before the headers", new Cuts(-1), PauseReason.GAVE_UP, 10, 4));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("days")
  void a_schedule_ends_with_a_reason_and_never_in_a_storm(
      String day, Behaviour turn, PauseReason pauseReason, int asked, int inAMinute) {
    stub.always(turn);
    warmer.setEnabled(CHAT, true);

    var times = askedUntil(START.plus(LONG_DAY));

    assertThat(state().pauseReason()).isEqualTo(pauseReason);
    assertThat(state().nextWarmAt()).isNull();
    assertThat(state().error()).isNotEmpty();
    assertThat(state().lastWarm()).isNull();
    assertThat(times).hasSize(asked);
    assertThat(stub.requests().size())
        .as("no request beside the schedule")
        .isLessThanOrEqualTo(asked);
    assertThat(mostInAMinute(times)).isLessThanOrEqualTo(inAMinute);
    assertThat(warmer.totals().warmed()).isZero();
    assertThat(warmer.conversation(CHAT).costs()).isEqualTo(WarmingCosts.NONE);
  }

  @Test
  void a_warm_that_is_never_answered_ends_after_its_time_and_the_schedule_goes_on() {
    stub.always(new Stalls(-1));
    warmer.setEnabled(CHAT, true);

    time.advance(ofMinutes(4).plusMillis(20));
    await().until(() -> stub.requests().size() == 1);
    time.advance(ofMinutes(1).plusMillis(20));
    await().until(() -> state().activity() == Activity.IDLE);

    assertThat(state().error()).isEqualTo("no answer within 60 s");
    assertThat(state().nextWarmAt()).isAfter(time.now());
    await().until(() -> stub.brokenOff() == 1);
  }

  @Test
  void a_schedule_outlives_a_bad_quarter_of_an_hour() {
    stub.always(replies(503, "{}", Map.of()));
    warmer.setEnabled(CHAT, true);
    askedUntil(START.plus(ofMinutes(15)));

    stub.says("Fine");
    var times = askedUntil(START.plus(ofMinutes(30)));

    assertThat(times).isNotEmpty();
    assertThat(state().failures()).isZero();
    assertThat(state().error()).isEmpty();
    assertThat(state().nextWarmAt()).isAfter(time.now());
    assertThat(warmer.totals().warmed()).isEqualTo(times.size());
  }

  private static Stream<Arguments> turns() {
    var no = "{\"error\":{\"message\":\"no\"}}";
    return Stream.of(
        Arguments.of("400", replies(400, no, Map.of())),
        Arguments.of("401", replies(401, no, Map.of())),
        Arguments.of("429", replies(429, no, Map.of("Retry-After", "7"))),
        Arguments.of("500", replies(500, no, Map.of())),
        Arguments.of("garbage", replies(200, "<html>", Map.of())),
        Arguments.of("no headers", new Stalls(-1)),
        Arguments.of("a stall in the middle", new Stalls(1)),
        Arguments.of("closed half-way", new Cuts(1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("turns")
  void a_turn_ends_with_the_error_and_the_schedule_lives_on(String day, Behaviour turn) {
    chat = chat(ofMillis(300));
    warmer.setEnabled(CHAT, true);
    stub.next(turn);
    var events = new CopyOnWriteArrayList<ChatEvent>();
    try (var watch = chat.watch(CHAT, events::add)) {
      assertThat(watch).isNotNull();

      chat.start(CHAT, "And why that?", null, null);
      await().until(() -> events.stream().anyMatch(ChatEvent.TurnSealed.class::isInstance));
    }

    var kinds = events.stream().map(event -> event.getClass().getSimpleName()).toList();
    assertThat(kinds).startsWith("UserMessage", "TurnStart");
    assertThat(kinds).endsWith("Failed", "StepComplete", "Done", "TurnSealed");
    assertThat(events)
        .filteredOn(Done.class::isInstance)
        .extracting(event -> ((Done) event).reason())
        .containsExactly("error");
    assertThat(state().activity()).isEqualTo(Activity.IDLE);
    assertThat(state().nextWarmAt()).isEqualTo(time.now().plusSeconds(240));
  }
}
