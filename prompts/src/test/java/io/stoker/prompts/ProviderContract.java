package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.CallTimeouts;
import io.stoker.ManualTime;
import io.stoker.prompts.PromptProvider.Delta;
import io.stoker.testing.StubLlm;
import io.stoker.testing.StubLlm.Breaks;
import io.stoker.testing.StubLlm.Cuts;
import io.stoker.testing.StubLlm.Replies;
import io.stoker.testing.StubLlm.Says;
import io.stoker.testing.StubLlm.Stalls;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract of every provider with an HTTP API, tested with a faulty server.
abstract class ProviderContract {

  static final String KEY = "s3cret-key";
  private static final String PROBE = "PROBE-TEXT";
  private static final CallTimeouts SHORT =
      new CallTimeouts(Duration.ofMillis(200), Duration.ofMinutes(10));
  private static final CallTimeouts LONG =
      new CallTimeouts(Duration.ofMinutes(2), Duration.ofMinutes(10));

  final ManualTime time = new ManualTime(Instant.parse("2026-11-21T12:00:00Z"));
  final List<Delta> heard = new ArrayList<>();
  StubLlm stub;

  /// A provider that calls the stub.
  abstract PromptProvider provider(CallTimeouts limits);

  /// The part of a request that matters for the cache, up to the text of its last message.
  abstract String kept(String body, String text);

  /// The finish reason of an answer that is too long.
  abstract String tooLong();

  @BeforeEach
  void start() {
    stub = StubLlm.start();
  }

  @AfterEach
  void stop() {
    stub.close();
  }

  @Test
  void an_answer_comes_in_pieces() throws InterruptedException {
    var completion = stream(request("Why?"));

    assertThat(heard)
        .containsExactly(
            new Delta.Text("The answer"), new Delta.Text(" is"), new Delta.Text(" 42 [1]."));
    assertThat(completion.reason()).isEqualTo("stop");
    assertThat(completion.usage().outputTokens()).isEqualTo(10);
  }

  @Test
  void a_piece_is_told_before_the_next_one_comes() throws Exception {
    stub.next(new Stalls(1));
    var first = new CountDownLatch(1);
    var asking =
        Thread.ofVirtual()
            .start(() -> {
              try {
                provider(LONG).stream(request("Why?"), _ -> first.countDown());
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });

    first.await();

    stub.release();
    asking.join();
    assertThat(stub.brokenOff()).isZero();
  }

  @Test
  void an_answer_that_is_cut_for_its_length_says_so() throws InterruptedException {
    stub.next(new Says(tooLong(), "And so on"));

    assertThat(stream(request("Why?")).reason()).isEqualTo("length");
  }

  @ParameterizedTest
  @CsvSource({
    "400, REFUSED",
    "401, REFUSED",
    "404, REFUSED",
    "413, REFUSED",
    "408, TIMED_OUT",
    "429, RATE_LIMITED",
    "500, UNAVAILABLE",
    "529, UNAVAILABLE"
  })
  void the_status_tells_what_kind_of_trouble_it_is_and_nothing_is_tried_again(
      int status, Code code) {
    stub.always(replies(status, "{\"error\":{\"message\":\"no, because of " + KEY + "\"}}"));

    var turn = error(LONG);
    var warm = warmTrouble(LONG);

    assertThat(List.of(turn, warm))
        .allSatisfy(error ->
            assertThat(error)
                .hasMessageContaining("HTTP " + status)
                .hasMessageContaining("no, because of ***")
                .hasMessageNotContaining(KEY)
                .returns(code, failed -> failed.code().broad())
                .returns(null, CallException::retryAfter));
    assertThat(stub.requests()).hasSize(2);
  }

  @Test
  void too_many_requests_are_to_wait_for_as_long_as_the_header_says() {
    stub.nextIsTooMany("17");
    stub.nextIsTooMany("Sat, 21 Nov 2026 12:00:30 GMT");
    stub.nextIsTooMany("soon");

    assertThat(error(LONG).retryAfter()).isEqualTo(Duration.ofSeconds(17));
    assertThat(warmTrouble(LONG).retryAfter()).isEqualTo(Duration.ofSeconds(30));
    assertThat(error(LONG).retryAfter()).isNull();
  }

  @Test
  void a_model_that_hangs_before_the_headers_times_out() throws InterruptedException {
    stub.next(new Stalls(-1));
    assertThat(error(SHORT).code()).isEqualTo(Code.TIMED_OUT);

    stub.next(new Stalls(-1));
    assertThat(warmTrouble(SHORT).code()).isEqualTo(Code.TIMED_OUT);

    stub.awaitBrokenOff(2);
  }

  @Test
  void a_model_that_stalls_in_the_middle_times_out_after_what_it_said() throws Exception {
    stub.next(new Stalls(2));

    assertThat(error(SHORT).code()).isEqualTo(Code.TIMED_OUT);

    assertThat(heard).containsExactly(new Delta.Text("The answer"), new Delta.Text(" is"));
    stub.awaitBrokenOff(1);

    stub.next(new Stalls(2));
    assertThat(warmTrouble(SHORT).code()).isEqualTo(Code.TIMED_OUT);
    stub.awaitBrokenOff(2);
  }

  @Test
  void a_connection_that_is_cut_is_unavailable() {
    stub.next(new Cuts(-1));
    assertThat(error(LONG).code()).isEqualTo(Code.UNAVAILABLE);

    stub.next(new Cuts(2));
    assertThat(error(LONG).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(heard).containsExactly(new Delta.Text("The answer"), new Delta.Text(" is"));

    stub.next(new Cuts(1));
    assertThat(warmTrouble(LONG).code()).isEqualTo(Code.UNAVAILABLE);

    stub.close();
    // Refused, or a pooled connection that turns out to be closed.
    assertThat(error(LONG).code().broad()).isEqualTo(Code.UNAVAILABLE);
  }

  @Test
  void an_error_in_the_middle_of_an_answer_is_told() {
    stub.next(new Breaks(1, "out of breath"));

    assertThat(error(LONG))
        .hasMessageContaining("out of breath")
        .returns(Code.UNAVAILABLE, CallException::code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "data: {oops\n\n",
        "event: a\ndata: [1]\n\n",
        "null",
        "[]",
        "event: message_start\ndata: null\n\n"
      })
  void garbage_is_a_bad_answer(String garbage) {
    stub.next(new Replies(200, Map.of("Content-Type", "text/event-stream"), garbage));
    assertThat(error(LONG).code()).isEqualTo(Code.BAD_ANSWER);

    stub.next(new Replies(200, Map.of("Content-Type", "application/json"), garbage));
    assertThat(warmTrouble(LONG).code()).isEqualTo(Code.BAD_ANSWER);
  }

  @Test
  void a_warm_that_does_not_say_what_it_used_is_not_a_warm() {
    stub.next(replies(200, "{\"id\":\"a\",\"content\":[],\"choices\":[]}"));

    assertThat(warmTrouble(LONG).code()).isEqualTo(Code.BAD_ANSWER);
  }

  @Test
  void an_interrupt_before_the_headers_closes_the_connection() throws InterruptedException {
    stub.always(new Stalls(-1));

    interrupted(() -> stream(request("Why?")), () -> stub.awaitRequests(1));
    stub.awaitBrokenOff(1);

    interrupted(() -> provider(LONG).warm(request(PROBE)), () -> stub.awaitRequests(2));
    stub.awaitBrokenOff(2);
  }

  @Test
  void an_interrupt_in_the_middle_of_an_answer_closes_the_connection() throws Exception {
    stub.next(new Stalls(1));
    var first = new CountDownLatch(1);

    interrupted(() -> provider(LONG).stream(request("Why?"), _ -> first.countDown()), first::await);

    stub.awaitBrokenOff(1);

    stub.next(new Stalls(1));
    interrupted(() -> provider(LONG).warm(request(PROBE)), () -> stub.awaitRequests(2));
    stub.awaitBrokenOff(2);
  }

  @Test
  void a_listener_that_fails_closes_the_connection() throws InterruptedException {
    stub.next(new Stalls(1));
    var error = new IllegalStateException("nobody listens");

    var thrown =
        catchThrowableOfType(
            IllegalStateException.class,
            () ->
                provider(LONG).stream(
                    request("Why?"),
                    _ -> {
                      throw error;
                    }));

    assertThat(thrown).isSameAs(error);
    stub.awaitBrokenOff(1);
  }

  @Test
  void a_warm_begins_as_the_next_turn_will_byte_for_byte() throws InterruptedException {
    var history = new ArrayList<Message>();
    var provider = provider(LONG);

    for (var said : SampleHistories.turns()) {
      var prompt = "PROMPT-" + history.size();
      provider.warm(new PromptRequest("c", "m", "Be kind.", history, PROBE));
      provider.stream(new PromptRequest("c", "m", "Be kind.", history, prompt), heard::add);

      var warm = lastBodies(2).getFirst();
      var turn = lastBodies(2).getLast();
      assertThat(kept(warm, PROBE)).isEqualTo(kept(turn, prompt)).contains("Be kind.");
      history.add(new Message(MessageRole.USER, new HistoryPart.Text(prompt)));
      history.addAll(said);
    }
    assertThat(stub.requests()).hasSize(2 * SampleHistories.turns().size());
  }

  @Test
  void a_turn_begins_as_the_one_before_it_did() throws InterruptedException {
    var history = new ArrayList<Message>();
    var provider = provider(LONG);
    var before = "";

    for (var said : SampleHistories.turns()) {
      var prompt = "PROMPT-" + history.size();
      provider.stream(new PromptRequest("c", "m", "Be kind.", history, prompt), heard::add);

      var now = unmarked(messages(lastBodies(1).getFirst()));
      assertThat(now).startsWith(before);
      before = now.substring(0, now.indexOf(prompt) + prompt.length());
      history.add(new Message(MessageRole.USER, new HistoryPart.Text(prompt)));
      history.addAll(said);
    }
  }

  @Test
  void the_same_request_always_has_the_same_bytes() throws InterruptedException {
    var history = SampleHistories.whole();

    provider(LONG).stream(new PromptRequest("c", "m", "s", history, "p"), heard::add);
    provider(LONG).stream(new PromptRequest("c", "m", "s", history, "p"), heard::add);

    assertThat(lastBodies(1)).isEqualTo(List.of(lastBodies(2).getFirst()));
  }

  @Test
  void without_a_system_prompt_none_is_sent() throws InterruptedException {
    stream(new PromptRequest("c", "m", "", List.of(), "Why?"));

    assertThat(lastBodies(1).getFirst()).doesNotContain("system");
  }

  private static String messages(String body) {
    return body.substring(body.indexOf("\"messages\":"));
  }

  private static String unmarked(String json) {
    return json.replaceAll(",\"cache_control\":\\{[^}]*}", "");
  }

  final List<String> lastBodies(int count) {
    var requests = stub.requests();
    return requests.subList(requests.size() - count, requests.size()).stream()
        .map(StubLlm.Request::body)
        .toList();
  }

  static PromptRequest request(String prompt) {
    return new PromptRequest("c", "m", "Be kind.", SampleHistories.whole(), prompt);
  }

  static Replies replies(int status, String json) {
    return new Replies(status, Map.of("Content-Type", "application/json"), json);
  }

  final PromptProvider.Completion stream(PromptRequest request) throws InterruptedException {
    return provider(LONG).stream(request, heard::add);
  }

  final Usage warm() throws InterruptedException {
    return provider(LONG).warm(request(PROBE));
  }

  private CallException error(CallTimeouts limits) {
    heard.clear();
    return catchThrowableOfType(
        CallException.class, () -> provider(limits).stream(request("Why?"), heard::add));
  }

  private CallException warmTrouble(CallTimeouts limits) {
    return catchThrowableOfType(CallException.class, () -> provider(limits).warm(request(PROBE)));
  }

  /// A blocking call.
  private interface Blocking {
    void run() throws InterruptedException;
  }

  /// Runs a call on a platform thread, which does not close its sockets by itself, and interrupts
  /// it on a signal.
  private static void interrupted(Blocking asking, Blocking untilThen) throws InterruptedException {
    var ended = new AtomicReference<Object>("it has ended without being interrupted");
    var thread =
        Thread.ofPlatform()
            .start(() -> {
              try {
                asking.run();
              } catch (InterruptedException e) {
                ended.set(e);
              } catch (RuntimeException e) {
                ended.set(e);
              }
            });
    untilThen.run();

    thread.interrupt();
    thread.join();

    assertThat(ended.get()).isInstanceOf(InterruptedException.class);
  }
}
