package io.stoker.prompts.simulator;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.ManualTime;
import io.stoker.prompts.CacheProfile;
import io.stoker.prompts.CacheProfile.Refresh;
import io.stoker.prompts.HistoryPart;
import io.stoker.prompts.Message;
import io.stoker.prompts.MessageRole;
import io.stoker.prompts.PromptProvider.Completion;
import io.stoker.prompts.PromptProvider.Delta;
import io.stoker.prompts.PromptRequest;
import io.stoker.prompts.Usage;
import io.stoker.prompts.simulator.SimulatedFault.Disconnecting;
import io.stoker.prompts.simulator.SimulatedFault.Garbled;
import io.stoker.prompts.simulator.SimulatedFault.Hanging;
import io.stoker.prompts.simulator.SimulatedFault.RateLimited;
import io.stoker.prompts.simulator.SimulatedFault.Refused;
import io.stoker.prompts.simulator.SimulatedFault.Slow;
import io.stoker.prompts.simulator.SimulatedFault.Stalling;
import io.stoker.prompts.simulator.SimulatedFault.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SimulatedProviderTest {

  private static final Duration TIME_TO_LIVE = Duration.ofMinutes(5);
  private static final Duration INSTANT = Duration.ofNanos(1);

  private static final SimulatorSettings AT_ONCE =
      new SimulatorSettings(
          Duration.ZERO, Duration.ZERO, new CacheProfile(TIME_TO_LIVE, 0, Refresh.PING, ""), 0);

  /// 10 tokens.
  private static final String SYSTEM = "be brief ".repeat(4) + "okay";

  /// 25 tokens.
  private static final String QUESTION = "why ".repeat(25);

  /// 50 tokens.
  private static final String ANSWER = "so. ".repeat(50);

  /// 3 tokens.
  private static final String PROBE = "answer ok";

  private final ManualTime time = new ManualTime(Instant.parse("2026-03-01T12:00:00Z"));
  private final SimulatedProvider simulator = new SimulatedProvider(AT_ONCE, time);
  private final List<Delta> said = Collections.synchronizedList(new ArrayList<>());

  @Test
  void it_has_a_name_and_models() {
    assertThat(simulator.name()).isEqualTo("simulator");
    assertThat(simulator.version()).isNotEmpty();
    assertThat(simulator.models()).containsExactly("small", "long", "thinking", "hour");
  }

  @Test
  void every_answer_says_at_its_start_that_it_is_simulated() throws Exception {
    for (var model : simulator.models()) {
      said.clear();

      ask(request(model, QUESTION));

      assertThat(text()).startsWith("This answer is simulated, and no model has read");
    }
  }

  @Test
  void the_same_request_gets_the_same_answer() throws Exception {
    ask(request("small", QUESTION));
    var first = List.copyOf(said);
    said.clear();

    ask(request("small", QUESTION));

    assertThat(said).isEqualTo(first);
  }

  @Test
  void a_long_answer_comes_in_more_than_a_thousand_pieces() throws Exception {
    var completion = ask(request("long", QUESTION));

    assertThat(said).hasSizeGreaterThan(1000);
    assertThat(completion.reason()).isEqualTo("stop");
    assertThat(completion.usage().outputTokens()).isEqualTo((text().length() + 3) / 4);
  }

  @Test
  void a_thinking_model_thinks_first() throws Exception {
    ask(request("thinking", QUESTION));

    var thoughts = said.stream().takeWhile(Delta.Reasoning.class::isInstance).toList();
    assertThat(thoughts).isNotEmpty();
    assertThat(said.subList(thoughts.size(), said.size()))
        .isNotEmpty()
        .allMatch(Delta.Text.class::isInstance);
  }

  @Test
  void a_first_turn_writes_the_whole_prompt() throws Exception {
    var usage = ask(request("small", QUESTION)).usage();

    assertThat(usage).isEqualTo(new Usage(35, (text().length() + 3) / 4, 0L, 35L, 0));
  }

  @Test
  void the_first_warm_reads_the_prompt_of_the_turn_and_writes_its_answer() throws Exception {
    ask(request("small", QUESTION));

    var usage = simulator.warm(request("small", PROBE, user(QUESTION), assistant(ANSWER)));

    assertThat(usage).isEqualTo(new Usage(88, 1, 35L, 50L, 0));
  }

  @Test
  void the_next_warm_reads_all_and_writes_nothing() throws Exception {
    var request = request("small", PROBE, user(QUESTION), assistant(ANSWER));
    simulator.warm(request);

    var usage = simulator.warm(request);

    assertThat(usage).isEqualTo(new Usage(88, 1, 85L, 0L, 0));
    assertThat(usage.retentionPercent()).hasValue(100);
    assertThat(usage.cachePercent()).isEqualTo(97);
  }

  @Test
  void a_turn_reads_what_was_kept_warm() throws Exception {
    simulator.warm(request("small", PROBE, user(QUESTION), assistant(ANSWER)));

    var usage = ask(request("small", QUESTION, user(QUESTION), assistant(ANSWER))).usage();

    assertThat(usage).isEqualTo(new Usage(110, (text().length() + 3) / 4, 85L, 25L, 0));
  }

  @Test
  void a_turn_is_also_kept_up_to_its_history() throws Exception {
    ask(request("small", QUESTION, user(QUESTION), assistant(ANSWER)));

    var usage = simulator.warm(request("small", PROBE, user(QUESTION), assistant(ANSWER)));

    assertThat(usage).isEqualTo(new Usage(88, 1, 85L, 0L, 0));
  }

  @Test
  void what_a_warm_says_is_not_kept() throws Exception {
    simulator.warm(request("small", PROBE, user(QUESTION)));

    var usage = ask(request("small", PROBE, user(QUESTION))).usage();

    assertThat(usage.written()).isEqualTo(3);
  }

  @Test
  void the_time_of_an_entry_runs_out_to_the_nanosecond() throws Exception {
    var request = request("small", PROBE, user(QUESTION));
    simulator.warm(request);

    time.advance(TIME_TO_LIVE.minus(INSTANT));
    var inTime = simulator.warm(request);
    time.advance(TIME_TO_LIVE);
    var tooLate = simulator.warm(request);

    assertThat(inTime).isEqualTo(new Usage(38, 1, 35L, 0L, 0));
    assertThat(tooLate).isEqualTo(new Usage(38, 1, 0L, 35L, 0));
  }

  @Test
  void a_read_keeps_an_entry_for_as_long_again() throws Exception {
    var request = request("small", PROBE, user(QUESTION));
    simulator.warm(request);

    for (int i = 0; i < 20; i++) {
      time.advance(TIME_TO_LIVE.minus(INSTANT));

      assertThat(simulator.warm(request).read()).isEqualTo(35);
    }
  }

  @Test
  void the_time_of_an_entry_counts_from_the_start_of_the_request() throws Exception {
    var slow =
        new SimulatorSettings(Duration.ofMinutes(1), Duration.ZERO, AT_ONCE.cacheProfile(), 0);
    var late = new SimulatedProvider(slow, time);
    var request = request("small", PROBE, user(QUESTION));

    var first = warmMeanwhile(late, request, Duration.ofMinutes(1));
    time.advance(TIME_TO_LIVE.minusMinutes(1).minus(INSTANT));
    var inTime = warmMeanwhile(late, request, Duration.ofMinutes(1));
    time.advance(TIME_TO_LIVE.minusMinutes(1));
    var tooLate = warmMeanwhile(late, request, Duration.ofMinutes(1));

    assertThat(Stream.of(first, inTime, tooLate).map(Usage::read)).containsExactly(0L, 35L, 0L);
  }

  @Test
  void a_clock_that_jumps_does_not_change_what_is_remembered() throws Exception {
    var request = request("small", PROBE, user(QUESTION));
    simulator.warm(request);

    time.jumpTo(Instant.parse("2030-01-01T00:00:00Z"));

    assertThat(simulator.warm(request).read()).isEqualTo(35);
  }

  @Test
  void only_the_same_beginning_is_read() throws Exception {
    var other = new Message(MessageRole.USER, new HistoryPart.Text("why not"));
    simulator.warm(request("small", PROBE, user(QUESTION), assistant(ANSWER)));

    assertThat(
            List.of(
                simulator.warm(request("hour", PROBE, user(QUESTION), assistant(ANSWER))),
                simulator.warm(request("small", PROBE, other, assistant(ANSWER))),
                simulator.warm(request("small", PROBE, assistant(QUESTION), assistant(ANSWER))),
                simulator.warm(
                    new PromptRequest(
                        "chat",
                        "small",
                        SYSTEM + ".",
                        List.of(user(QUESTION), assistant(ANSWER)),
                        PROBE))))
        .extracting(Usage::read)
        .containsOnly(0L);
  }

  @Test
  void texts_do_not_run_into_each_other() throws Exception {
    simulator.warm(request("small", PROBE, user("ab"), user("c")));

    assertThat(simulator.warm(request("small", PROBE, user("a"), user("bc"))).read()).isZero();
  }

  @Test
  void what_went_wrong_in_an_earlier_turn_is_not_part_of_the_prompt() throws Exception {
    var error =
        new Message(MessageRole.ASSISTANT, new HistoryPart.Failure("broke off", "UNAVAILABLE"));
    simulator.warm(request("small", PROBE, user(QUESTION)));

    var usage = simulator.warm(request("small", PROBE, user(QUESTION), error));

    assertThat(usage).isEqualTo(new Usage(38, 1, 35L, 0L, 0));
  }

  @Test
  void calls_of_tools_and_thoughts_are_part_of_the_prompt() throws Exception {
    var call =
        new Message(
            MessageRole.ASSISTANT, new HistoryPart.ToolCall("1", "time", "{\"z\": 1}", "t#0"));
    var result =
        new Message(
            MessageRole.TOOL, new HistoryPart.ToolResult("1", "time", "noon", false, "t#0"));
    var thought = new Message(MessageRole.ASSISTANT, new HistoryPart.Thinking("hm, noon"));
    var changed =
        new Message(
            MessageRole.TOOL, new HistoryPart.ToolResult("1", "time", "late", false, "t#0"));

    var all = simulator.warm(request("small", PROBE, user(QUESTION), call, result, thought));
    var again = simulator.warm(request("small", PROBE, user(QUESTION), call, result, thought));
    var other = simulator.warm(request("small", PROBE, user(QUESTION), call, changed, thought));

    assertThat(all).isEqualTo(new Usage(44, 1, 0L, 41L, 0));
    assertThat(again.read()).isEqualTo(41);
    assertThat(other.read()).isZero();
  }

  @Test
  void a_beginning_that_is_too_short_is_neither_written_nor_read() throws Exception {
    var choosy =
        new SimulatedProvider(
            AT_ONCE.with(new CacheProfile(TIME_TO_LIVE, 36, Refresh.PING, "")), time);
    var brief = request("small", PROBE, user(QUESTION));
    var longer = request("small", PROBE, user(QUESTION), assistant("okay"));
    choosy.warm(brief);
    choosy.warm(longer);

    assertThat(choosy.warm(brief)).isEqualTo(new Usage(38, 1, 0L, 0L, 0));
    assertThat(choosy.warm(longer)).isEqualTo(new Usage(39, 1, 36L, 0L, 0));
  }

  @Test
  void what_is_written_for_an_hour_is_counted_apart() throws Exception {
    var request = request("hour", PROBE, user(QUESTION));

    var first = simulator.warm(request);
    time.advance(Duration.ofMinutes(59));
    var second = simulator.warm(request);

    assertThat(simulator.cacheProfile("hour").timeToLive()).isEqualTo(Duration.ofHours(1));
    assertThat(first).isEqualTo(new Usage(38, 1, 0L, 35L, 35));
    assertThat(second).isEqualTo(new Usage(38, 1, 35L, 0L, 0));
  }

  @Test
  void a_cache_that_forgets_too_early_does_so_for_the_share_that_was_asked_for() throws Exception {
    var forgetful =
        new SimulatedProvider(
            new SimulatorSettings(Duration.ZERO, Duration.ZERO, AT_ONCE.cacheProfile(), 0.2), time);
    for (int i = 0; i < 1000; i++) {
      forgetful.warm(request("small", PROBE, user("question " + i)));
    }

    time.advance(TIME_TO_LIVE.minus(INSTANT));

    assertThat(forgetful.traffic().remembered()).isBetween(750L, 850L);
    time.advance(INSTANT);
    assertThat(forgetful.traffic().remembered()).isZero();
  }

  @Test
  void pieces_come_at_their_pace() throws Exception {
    var paced =
        new SimulatedProvider(
            new SimulatorSettings(
                Duration.ofMillis(200), Duration.ofMillis(25), AT_ONCE.cacheProfile(), 0),
            time);
    var turn = begin(() -> paced.stream(request("small", QUESTION), said::add));

    time.awaitPausing(1);
    assertThat(said).isEmpty();
    assertThat(paced.traffic().inFlight()).isEqualTo(1);
    time.advance(Duration.ofMillis(199));
    assertThat(said).isEmpty();
    time.advance(Duration.ofMillis(1));
    for (int pieces = 1; pieces <= 10; pieces++) {
      awaitSaid(pieces);
      time.awaitPausing(1);
      time.advance(Duration.ofMillis(24));
      assertThat(said).hasSize(pieces);
      time.advance(Duration.ofMillis(1));
    }

    turn.interrupt();
    assertThatThrownBy(turn::get).hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void an_interrupt_is_noticed_even_where_there_is_nothing_to_wait_for() throws Exception {
    var turn =
        begin(() ->
            simulator.stream(
                request("long", QUESTION),
                piece -> {
                  said.add(piece);
                  if (said.size() == 5) {
                    Thread.currentThread().interrupt();
                  }
                }));

    assertThatThrownBy(turn::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(said).hasSize(5);
    assertThat(simulator.traffic().inFlight()).isZero();
  }

  @Test
  void an_unknown_model_is_refused() {
    assertThatThrownBy(() -> simulator.warm(request("huge", PROBE)))
        .isInstanceOfSatisfying(
            CallException.class, e -> assertThat(e.code()).isEqualTo(Code.REFUSED))
        .hasMessage("the simulator has no model named huge");
    assertThat(simulator.cacheProfile("huge")).isEqualTo(CacheProfile.UNKNOWN);
  }

  record TurnedAway(SimulatedFault fault, Code code, @Nullable Duration retryAfter) {}

  static Stream<TurnedAway> turnedAway() {
    return Stream.of(
        new TurnedAway(
            new RateLimited(Duration.ofSeconds(7)), Code.RATE_LIMITED, Duration.ofSeconds(7)),
        new TurnedAway(new RateLimited(null), Code.RATE_LIMITED, null),
        new TurnedAway(new Refused(), Code.REFUSED, null),
        new TurnedAway(new Unavailable(), Code.UNAVAILABLE, null),
        new TurnedAway(new Garbled(), Code.BAD_ANSWER, null));
  }

  @ParameterizedTest
  @MethodSource("turnedAway")
  void a_rejected_request_reports_it_and_does_not_change_the_cache(TurnedAway expected)
      throws Exception {
    var request = request("small", PROBE, user(QUESTION));
    simulator.failNext(2, expected.fault());

    for (Callable<?> call :
        List.<Callable<?>>of(
            () -> simulator.warm(request), () -> simulator.stream(request, said::add))) {
      assertThatThrownBy(call::call)
          .isInstanceOfSatisfying(
              CallException.class,
              e -> {
                assertThat(e.code()).isEqualTo(expected.code());
                assertThat(e.retryAfter()).isEqualTo(expected.retryAfter());
                assertThat(e).hasMessageStartingWith("the simulator ");
              });
    }

    assertThat(said).isEmpty();
    assertThat(simulator.warm(request)).isEqualTo(new Usage(38, 1, 0L, 35L, 0));
  }

  @Test
  void faults_come_in_the_order_in_which_they_were_asked_for() {
    simulator.failNext(2, new Unavailable());
    simulator.failNext(1, new Refused());

    assertThat(IntStream.range(0, 4).mapToObj(_ -> code()))
        .containsExactly("UNAVAILABLE", "UNAVAILABLE", "REFUSED", "");
  }

  @Test
  void cleared_faults_are_not_injected() {
    simulator.failNext(1000, new Unavailable());

    simulator.clearFaults();

    assertThat(code()).isEmpty();
  }

  private String code() {
    try {
      simulator.warm(request("small", PROBE, user(QUESTION)));
      return "";
    } catch (CallException e) {
      return e.code().name();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_request_that_hangs_ends_when_it_is_interrupted_and_not_before() throws Exception {
    simulator.failNext(2, new Hanging());
    var request = request("small", PROBE, user(QUESTION));
    var warm = begin(() -> simulator.warm(request));
    var turn = begin(() -> simulator.stream(request, said::add));

    time.awaitPausing(2);
    time.advance(Duration.ofDays(10));
    time.awaitPausing(2);
    warm.interrupt();
    turn.interrupt();

    assertThatThrownBy(warm::get).hasCauseInstanceOf(InterruptedException.class);
    assertThatThrownBy(turn::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(said).isEmpty();
    assertThat(simulator.traffic()).isEqualTo(new SimulatedProvider.Traffic(1, 1, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void an_answer_stalls_after_as_many_pieces_as_asked_for(int pieces) throws Exception {
    simulator.failNext(1, new Stalling(pieces));
    var turn = begin(() -> simulator.stream(request("small", QUESTION), said::add));

    time.awaitPausing(1);
    turn.interrupt();

    assertThatThrownBy(turn::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(said).hasSize(pieces);
  }

  @Test
  void an_answer_that_is_shorter_stalls_at_its_end() throws Exception {
    simulator.failNext(1, new Stalling(100_000));
    var turn = begin(() -> simulator.stream(request("small", QUESTION), said::add));

    time.awaitPausing(1);
    turn.interrupt();

    assertThatThrownBy(turn::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(text()).endsWith(".");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void an_answer_breaks_off_after_as_many_pieces_as_asked_for(int pieces) {
    simulator.failNext(1, new Disconnecting(pieces));

    assertThatThrownBy(() -> ask(request("small", QUESTION)))
        .isInstanceOfSatisfying(
            CallException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
        .hasMessage("the simulator broke off");
    assertThat(said).hasSize(pieces);
  }

  @Test
  void a_warm_that_disconnects_has_still_reached_the_cache() throws Exception {
    var request = request("small", PROBE, user(QUESTION));
    simulator.failNext(1, new Disconnecting(5));

    assertThatThrownBy(() -> simulator.warm(request)).isInstanceOf(CallException.class);

    assertThat(simulator.warm(request)).isEqualTo(new Usage(38, 1, 35L, 0L, 0));
  }

  @Test
  void a_warm_that_stalls_ends_when_it_is_interrupted() throws Exception {
    simulator.failNext(1, new Stalling(5));
    var warm = begin(() -> simulator.warm(request("small", PROBE, user(QUESTION))));

    time.awaitPausing(1);
    warm.interrupt();

    assertThatThrownBy(warm::get).hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void a_slow_request_is_answered_late_and_in_full() throws Exception {
    simulator.failNext(1, new Slow(Duration.ofSeconds(9)));
    var warm = begin(() -> simulator.warm(request("small", PROBE, user(QUESTION))));

    time.awaitPausing(1);
    time.advance(Duration.ofSeconds(9).minus(INSTANT));
    assertThat(warm.isDone()).isFalse();
    time.advance(INSTANT);

    assertThat(warm.get()).isEqualTo(new Usage(38, 1, 0L, 35L, 0));
  }

  @Test
  void many_threads_get_the_counters_that_one_would_get() throws Exception {
    int threads = 8;
    int conversations = 2000;

    for (int pass = 0; pass < 2; pass++) {
      long read = pass == 0 ? 0 : 39;
      try (var executor = Executors.newFixedThreadPool(threads)) {
        var warms =
            IntStream.range(0, conversations)
                .mapToObj(i ->
                    (Callable<Usage>)
                        () ->
                            simulator.warm(
                                request(
                                    "small",
                                    PROBE,
                                    user(QUESTION),
                                    user("number %d".formatted(i + 100_000)))))
                .toList();
        for (var warm : executor.invokeAll(warms)) {
          assertThat(warm.get()).isEqualTo(new Usage(42, 1, read, 39 - read, 0));
        }
      }
    }

    assertThat(simulator.traffic())
        .isEqualTo(new SimulatedProvider.Traffic(0, 2L * conversations, 0, conversations));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void an_invalid_share_is_rejected(double share) {
    assertThatThrownBy(() ->
            new SimulatorSettings(Duration.ZERO, Duration.ZERO, AT_ONCE.cacheProfile(), share))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from 0 to 1");
  }

  private Completion ask(PromptRequest request) throws InterruptedException {
    return simulator.stream(request, said::add);
  }

  private String text() {
    return said.stream()
        .filter(Delta.Text.class::isInstance)
        .map(piece -> ((Delta.Text) piece).text())
        .collect(joining());
  }

  private void awaitSaid(int pieces) {
    await().until(() -> said.size() >= pieces);
  }

  private Usage warmMeanwhile(SimulatedProvider provider, PromptRequest request, Duration meanwhile)
      throws Exception {
    var warm = begin(() -> provider.warm(request));
    time.awaitPausing(1);
    time.advance(meanwhile);
    return warm.get();
  }

  private static <T> Running<T> begin(Callable<T> call) {
    var task = new FutureTask<>(call);
    return new Running<>(task, Thread.ofVirtual().start(task));
  }

  /// A call on its own thread.
  private record Running<T>(FutureTask<T> task, Thread thread) {

    private T get() throws InterruptedException, ExecutionException {
      return task.get();
    }

    private boolean isDone() {
      return task.isDone();
    }

    private void interrupt() {
      thread.interrupt();
    }
  }

  private static PromptRequest request(String model, String prompt, Message... history) {
    return new PromptRequest("chat", model, SYSTEM, List.of(history), prompt);
  }

  private static Message user(String text) {
    return new Message(MessageRole.USER, new HistoryPart.Text(text));
  }

  private static Message assistant(String text) {
    return new Message(MessageRole.ASSISTANT, new HistoryPart.Text(text));
  }
}
