package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.RunningServer.Answer;
import io.stoker.server.SilentPipeline;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The routes of answers, on a server with its own SQLite file and the sample corpus.
class AnswerRoutesTest {

  private static final String WARMING = "/api/admin/warming/";

  private static RunningServer server;
  private static SilentPipeline pipeline;
  private static RunningServer stuck;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of());
    pipeline = new SilentPipeline();
    stuck = RunningServer.with(Map.of("STOKER_ANSWERS_PIPELINE_URL", pipeline.url()));
    assertThat(server.put(WARMING + "settings", "{\"warming_delay\": \"0s\"}").status())
        .isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    server.close();
    stuck.close();
    pipeline.close();
  }

  private static Answer submit(String json) {
    var answer = server.post(WARMING + "queue/manual", json);
    assertThat(answer.status()).as("%s", answer).isEqualTo(201);
    return answer;
  }

  private static long id(Answer batch) {
    return batch.json().path("batch_id").asLong();
  }

  private static Answer batch(long id) {
    return server.get(WARMING + "batches/" + id);
  }

  private static Answer awaitStatus(long id, String status) {
    return await().until(() -> batch(id), batch -> batch.text("status").equals(status));
  }

  /// A paused batch of a server whose pipeline never answers.
  private static long pausedBatch(int questions) {
    var list =
        String.join(
            ",", IntStream.range(0, questions).mapToObj(i -> "\"question " + i + "?\"").toList());
    var batch = stuck.post(WARMING + "queue/manual", "{\"queries\": [" + list + "]}");
    var paused =
        stuck.post(WARMING + "batches/" + id(batch) + "/pause", "{\"reason\": \"for a test\"}");
    assertThat(paused.text("status")).as("%s", paused).isEqualTo("paused");
    return id(batch);
  }

  private static List<String> texts(JsonNode list, String member) {
    return list.valueStream().map(item -> item.path(member).asString()).toList();
  }

  @Test
  void questions_are_queued_answered_and_found_in_the_cache() {
    var submitted = submit("{\"queries\": [\"What is a TTL?\", \"How does the queue work?\"]}");

    var done = awaitStatus(id(submitted), "completed");
    var asked = server.post("/api/answers/ask", "{\"question\": \"what is a ttl\"}");

    assertThat(submitted.json().path("total").asLong()).isEqualTo(2);
    assertThat(submitted.json().path("id").asLong()).isEqualTo(id(submitted));
    assertThat(submitted.response().headers().firstValue("Location"))
        .contains("/api/admin/warming/batches/" + id(submitted));
    assertThat(done.json().path("completed").asLong()).isEqualTo(2);
    assertThat(done.json().path("percent").asDouble()).isEqualTo(100);
    assertThat(asked.status()).isEqualTo(200);
    assertThat(asked.json().path("cached").asBoolean()).isTrue();
    assertThat(asked.text("matched")).isEqualTo("What is a TTL?");
    assertThat(asked.text("model")).isEqualTo("extractive");
    assertThat(asked.json().path("sources").size()).isPositive();
  }

  @Test
  void other_wordings_of_a_question_are_served_its_answer() {
    var submitted =
        submit(
            """
            {"queries": ["What is a lease?",
                         {"question": "What is a hit rate?",
                          "aliases": ["How often is the cache hit?", "what is a lease",
                                      "What share of questions is cached?"]},
                         {"question": "And no other wording?"}]}
            """);
    awaitStatus(id(submitted), "completed");

    var asked =
        server.post("/api/answers/ask", "{\"question\": \"how often is the cache hit\"}").json();

    assertThat(submitted.json().path("total").asLong()).isEqualTo(3);
    assertThat(submitted.json().path("skipped_lines").path(0).path("text").asString())
        .isEqualTo("what is a lease");
    assertThat(asked.path("cached").asBoolean()).isTrue();
    assertThat(asked.path("matched").asString()).isEqualTo("What is a hit rate?");
    var wordings = List.of("How often is the cache hit?", "What share of questions is cached?");
    var queries =
        server.get(WARMING + "batches/" + id(submitted) + "/queries").json().path("queries");
    assertThat(aliases(queries.path(1))).isEqualTo(wordings);
    assertThat(aliases(queries.path(2))).isEmpty();
    var query = server.get(WARMING + "queries/" + queries.path(1).path("id").asLong()).json();
    assertThat(aliases(query)).isEqualTo(wordings);
    assertThat(aliases(query.path("answer"))).isEqualTo(wordings);
    var entry = server.get("/api/cache/entries?search=hit+rate").json().path("entries").path(0);
    assertThat(aliases(entry)).isEqualTo(wordings);
  }

  private static List<String> aliases(JsonNode item) {
    return item.path("aliases").valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void a_file_and_an_addition_may_have_other_wordings_as_well() {
    long id = pausedBatch(1);
    var list = WARMING + "batches/" + id + "/queries";
    var text = "What is A?\n= A is what?\n= Define A\nWhat is B?\n".getBytes(UTF_8);

    var preview = stuck.upload(WARMING + "queue/preview", "faq.txt", text);
    stuck.upload(list, "faq.txt", text);
    stuck.post(list, "{\"queries\": [{\"question\": \"C?\", \"aliases\": [\"What is C?\"]}]}");

    assertThat(preview.json().path("total").asLong()).isEqualTo(2);
    assertThat(preview.json().path("aliases").asLong()).isEqualTo(2);
    var queries = stuck.get(list).json().path("queries");
    assertThat(queries.valueStream().map(AnswerRoutesTest::aliases))
        .containsExactly(
            List.of(), List.of("A is what?", "Define A"), List.of(), List.of("What is C?"));
    stuck.delete(WARMING + "batches/" + id);
  }

  @Test
  void a_resent_submission_makes_no_second_batch() {
    var body = "{\"queries\": [\"What is a stampede?\"], \"options\": {\"name\": \"once\"}}";

    var first = server.post(WARMING + "queue/manual", body, "Idempotency-Key", "key-1");
    var second = server.post(WARMING + "queue/manual", body, "Idempotency-Key", "key-1");

    assertThat(second.status()).isEqualTo(201);
    assertThat(id(second)).isEqualTo(id(first));
  }

  @Test
  void duplicates_are_left_out_and_listed_unless_they_are_kept() {
    var skipped = submit("{\"queries\": [\"What is a lease?\", \"what is a lease\"]}");
    var kept =
        submit(
            "{\"queries\": [\"What is a lease?\", \"what is a lease\"],"
                + " \"options\": {\"duplicates\": \"keep\"}}");

    assertThat(skipped.json().path("total").asLong()).isEqualTo(1);
    assertThat(skipped.json().path("skipped_lines_total").asLong()).isEqualTo(1);
    assertThat(skipped.json().path("skipped_lines").path(0).path("line").asLong()).isEqualTo(2);
    assertThat(kept.json().path("total").asLong()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"questions.txt", "questions.CSV", "questions.md"})
  void a_file_is_queued(String name) {
    var answer =
        server.upload(
            WARMING + "queue/upload",
            name,
            "# heading\n\nWhat is a hit rate?\nWhat is a miss?\n".getBytes(UTF_8),
            "name",
            "from a file",
            "only_stale",
            "true");

    assertThat(answer.status()).as("%s", answer).isEqualTo(201);
    assertThat(answer.json().path("total").asLong()).isEqualTo(2);
    assertThat(answer.text("name")).isEqualTo("from a file");
    assertThat(answer.json().path("only_stale").asBoolean()).isTrue();
  }

  @Test
  void ten_thousand_questions_are_one_batch() {
    var lines =
        String.join("\n", IntStream.range(0, 10_000).mapToObj(i -> "What is " + i + "?").toList());

    var answer = server.upload(WARMING + "queue/upload", "many.txt", lines.getBytes(UTF_8));
    server.delete(WARMING + "batches/" + id(answer));

    assertThat(answer.status()).as("%s", answer).isEqualTo(201);
    assertThat(answer.json().path("total").asLong()).isEqualTo(10_000);
  }

  @Test
  void a_preview_says_what_would_be_queued_and_writes_nothing() {
    long before = server.get(WARMING + "queue").json().path("batches").size();

    var text =
        server.send(
            server
                .request(WARMING + "queue/preview")
                .header("Content-Type", "text/plain")
                .POST(
                    java.net.http.HttpRequest.BodyPublishers.ofString(
                        "1. What is a cache?\n2. What is a cache?\n3. And a hit?\n")));
    var json = server.post(WARMING + "queue/preview", "{\"queries\": [\"One?\"]}");

    assertThat(text.status()).as("%s", text).isEqualTo(200);
    assertThat(text.json().path("total").asLong()).isEqualTo(2);
    assertThat(text.json().path("questions").path(0).asString()).isEqualTo("What is a cache?");
    assertThat(text.json().path("skipped").path(0).path("line").asLong()).isEqualTo(2);
    assertThat(json.json().path("total").asLong()).isEqualTo(1);
    assertThat(server.get(WARMING + "queue").json().path("batches").size()).isEqualTo((int) before);
  }

  @Test
  void batches_are_listed_newest_first_page_by_page() {
    for (int i = 0; i < 3; i++) {
      submit("{\"queries\": [\"What is page " + i + "?\"]}");
    }

    var first = server.get(WARMING + "queue?limit=2").json();
    var second =
        server.get(WARMING + "queue?limit=2&cursor=" + first.path("next_cursor").asLong()).json();

    long newest = first.path("batches").path(0).path("id").asLong();
    assertThat(first.path("batches").size()).isEqualTo(2);
    assertThat(first.path("batches").path(1).path("id").asLong()).isLessThan(newest);
    assertThat(second.path("batches").path(0).path("id").asLong())
        .isLessThan(first.path("batches").path(1).path("id").asLong());
    assertThat(
            texts(server.get(WARMING + "queue?status=cancelled").json().path("batches"), "status"))
        .allMatch("cancelled"::equals);
  }

  @Test
  void a_batch_is_paused_resumed_and_keeps_the_reasons() {
    long id = pausedBatch(3);

    var again = stuck.post(WARMING + "batches/" + id + "/pause", "");
    var resumed =
        stuck.post(WARMING + "batches/" + id + "/resume", "{\"reason\": \"night is over\"}");

    assertThat(again.status()).isEqualTo(200);
    assertThat(resumed.status()).isEqualTo(200);
    assertThat(resumed.text("status")).isIn("pending", "running"); // whether it had begun or not
    assertThat(resumed.text("reason")).isEqualTo("night is over");
    var history = stuck.get(WARMING + "batches/" + id).json().path("history");
    assertThat(texts(history, "what")).contains("submitted", "pause", "resume");
    assertThat(texts(history, "reason")).contains("for a test", "night is over");
    stuck.delete(WARMING + "batches/" + id);
  }

  @Test
  void queries_are_added_and_listed_page_by_page() {
    long id = pausedBatch(3);
    var list = WARMING + "batches/" + id + "/queries";

    var added = stuck.post(list, "{\"queries\": [\"one more?\"]}");
    var uploaded = stuck.upload(list, "more.md", "- And one?".getBytes(UTF_8));
    var first = stuck.get(list + "?limit=2").json();
    var second = stuck.get(list + "?limit=9&cursor=" + first.path("next_cursor").asLong()).json();

    assertThat(added.status()).as("%s", added).isEqualTo(201);
    assertThat(uploaded.json().path("total").asLong()).isEqualTo(5);
    assertThat(texts(first.path("queries"), "text")).containsExactly("question 0?", "question 1?");
    assertThat(texts(second.path("queries"), "text"))
        .containsExactly("question 2?", "one more?", "And one?");
    assertThat(second.path("next_cursor").isNull()).isTrue();
    stuck.delete(WARMING + "batches/" + id);
  }

  @Test
  void single_queries_are_deleted_and_retried() {
    long id = pausedBatch(3);
    var queries = stuck.get(WARMING + "batches/" + id + "/queries").json().path("queries");
    long gone = queries.path(0).path("id").asLong();
    long last = queries.path(2).path("id").asLong();

    var deleted = stuck.delete(WARMING + "queries/" + gone);
    var early = stuck.post(WARMING + "queries/" + last + "/retry", "");
    var cancelled = stuck.post(WARMING + "batches/" + id + "/cancel", "");
    var retried = stuck.post(WARMING + "queries/" + last + "/retry", "");

    assertThat(deleted.status()).isEqualTo(204);
    assertThat(stuck.get(WARMING + "queries/" + gone).status()).isEqualTo(404);
    assertThat(early.status()).isEqualTo(409);
    assertThat(cancelled.json().path("cancelled").asLong()).isEqualTo(2);
    assertThat(retried.status()).as("%s", retried).isEqualTo(200);
    assertThat(retried.text("status")).isEqualTo("pending");
    assertThat(stuck.get(WARMING + "batches/" + id).json().path("cancelled").asLong()).isEqualTo(1);
    stuck.delete(WARMING + "batches/" + id);
  }

  @Test
  void a_query_shows_its_cached_answer() {
    long id = id(submit("{\"queries\": [\"What is session warming?\"]}"));
    awaitStatus(id, "completed");
    long query =
        server
            .get(WARMING + "batches/" + id + "/queries")
            .json()
            .path("queries")
            .path(0)
            .path("id")
            .asLong();

    var shown = server.get(WARMING + "queries/" + query);

    assertThat(shown.text("outcome")).isIn("stored", "refreshed");
    assertThat(shown.json().path("answer").path("answer").asString()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource({"pause, completed", "resume, completed", "cancel, completed", "retry, completed"})
  void an_impossible_action_is_rejected_naming_the_state(String move, String state) {
    long id = id(submit("{\"queries\": [\"What is a cache?\"]}"));
    awaitStatus(id, "completed");

    var answer = server.post(WARMING + "batches/" + id + "/" + move, "");
    var added = server.post(WARMING + "batches/" + id + "/queries", "{\"queries\": [\"x?\"]}");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("code")).isEqualTo("illegal-move");
    assertThat(answer.text("state")).isEqualTo(state);
    assertThat(answer.text("detail"))
        .contains("expected a state that allows " + move + ", got " + state);
    assertThat(added.status()).isEqualTo(409);
  }

  @Test
  void cancelled_questions_are_retried() {
    long id = pausedBatch(2);
    stuck.post(WARMING + "batches/" + id + "/cancel", "{\"reason\": \"wrong file\"}");

    var retried = stuck.post(WARMING + "batches/" + id + "/retry", "{\"which\": \"skipped\"}");

    assertThat(retried.status()).isEqualTo(200);
    assertThat(retried.text("status")).isEqualTo("pending");
    assertThat(retried.json().path("cancelled").asLong()).isZero();
    stuck.delete(WARMING + "batches/" + id);
  }

  @Test
  void cancelling_aborts_questions_in_progress() {
    var batch = stuck.post(WARMING + "queue/manual", "{\"queries\": [\"Anybody there?\"]}");
    await()
        .until(() ->
            texts(
                    stuck.get(WARMING + "batches/" + id(batch) + "/queries").json().path("queries"),
                    "status")
                .contains("processing"));

    var cancelled = stuck.post(WARMING + "batches/" + id(batch) + "/cancel", "");

    assertThat(cancelled.text("status")).isEqualTo("cancelled");
    await()
        .until(() ->
            stuck
                    .get("/actuator/health")
                    .json()
                    .path("components")
                    .path("answers")
                    .path("details")
                    .path("in_hand")
                    .asInt()
                == 0);
  }

  @Test
  void a_deleted_batch_is_gone() {
    long id = pausedBatch(2);

    var deleted = stuck.delete(WARMING + "batches/" + id);

    assertThat(deleted.status()).isEqualTo(204);
    assertThat(stuck.get(WARMING + "batches/" + id).status()).isEqualTo(404);
    assertThat(stuck.delete(WARMING + "batches/" + id).status()).isEqualTo(404);
  }

  @Test
  void settings_change_member_by_member() {
    var changed =
        server.put(WARMING + "settings", "{\"concurrency\": 3, \"retries\": [\"1s\", \"2m\"]}");
    var bad = server.put(WARMING + "settings", "{\"concurrency\": 0}");
    var back = server.put(WARMING + "settings", "{\"concurrency\": 1}");

    assertThat(changed.json().path("concurrency").asInt()).isEqualTo(3);
    assertThat(changed.json().path("retries").path(1).asString()).isEqualTo("2m");
    assertThat(changed.text("warming_delay")).isEqualTo("0s");
    assertThat(bad.status()).isEqualTo(400);
    assertThat(bad.text("detail")).contains("concurrency must be 1 to 1000 but was 0");
    assertThat(back.json().path("retries").path(0).asString()).isEqualTo("1s");
    assertThat(server.get(WARMING + "settings").json().path("concurrency").asInt()).isEqualTo(1);
  }

  @Test
  void cache_entries_are_listed_and_deleted() {
    var question = "What is a time to live?";
    server.post("/api/answers/ask", "{\"question\": \"" + question + "\", \"scope\": \"acme\"}");
    server.post("/api/answers/ask", "{\"question\": \"" + question + "\", \"scope\": \"acme\"}");

    var entries = server.get("/api/cache/entries?search=TIME+to+live&scope=acme").json();
    var top =
        await()
            .until(
                () -> server.get("/api/cache/top").json().path("questions"),
                list -> texts(list, "question").contains(question));
    var stats = server.get("/api/cache/stats?window=1h").json();
    var forgotten =
        server.delete(
            "/api/cache/entries?scope=acme&question="
                + question.replace(" ", "+").replace("?", ""));

    assertThat(texts(entries.path("entries"), "question")).containsExactly(question);
    assertThat(top.size()).isPositive();
    assertThat(stats.path("asked").asLong()).isGreaterThanOrEqualTo(2);
    assertThat(stats.path("hit_rate").isNumber()).isTrue();
    assertThat(forgotten.json().path("deleted").asLong()).isEqualTo(1);
    assertThat(server.delete("/api/cache/entries").status()).isEqualTo(400);
  }

  @Test
  void changed_documents_invalidate_their_answers() {
    var put =
        server.post(
            "/api/documents",
            "{\"title\": \"Opening hours\", \"text\": \"The zebra museum opens at nine on weekdays.\"}");
    var asked =
        server.post("/api/answers/ask", "{\"question\": \"When does the zebra museum open?\"}");
    var uploaded =
        server.upload(
            "/api/documents",
            "Quagga.md",
            "# Quagga museum\n\nThe quagga museum is closed on Mondays.".getBytes(UTF_8));
    var one = server.get("/api/documents/opening-hours");

    assertThat(put.status()).as("%s", put).isEqualTo(201);
    assertThat(put.text("id")).isEqualTo("opening-hours");
    assertThat(put.response().headers().firstValue("Location"))
        .contains("/api/documents/opening-hours");
    assertThat(asked.text("answer")).contains("opens at nine");
    assertThat(uploaded.text("id")).isEqualTo("quagga.md");
    assertThat(uploaded.text("title")).isEqualTo("Quagga museum");
    assertThat(one.text("text")).contains("zebra");
    assertThat(texts(server.get("/api/documents").json().path("documents"), "id"))
        .contains("opening-hours", "quagga.md");
    assertThat(server.delete("/api/documents/quagga.md").status()).isEqualTo(204);
    assertThat(server.delete("/api/documents/quagga.md").status()).isEqualTo(404);
    assertThat(server.get("/api/documents/quagga.md").status()).isEqualTo(404);
  }

  @Test
  void a_document_is_read_and_deleted_in_its_scope() {
    server.post("/api/documents", "{\"id\": \"fees\", \"text\": \"Ten.\"}");
    var put =
        server.post(
            "/api/documents",
            "{\"id\": \"fees\", \"scope\": \"acme & sons\", \"text\": \"Nine.\"}");
    var path = put.response().headers().firstValue("Location").orElseThrow();

    var theirs = server.get(path);
    var deleted = server.delete(path);

    assertThat(path).isEqualTo("/api/documents/fees?scope=acme%20%26%20sons");
    assertThat(theirs.text("text")).isEqualTo("Nine.");
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(server.get(path).status()).isEqualTo(404);
    assertThat(server.get("/api/documents/fees").text("text")).isEqualTo("Ten.");
    assertThat(server.delete("/api/documents/fees").status()).isEqualTo(204);
  }

  @Test
  void outcomes_of_questions_are_counted() {
    long stored = outcomes("stored");
    long fresh = outcomes("already_fresh");
    var question = "{\"queries\": [\"What is a fencing token?\"]";
    awaitStatus(id(submit(question + "}")), "completed");

    awaitStatus(id(submit(question + ", \"options\": {\"only_stale\": true}}")), "completed");

    await().until(() -> outcomes("already_fresh") == fresh + 1);
    assertThat(outcomes("stored")).isEqualTo(stored + 1);
    assertThat(outcomes("failed")).isZero();
  }

  private static long outcomes(String outcome) {
    var meter = "stoker_answers_outcomes_total{outcome=\"" + outcome + "\"} ";
    return server
        .get("/actuator/prometheus")
        .response()
        .body()
        .lines()
        .filter(line -> line.startsWith(meter))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(meter.length())))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void health_and_metrics_include_answers() {
    server.post("/api/answers/ask", "{\"question\": \"What is a lease?\"}");

    var health = server.get("/actuator/health").json();
    var metrics = server.get("/actuator/prometheus").response().body();

    assertThat(health.path("components").path("answers").path("status").asString()).isEqualTo("UP");
    assertThat(metrics)
        .contains(
            "stoker_answers_queue{state=\"pending\"}",
            "stoker_answers_asks_total{result=\"hit\"}",
            "stoker_answers_entries");
  }
}
