package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.servlet.function.ServerRequest;

/// The problems of failed calls: to pipelines with all codes, to providers with the five codes that
/// chat clients know.
final class FailedCallsTest {

  @ParameterizedTest
  @CsvSource({
    "RATE_LIMITED, 502, pipeline-rate-limited",
    "UNREACHABLE, 502, pipeline-unreachable",
    "UNAVAILABLE, 502, pipeline-unavailable",
    "DENIED, 502, pipeline-denied",
    "TIMED_OUT, 504, pipeline-timed-out",
    "REFUSED, 502, pipeline-refused",
    "BAD_ANSWER, 502, pipeline-bad-answer"
  })
  void a_failed_pipeline_is_reported_to_clients_that_ask_questions(
      Code code, int status, String told) {
    var problem = problem("/api/answers/ask", code);

    assertThat(problem.status().value()).isEqualTo(status);
    assertThat(problem.code()).isEqualTo(told);
    assertThat(problem.detail()).isEqualTo("The pipeline has no answer: out of order");
  }

  @ParameterizedTest
  @CsvSource({
    "RATE_LIMITED, 502, provider-rate-limited",
    "UNREACHABLE, 502, provider-unavailable",
    "UNAVAILABLE, 502, provider-unavailable",
    "DENIED, 502, provider-refused",
    "TIMED_OUT, 504, provider-timed-out",
    "REFUSED, 502, provider-refused",
    "BAD_ANSWER, 502, provider-bad-answer"
  })
  void a_failed_provider_is_reported_to_clients_that_warm_conversations(
      Code code, int status, String told) {
    var problem = problem("/api/prompts/conversations/c/warm", code);

    assertThat(problem.status().value()).isEqualTo(status);
    assertThat(problem.code()).isEqualTo(told);
    assertThat(problem.detail()).isEqualTo("out of order");
  }

  private static Problem problem(String path, Code code) {
    var request = ServerRequest.create(new MockHttpServletRequest("POST", path), List.of());
    return Problems.problem(new CallException(code, "out of order", null, null), request);
  }
}
