package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import io.stoker.server.SilentPipeline;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The quotas of questions and documents.
class AnswerQuotasTest {

  private static final String WARMING = "/api/admin/warming/";

  private SilentPipeline pipeline;
  private RunningServer server;

  @BeforeEach
  void start() {
    pipeline = new SilentPipeline();
    server =
        RunningServer.with(
            Map.of(
                "STOKER_ANSWERS_PIPELINE_URL", pipeline.url(),
                "STOKER_ANSWERS_LIMIT_OPEN_BATCHES", "2",
                "STOKER_ANSWERS_LIMIT_OPEN_QUESTIONS", "5",
                "STOKER_ANSWERS_LIMIT_DOCUMENTS", "2",
                "STOKER_ANSWERS_LIMIT_CORPUS_BYTES", "100"));
  }

  @AfterEach
  void stop() {
    server.close();
    pipeline.close();
  }

  private RunningServer.Answer submit(String questions, String... headers) {
    return server.post(WARMING + "queue/manual", "{\"queries\": [" + questions + "]}", headers);
  }

  private RunningServer.Answer document(String id, String text) {
    return server.post("/api/documents", "{\"id\": \"" + id + "\", \"text\": \"" + text + "\"}");
  }

  private static void assertFull(
      RunningServer.Answer answer, int status, String code, String what) {
    assertThat(answer.status()).as("%s", answer).isEqualTo(status);
    assertThat(answer.text("code")).isEqualTo(code);
    assertThat(answer.text("detail")).contains(what);
  }

  @Test
  void a_queue_has_limits_on_batches_and_open_questions() {
    var first = submit("\"a\", \"b\"", "Idempotency-Key", "first");
    assertThat(first.status()).isEqualTo(201);

    assertFull(
        submit("\"c\", \"d\", \"e\", \"f\""),
        429,
        "queue-full",
        "expected at most 5 open questions in the queue, which has 2");
    assertThat(submit("\"c\"").status()).isEqualTo(201);
    assertFull(
        submit("\"d\""), 429, "queue-full", "expected at most 2 batches in the queue, which has 2");
    assertThat(submit("\"a\", \"b\"", "Idempotency-Key", "first").json().path("id"))
        .isEqualTo(first.json().path("id"));
    var place = WARMING + "batches/" + first.json().path("id").asLong();
    assertThat(server.post(place + "/queries", "{\"queries\": [\"x\", \"y\"]}").status())
        .isEqualTo(201);
    assertFull(
        server.post(place + "/queries", "{\"queries\": [\"z\"]}"),
        429,
        "queue-full",
        "expected at most 5 open questions in the queue, which has 5");

    assertThat(server.post(place + "/cancel", "{}").status()).isEqualTo(200);

    assertThat(submit("\"d\"").status()).isEqualTo(201);
  }

  @Test
  void a_corpus_has_limits_on_documents_and_bytes() {
    assertThat(document("one", "x".repeat(60)).status()).isEqualTo(201);

    assertFull(
        document("two", "x".repeat(41)),
        507,
        "corpus-full",
        "expected at most 100 bytes in all documents, got 101");
    assertThat(document("two", "x".repeat(40)).status()).isEqualTo(201);
    assertThat(document("one", "y".repeat(60)).status()).isEqualTo(201);
    assertFull(
        document("three", "x"),
        507,
        "corpus-full",
        "expected at most 2 documents in all documents, got 3");

    assertThat(server.delete("/api/documents/two").status()).isEqualTo(204);

    assertThat(document("three", "x").status()).isEqualTo(201);
  }
}
