package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.CallTimeouts;
import io.stoker.ManualTime;
import io.stoker.testing.StubLlm;
import io.stoker.testing.StubLlm.Cuts;
import io.stoker.testing.StubLlm.Replies;
import io.stoker.testing.StubLlm.Stalls;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpPipelineTest {

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T12:00:00Z"));
  private StubLlm application;

  @BeforeEach
  void start() {
    application = StubLlm.start();
  }

  @AfterEach
  void stop() {
    application.close();
  }

  @Test
  void the_application_gets_question_and_scope_and_the_token() throws InterruptedException {
    var settings =
        new HttpPipelineSettings(
            application.uri().resolve("/ask"), "s3cret", "7", CallTimeouts.STANDARD);

    var answer = AnswerPipeline.http(settings, time).answer("Why \"so\"?", "blue");

    assertThat(answer.text()).isEqualTo("The answer is 42 [1].");
    var request = application.requests().getFirst();
    assertThat(request.path()).isEqualTo("/ask");
    assertThat(request.headers()).containsEntry("authorization", "Bearer s3cret");
    assertThat(request.headers()).containsEntry("content-type", "application/json");
    assertThat(request.body()).contains("\"question\":\"Why \\\"so\\\"?\"", "\"scope\":\"blue\"");
    assertThat(AnswerPipeline.http(settings, time).version()).isEqualTo("7");
    assertThat(settings.toString()).doesNotContain("s3cret");
  }

  @Test
  void all_members_of_the_reply_are_in_the_answer() throws InterruptedException {
    replies(
        200,
        """
        {"answer": "Yes.", "confidence": 87.6, "model": "mine", "cacheable": false, "more": [1],
         "sources": [{"document": "a", "version": 3, "title": "A", "passage": "p", "score": 0.5},
                     {"document": 9}]}
        """);

    var answer = ask();

    assertThat(answer)
        .isEqualTo(
            new Answer(
                "Yes.",
                List.of(
                    new Answer.Source("a", 3, "A", "p", 0.5),
                    new Answer.Source("9", 1, "9", "", 0)),
                88,
                "mine",
                "the application says so"));
  }

  @Test
  void an_application_that_returns_only_an_answer_has_full_confidence()
      throws InterruptedException {
    replies(200, "{\"answer\": \"Yes.\"}");

    var answer = ask();

    assertThat(answer.confidence()).isEqualTo(100);
    assertThat(answer.notCacheable()).isEmpty();
    assertThat(answer.sources()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "[]",
        "null",
        "{}",
        "{\"answer\": \" \"}",
        "{\"answer\": [\"a\"]}",
        "{\"answer\": \"a\", \"confidence\": 101}",
        "{\"answer\": \"a\", \"confidence\": -1}",
        "{\"answer\": \"a\", \"confidence\": \"high\"}",
        "{\"answer\": \"a\", \"sources\": {}}",
        "{\"answer\": \"a\", \"sources\": [\"b\"]}",
        "{\"answer\": \"a\", \"sources\": [{}]}",
        "{\"answer\": \"a\", \"cacheable\": \"yes\"}",
        "{\"answer\": \"a\"} {}",
        "{\"answer\": \"a\""
      })
  void nonsense_is_a_bad_answer(String nonsense) {
    replies(200, nonsense);

    assertThat(trouble().code()).isEqualTo(Code.BAD_ANSWER);
  }

  @Test
  void only_a_connection_that_broke_has_an_io_exception_as_its_cause() {
    application.next(new Cuts(1));
    assertThat(trouble()).hasCauseInstanceOf(IOException.class);

    for (var nonsense : List.of("{", "null", "{\"answer\": [\"a\"]}")) {
      replies(200, nonsense);
      assertThat(trouble().getCause() instanceof IOException).isFalse();
    }
    application.next(new Stalls(-1));
    assertThat(trouble(new CallTimeouts(Duration.ofMillis(200), Duration.ofMinutes(10))))
        .hasNoCause();
  }

  @Test
  void too_deep_nesting_is_a_bad_answer() {
    replies(200, "{\"answer\":" + "[".repeat(100_000));

    assertThat(trouble().code()).isEqualTo(Code.BAD_ANSWER);
  }

  @Test
  void an_answer_of_many_megabytes_is_a_bad_answer() {
    replies(200, "{\"answer\":\"" + "a".repeat(5 << 20) + "\"}");

    assertThat(trouble().code()).isEqualTo(Code.BAD_ANSWER);
  }

  @Test
  void too_many_requests_are_rate_limited_for_as_long_as_the_header_says() {
    application.nextIsTooMany("17");
    application.nextIsTooMany("Sat, 21 Nov 2026 12:00:30 GMT");
    application.nextIsTooMany("Sat, 21 Nov 2026 11:00:00 GMT");
    application.nextIsTooMany("soon");
    application.nextIsTooMany(null);

    assertThat(trouble().retryAfter()).isEqualTo(Duration.ofSeconds(17));
    assertThat(trouble().retryAfter()).isEqualTo(Duration.ofSeconds(30));
    assertThat(trouble().retryAfter()).isEqualTo(Duration.ZERO);
    assertThat(trouble().retryAfter()).isNull();
    var last = trouble();
    assertThat(last.retryAfter()).isNull();
    assertThat(last.code()).isEqualTo(Code.RATE_LIMITED);
  }

  @Test
  void the_status_decides_what_is_retried() {
    replies(503, "down");
    assertThat(trouble().code()).isEqualTo(Code.UNAVAILABLE);
    replies(408, "");
    assertThat(trouble().code()).isEqualTo(Code.TIMED_OUT);
    replies(404, "no such route");
    assertThat(trouble())
        .hasMessageContaining("HTTP 404")
        .hasMessageContaining("no such route")
        .returns(Code.DENIED, CallException::code);
    replies(302, "");
    assertThat(trouble().code()).isEqualTo(Code.DENIED);
    replies(422, "no");
    assertThat(trouble().code()).isEqualTo(Code.REFUSED);
  }

  @Test
  void a_key_that_is_quoted_back_is_not_shown() {
    replies(401, "wrong key s3cret");
    var pipeline =
        AnswerPipeline.http(
            new HttpPipelineSettings(
                URI.create(application.uri() + "/?key=abc"), "s3cret", "1", CallTimeouts.STANDARD),
            time);

    assertThatThrownBy(() -> pipeline.answer("q", ""))
        .hasMessageContaining("wrong key ***")
        .hasMessageNotContaining("s3cret")
        .hasMessageNotContaining("abc");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "90, 90",
    "3600, 3600",
    "3601, 3600",
    "99999999999999999999, 3600",
    "1000000000000000000000000000000, 3600",
    "'Thu, 01 Jan 1970 00:00:00 GMT', 0",
    "'Fri, 31 Dec 9999 23:59:59 GMT', 3600",
    "-1,",
    "NaN,",
    "Infinity,",
    "1e3,",
    "1.5,",
    "soon,",
    "'Fri, 99 Xyz 2026 25:61:61 GMT',"
  })
  void a_retry_after_is_respected_up_to_an_hour_and_nonsense_is_ignored(
      String said, @Nullable Long seconds) {
    application.nextIsTooMany(said);

    var trouble = trouble();

    assertThat(trouble.code()).isEqualTo(Code.RATE_LIMITED);
    assertThat(trouble.retryAfter())
        .isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
  }

  @Test
  void an_application_that_does_not_run_is_unreachable() {
    application.close();

    assertThat(trouble().code()).isEqualTo(Code.UNREACHABLE);
  }

  @Test
  void an_application_that_never_begins_times_out() throws InterruptedException {
    application.next(new Stalls(-1));

    var trouble = trouble(new CallTimeouts(Duration.ofMillis(200), Duration.ofMinutes(10)));

    assertThat(trouble.code()).isEqualTo(Code.TIMED_OUT);
    application.awaitBrokenOff(1);
  }

  @Test
  void an_address_with_a_password_is_refused_without_being_shown() {
    assertThatThrownBy(() -> new HttpPipelineSettings(URI.create("http://me:s3cret@host/")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("s3cret");
    assertThatThrownBy(() -> new HttpPipelineSettings(URI.create("file:///etc/passwd")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void replies(int status, String body) {
    application.next(new Replies(status, Map.of("Content-Type", "application/json"), body));
  }

  private Answer ask() throws InterruptedException {
    return AnswerPipeline.http(new HttpPipelineSettings(application.uri()), time).answer("q", "");
  }

  private CallException trouble() {
    return trouble(CallTimeouts.STANDARD);
  }

  private CallException trouble(CallTimeouts limits) {
    var settings = new HttpPipelineSettings(application.uri(), null, "1", limits);
    return catchThrowableOfType(
        CallException.class, () -> AnswerPipeline.http(settings, time).answer("q", ""));
  }
}
