package io.stoker.answers.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.CallTimeouts;
import io.stoker.ManualTime;
import io.stoker.answers.rag.ChatModel.Reply;
import io.stoker.testing.StubLlm;
import io.stoker.testing.StubLlm.Breaks;
import io.stoker.testing.StubLlm.Cuts;
import io.stoker.testing.StubLlm.Replies;
import io.stoker.testing.StubLlm.Says;
import io.stoker.testing.StubLlm.Stalls;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Both formats over real HTTP, with and without errors.
@Timeout(60)
class ChatModelTest {

  private static final CallTimeouts SHORT =
      new CallTimeouts(Duration.ofMillis(200), Duration.ofMinutes(10));

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T12:00:00Z"));
  private StubLlm stub;

  @BeforeEach
  void start() {
    stub = StubLlm.start();
  }

  @AfterEach
  void stop() {
    stub.close();
  }

  @ParameterizedTest
  @EnumSource
  void the_chunks_of_a_stream_are_one_answer(ChatSettings.Format format)
      throws InterruptedException {
    stub.says("Grüße ", "aus\n", "\"Köln\" 🔥");

    var reply = model(format).ask("rules", "task");

    assertThat(reply).isEqualTo(new Reply("Grüße aus\n\"Köln\" 🔥", "stub", true));
  }

  @Test
  void an_ollama_is_called_by_the_openai_protocol_below_its_address() throws InterruptedException {
    for (var base : new String[] {"", "/", "/v1", "/v1/"}) {
      var uri = URI.create(stub.uri() + base);
      var _ = new ChatModel(ChatSettings.ollama(uri, "llama3.2"), time).ask("rules", "task");
    }
    var behindAProxy = URI.create(stub.uri() + "/ollama");
    var _ = new ChatModel(ChatSettings.ollama(behindAProxy, "llama3.2"), time).ask("r", "t");

    assertThat(stub.requests())
        .extracting(StubLlm.Request::path)
        .containsExactly(
            "/v1/chat/completions",
            "/v1/chat/completions",
            "/v1/chat/completions",
            "/v1/chat/completions",
            "/ollama/v1/chat/completions");
    var request = stub.requests().getFirst();
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.headers()).doesNotContainKey("authorization");
    assertThat(request.body())
        .contains("\"model\":\"llama3.2\"", "\"stream\":true", "\"temperature\":0")
        .contains("\"content\":\"rules\"", "\"content\":\"task\"");
  }

  @Test
  void other_models_are_called_by_the_openai_protocol_with_the_key_in_a_header()
      throws InterruptedException {
    for (var base : new String[] {"", "/", "/v1", "/v1/", "/v1/chat/completions"}) {
      var uri = URI.create(stub.uri() + base);
      var _ = new ChatModel(ChatSettings.openAi(uri, "gpt", "s3cret"), time).ask("rules", "task");
    }

    assertThat(stub.requests())
        .hasSize(5)
        .allSatisfy(request -> {
          assertThat(request.path()).isEqualTo("/v1/chat/completions");
          assertThat(request.headers()).containsEntry("authorization", "Bearer s3cret");
          assertThat(request.body())
              .contains("\"stream\":true", "\"include_usage\":true")
              .doesNotContain("s3cret");
        });
    assertThat(ChatSettings.openAi(stub.uri(), "gpt", "s3cret").toString())
        .doesNotContain("s3cret");
  }

  @Test
  void an_answer_in_one_piece_is_understood_as_well() throws InterruptedException {
    stub.next(
        new Replies(
            200,
            Map.of("Content-Type", "application/json; charset=utf-8"),
            """
            {"model": "m", "choices": [{"message": {"content": "Yes."}, "finish_reason": "stop"}]}
            """));

    assertThat(model(ChatSettings.Format.OPEN_AI).ask("rules", "task"))
        .isEqualTo(new Reply("Yes.", "m", true));
  }

  @ParameterizedTest
  @EnumSource
  void the_reasoning_of_a_model_is_not_part_of_its_answer(ChatSettings.Format format)
      throws InterruptedException {
    stub.says("<thi", "nk>hm\n</th", "ink>\n\nYes.");

    assertThat(model(format).ask("rules", "task").text()).isEqualTo("Yes.");
  }

  @ParameterizedTest
  @EnumSource
  void an_answer_that_was_too_long_is_incomplete(ChatSettings.Format format)
      throws InterruptedException {
    stub.next(new Says("length", "Yes and"));

    assertThat(model(format).ask("rules", "task").complete()).isFalse();
  }

  @Test
  void a_content_filter_refuses() {
    stub.next(new Says("content_filter", "Well"));

    assertThat(trouble(ChatSettings.Format.OPEN_AI).code()).isEqualTo(Code.REFUSED);
  }

  @ParameterizedTest
  @EnumSource
  void an_empty_answer_is_a_bad_one(ChatSettings.Format format) {
    stub.says();

    assertThat(trouble(format).code()).isEqualTo(Code.BAD_ANSWER);
  }

  @ParameterizedTest
  @EnumSource
  void too_many_requests_wait_for_as_long_as_the_model_says(ChatSettings.Format format) {
    stub.nextIsTooMany("42");

    var trouble = trouble(format);

    assertThat(trouble.code()).isEqualTo(Code.RATE_LIMITED);
    assertThat(trouble.retryAfter()).isEqualTo(Duration.ofSeconds(42));
    assertThat(trouble).hasMessageContaining("slow down");
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 529})
  void a_model_with_a_server_error_is_unavailable(int status) {
    stub.next(new Replies(status, Map.of("Retry-After", "3"), "oops"));

    var trouble = trouble(ChatSettings.Format.OLLAMA);

    assertThat(trouble.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(trouble.retryAfter()).isEqualTo(Duration.ofSeconds(3));
  }

  @ParameterizedTest
  @CsvSource({"400, REFUSED", "401, DENIED", "404, DENIED", "422, REFUSED"})
  void a_model_refuses_a_question_or_denies_the_call(int status, Code code) {
    stub.next(new Replies(status, Map.of(), "{\"error\": \"model not found\"}"));

    var trouble = trouble(ChatSettings.Format.OLLAMA);

    assertThat(trouble.code()).isEqualTo(code);
    assertThat(trouble).hasMessageContaining("model not found");
  }

  @ParameterizedTest
  @EnumSource
  void a_stream_that_is_cut_is_not_an_answer(ChatSettings.Format format) {
    stub.next(new Cuts(-1));
    stub.next(new Cuts(0));
    stub.next(new Cuts(2));

    for (int i = 0; i < 3; i++) {
      assertThat(trouble(format).code()).isEqualTo(Code.UNAVAILABLE);
    }
  }

  @Test
  void a_stream_that_ends_too_early_is_not_an_answer() {
    stub.next(
        new Replies(200, Map.of(), "data: {\"choices\":[{\"delta\":{\"content\":\"T\"}}]}\n\n"));

    assertThat(trouble(ChatSettings.Format.OPEN_AI).code()).isEqualTo(Code.UNAVAILABLE);
  }

  @ParameterizedTest
  @EnumSource
  void an_error_in_the_middle_of_a_stream_is_not_an_answer(ChatSettings.Format format) {
    stub.next(new Breaks(2, "out of memory"));

    assertThat(trouble(format))
        .hasMessageContaining("out of memory")
        .returns(Code.UNAVAILABLE, CallException::code);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"code\": \"rate_limit_exceeded\"', RATE_LIMITED",
    "'\"code\": \"context_length_exceeded\"', REFUSED",
    "'\"code\": null, \"type\": \"invalid_request_error\"', REFUSED",
    "'\"code\": 503', UNAVAILABLE"
  })
  void an_error_in_the_middle_of_a_stream_decides_the_failure(String kind, Code code) {
    stub.next(new Replies(200, Map.of(), "data: {\"error\": {" + kind + "}}\n\n"));

    assertThat(trouble(ChatSettings.Format.OPEN_AI).code()).isEqualTo(code);
  }

  @Test
  void an_error_in_plain_text_is_shown() {
    stub.next(new Replies(200, Map.of(), "data: {\"error\": \"out of memory\"}\n\n"));

    assertThat(trouble(ChatSettings.Format.OLLAMA))
        .hasMessageContaining("out of memory")
        .returns(Code.UNAVAILABLE, CallException::code);
  }

  @ParameterizedTest
  @EnumSource
  void a_model_that_stops_sending_times_out_and_is_disconnected(ChatSettings.Format format)
      throws InterruptedException {
    stub.next(new Stalls(-1));
    stub.next(new Stalls(2));

    assertThat(trouble(format, SHORT).code()).isEqualTo(Code.TIMED_OUT);
    assertThat(trouble(format, SHORT).code()).isEqualTo(Code.TIMED_OUT);

    stub.awaitBrokenOff(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>502</html>",
        "data: rubbish\n\n",
        "data: []\n\n",
        "data: {\"choices\":\"none\"}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":{}}}]}\n\n",
        "{\"message\":\"x\"}\n"
      })
  void garbage_is_never_an_answer(String rubbish) {
    for (var format : ChatSettings.Format.values()) {
      stub.next(new Replies(200, Map.of("Content-Type", "text/plain"), rubbish));

      assertThat(trouble(format).code()).isIn(Code.BAD_ANSWER, Code.UNAVAILABLE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_interrupted_thread_disconnects_at_once(ChatSettings.Format format)
      throws InterruptedException {
    for (int after : new int[] {-1, 0, 2}) {
      stub.next(new Stalls(after));
      var ended = new CompletableFuture<Throwable>();
      int before = stub.requests().size();
      var thread =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  var _ = model(format).ask("rules", "task");
                  ended.complete(null);
                } catch (Throwable e) {
                  ended.complete(e);
                }
              });
      stub.awaitRequests(before + 1);

      thread.interrupt();

      assertThat(ended.join()).isInstanceOf(InterruptedException.class);
      stub.awaitBrokenOff(before + 1);
    }
  }

  @Test
  void an_interrupted_thread_makes_no_call() throws InterruptedException {
    var model = model(ChatSettings.Format.OLLAMA);

    Thread.currentThread().interrupt();

    assertThat(catchThrowableOfType(InterruptedException.class, () -> model.ask("rules", "task")))
        .isNotNull();
    assertThat(stub.requests()).isEmpty();
  }

  private ChatModel model(ChatSettings.Format format) {
    return model(format, CallTimeouts.STANDARD);
  }

  private ChatModel model(ChatSettings.Format format, CallTimeouts limits) {
    return new ChatModel(new ChatSettings(format, stub.uri(), "m", null, limits), time);
  }

  private CallException trouble(ChatSettings.Format format) {
    return trouble(format, CallTimeouts.STANDARD);
  }

  private CallException trouble(ChatSettings.Format format, CallTimeouts limits) {
    return catchThrowableOfType(
        CallException.class, () -> model(format, limits).ask("rules", "task"));
  }
}
