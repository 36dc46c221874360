package io.stoker.answers.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.Time;
import io.stoker.answers.rag.ChatModel.Reply;
import io.stoker.testing.Aimock;
import io.stoker.testing.Npm;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// OpenAI's protocol as others speak it: the npm package `@copilotkit/aimock`, which its makers
/// compare with the real provider.
@Timeout(60)
class MockedModelTest {

  private static Aimock models;
  private static ChatModel model;

  @BeforeAll
  static void start() throws InterruptedException {
    assumeTrue(Npm.isInstalled(), "the packages of foreign/npm are not installed");
    models = Aimock.start();
    model = new ChatModel(ChatSettings.openAi(models.uri(), "gpt-4o", "key"), Time.system());
  }

  @AfterAll
  static void stop() {
    if (models != null) {
      models.close();
    }
  }

  private static CallException failure() {
    return catchThrowableOfType(CallException.class, () -> model.ask("rules", "task"));
  }

  @Test
  void the_chunks_of_a_stream_are_one_answer() throws InterruptedException {
    models.respondWith(
        "'chunkSize':4,'response':{'content':'Grüße aus Köln','reasoning':'Let me see.'}");

    assertThat(model.ask("rules", "task")).isEqualTo(new Reply("Grüße aus Köln", "gpt-4o", true));
  }

  @Test
  void an_answer_that_is_cut_for_its_length_is_not_complete() throws InterruptedException {
    models.respondWith("'response':{'content':'And so on','finishReason':'length'}");

    assertThat(model.ask("rules", "task").complete()).isFalse();
  }

  @Test
  void a_rate_limit_says_how_long_to_wait() throws InterruptedException {
    models.respondWith(
        "'response':{'error':{'message':'Slow down','type':'rate_limit_error'},'status':429,"
            + "'retryAfter':17}");

    assertThat(failure())
        .hasMessageContaining("Slow down")
        .returns(Code.RATE_LIMITED, CallException::code)
        .returns(Duration.ofSeconds(17), CallException::retryAfter);
  }

  @Test
  void a_stream_that_breaks_is_not_an_answer() throws InterruptedException {
    models.respondWith(
        "'response':{'content':'One two three four'},'chunkSize':4,'latency':50,"
            + "'truncateAfterChunks':4");

    assertThat(failure().code()).isEqualTo(Code.UNAVAILABLE);
  }
}
