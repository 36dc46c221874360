package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.CallTimeouts;
import io.stoker.Time;
import io.stoker.prompts.OpenAiSettings.Kind;
import io.stoker.prompts.PromptProvider.Delta;
import io.stoker.testing.Aimock;
import io.stoker.testing.Npm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Both protocols against the npm package `@copilotkit/aimock`, whose authors verify it against the
/// real providers.
@Timeout(60)
class MockedProvidersTest {

  private static final CallTimeouts LIMITS =
      new CallTimeouts(Duration.ofSeconds(30), Duration.ofMinutes(1));

  private static Aimock models;

  private final List<Delta> deltas = new ArrayList<>();

  enum Protocol {
    OPEN_AI {
      @Override
      PromptProvider provider() {
        return PromptProvider.openAi(
            new OpenAiSettings("openai", Kind.OPEN_AI, models.uri(), "key", LIMITS),
            ProviderFacts.standard(),
            Time.system());
      }
    },
    ANTHROPIC {
      @Override
      PromptProvider provider() {
        return PromptProvider.anthropic(
            new AnthropicSettings("key").at(models.uri()).within(LIMITS),
            ProviderFacts.standard(),
            Time.system());
      }
    };

    abstract PromptProvider provider();
  }

  @BeforeAll
  static void start() throws InterruptedException {
    assumeTrue(Npm.isInstalled(), "the packages of foreign/npm are not installed");
    models = Aimock.start();
  }

  @AfterAll
  static void stop() {
    if (models != null) {
      models.close();
    }
  }

  private static PromptRequest request() {
    return new PromptRequest("c", "m", "Be kind.", SampleHistories.whole(), "Why?");
  }

  private PromptProvider.Completion stream(Protocol protocol) throws InterruptedException {
    return protocol.provider().stream(request(), deltas::add);
  }

  private CallException failure(Protocol protocol) {
    return catchThrowableOfType(CallException.class, () -> stream(protocol));
  }

  @ParameterizedTest
  @EnumSource
  void an_answer_comes_in_pieces_with_what_it_used(Protocol protocol) throws InterruptedException {
    models.respondWith(
        "'chunkSize':6,'response':{'content':'Hello, you.','usage':{'prompt_tokens':12,"
            + "'completion_tokens':3,'input_tokens':12,'output_tokens':3}}");

    var completion = stream(protocol);

    assertThat(deltas).containsExactly(new Delta.Text("Hello,"), new Delta.Text(" you."));
    assertThat(completion.reason()).isEqualTo("stop");
    assertThat(completion.usage()).isEqualTo(new Usage(12, 3, null, null, 0));
  }

  @ParameterizedTest
  @EnumSource
  void thoughts_come_apart_and_before_the_answer(Protocol protocol) throws InterruptedException {
    models.respondWith("'response':{'content':'Yes.','reasoning':'Let me see.'}");

    stream(protocol);

    assertThat(deltas).containsExactly(new Delta.Reasoning("Let me see."), new Delta.Text("Yes."));
  }

  @ParameterizedTest
  @EnumSource
  void a_call_of_a_tool_comes_whole(Protocol protocol) throws InterruptedException {
    models.respondWith(
        "'response':{'toolCalls':[{'id':'call-1','name':'ls','arguments':'{\\'path\\':\\'/\\'}'}]}");

    var completion = stream(protocol);

    assertThat(deltas).containsExactly(new Delta.ToolCall("call-1", "ls", "{\"path\":\"/\"}"));
    assertThat(completion.reason()).isEqualTo("tool-calls");
  }

  @ParameterizedTest
  @EnumSource
  void an_answer_that_is_cut_for_its_length_says_so(Protocol protocol) throws InterruptedException {
    models.respondWith("'response':{'content':'And so on','finishReason':'length'}");

    assertThat(stream(protocol).reason()).isEqualTo("length");
  }

  @ParameterizedTest
  @EnumSource
  void a_warm_is_an_answer_in_one_piece_with_what_it_used(Protocol protocol)
      throws InterruptedException {
    models.respondWith(
        "'response':{'content':'x','usage':{'prompt_tokens':1200,'completion_tokens':1,"
            + "'input_tokens':1200,'output_tokens':1}}");

    assertThat(protocol.provider().warm(request())).isEqualTo(new Usage(1200, 1, null, null, 0));
  }

  @ParameterizedTest
  @EnumSource
  void a_limit_of_requests_says_how_long_to_wait(Protocol protocol) throws InterruptedException {
    models.respondWith(
        "'response':{'error':{'message':'Slow down','type':'rate_limit_error'},'status':429,"
            + "'retryAfter':17}");

    assertThat(failure(protocol))
        .hasMessageContaining("HTTP 429")
        .hasMessageContaining("Slow down")
        .returns(Code.RATE_LIMITED, CallException::code)
        .returns(Duration.ofSeconds(17), CallException::retryAfter);
  }

  @ParameterizedTest
  @EnumSource
  void a_server_with_too_much_to_do_is_unavailable(Protocol protocol) throws InterruptedException {
    models.respondWith(
        "'response':{'error':{'message':'Overloaded','type':'overloaded_error'},'status':529}");

    assertThat(failure(protocol))
        .hasMessageContaining("HTTP 529")
        .hasMessageContaining("Overloaded")
        .returns(Code.UNAVAILABLE, CallException::code);
  }

  @ParameterizedTest
  @EnumSource
  void a_stream_that_breaks_off_is_unavailable_after_what_came(Protocol protocol)
      throws InterruptedException {
    models.respondWith(
        "'response':{'content':'One two three four'},'chunkSize':4,'latency':50,"
            + "'truncateAfterChunks':4");

    assertThat(failure(protocol).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(deltas).first().isEqualTo(new Delta.Text("One "));
  }

  @ParameterizedTest
  @EnumSource
  void an_answer_that_is_no_json_is_a_bad_answer(Protocol protocol) throws InterruptedException {
    models.respondWith("'response':{'content':'Hello'},'chaos':{'malformedRate':1}");

    assertThat(failure(protocol).code()).isEqualTo(Code.BAD_ANSWER);
  }

  @ParameterizedTest
  @EnumSource
  void the_models_are_listed(Protocol protocol) throws InterruptedException {
    assertThat(protocol.provider().models()).contains("gpt-4o", "claude-3-5-sonnet-20241022");
  }
}
