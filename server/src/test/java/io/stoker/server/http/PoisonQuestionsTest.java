package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.FailingPipeline;
import io.stoker.server.RunningServer;
import io.stoker.server.cli.AnswersShell;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Questions on which the pipeline always fails, and pipelines that always fail, on a running
/// server.
@Tag("soak")
@Timeout(300)
class PoisonQuestionsTest {

  private static final String WARMING = "/api/admin/warming/";

  private FailingPipeline pipeline;
  private RunningServer server;

  @BeforeEach
  void start() {
    pipeline = new FailingPipeline();
    server = RunningServer.with(Map.of("STOKER_ANSWERS_PIPELINE_URL", pipeline.url()));
    server.put(
        WARMING + "settings",
        "{\"warming_delay\": \"0s\", \"concurrency\": 2, \"retries\": [\"1s\", \"1s\", \"1s\"]}");
  }

  @AfterEach
  void stop() {
    server.close();
    pipeline.close();
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(20));
  }

  private long submit(String word, int many) {
    var questions =
        IntStream.range(0, many)
            .mapToObj(i -> "\"" + word + " " + i + "?\"")
            .collect(Collectors.joining(",", "[", "]"));
    var queued = server.post(WARMING + "queue/manual", "{\"queries\": " + questions + "}");
    assertThat(queued.status()).isEqualTo(201);
    return queued.json().path("id").asLong();
  }

  private JsonNode batch(long id) {
    return server.get(WARMING + "batches/" + id).json();
  }

  private JsonNode awaitWaiting(long id) {
    soon().until(() -> batch(id).path("waiting").isObject());
    return batch(id).path("waiting");
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503, 404})
  void a_question_that_always_fails_costs_one_question(int status) {
    pipeline.fails("poison", status);
    long poison = submit("poison", 4);
    long good = submit("good", 20);

    soon()
        .until(() -> {
          server.post(WARMING + "queue/try", "");
          return batch(poison).path("processed").asInt() == 4
              && batch(good).path("processed").asInt() == 20;
        });

    assertThat(batch(poison).path("failed").asInt()).isEqualTo(4);
    assertThat(batch(good).path("completed").asInt()).isEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 401, 403, 404, 500})
  void an_error_that_does_not_depend_on_the_question_is_an_outage(int status) {
    pipeline.fails("", status);
    long id = submit("question", 1000);

    var waiting = awaitWaiting(id);

    assertThat(waiting.path("code").asString()).isEqualTo("pipeline-down");
    assertThat(waiting.path("last_error").asString()).contains("HTTP " + status);
    assertThat(batch(id).path("failed").asInt()).isZero();
    assertThat(pipeline.calls()).isLessThan(10);
  }

  @Test
  void the_reason_of_a_wait_is_shown_everywhere_and_a_successful_answer_ends_it() {
    pipeline.fails("", 500);
    long id = submit("question", 5);

    var waiting = awaitWaiting(id);

    assertThat(waiting.path("since").asString()).isNotEmpty();
    assertThat(waiting.path("next_try").asString()).isNotEmpty();
    var why = "the pipeline has not been answering for";
    assertThat(waiting.path("message").asString()).contains(why, "next try", "out of memory");
    assertThat(server.get(WARMING + "queue").json().path("waiting").path("message").asString())
        .contains(why);
    var shell = new AnswersShell(server.port());
    assertThat(shell.run("queue").out()).contains("Waiting: " + why, "out of memory");
    assertThat(shell.run("show", Long.toString(id)).out()).contains("Waiting: " + why);
    try (var lines = server.lines(WARMING + "progress?batch_id=" + id)) {
      assertThat(lines.filter(line -> line.contains("\"waiting\":{")).findFirst())
          .hasValueSatisfying(line -> assertThat(line).contains(why));
    }
    soon()
        .untilAsserted(() ->
            assertThat(
                    server.get("/api/overview").json().path("answers").path("troubles").toString())
                .contains("The pipeline has not been answering for"));

    pipeline.recovers();
    assertThat(server.post("/api/answers/ask", "{\"question\": \"Anybody there?\"}").status())
        .isEqualTo(200);

    soon().until(() -> batch(id).path("status").asString().equals("completed"));
    assertThat(shell.run("try").out()).contains("The queue is not waiting.");
  }

  @Test
  void resume_and_the_command_end_a_wait() {
    pipeline.fails("", 500);
    long id = submit("question", 3);
    awaitWaiting(id);
    pipeline.recovers();

    assertThat(new AnswersShell(server.port()).run("try").out())
        .contains("Retrying the pipeline now");

    soon().until(() -> batch(id).path("status").asString().equals("completed"));
    pipeline.fails("", 500);
    long other = submit("another", 5);
    awaitWaiting(other);
    server.post(WARMING + "batches/" + other + "/pause", "");
    assertThat(batch(other).path("waiting").isNull()).isTrue();
    pipeline.recovers();
    server.post(WARMING + "batches/" + other + "/resume", "");
    soon().until(() -> batch(other).path("status").asString().equals("completed"));
  }
}
