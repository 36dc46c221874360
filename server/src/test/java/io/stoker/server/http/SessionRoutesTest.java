package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.Time;
import io.stoker.server.RunningServer;
import io.stoker.server.RunningServer.Answer;
import io.stoker.server.SessionEnvironment;
import io.stoker.sessions.LookupCounts;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

class SessionRoutesTest {

  private static final String SLOW = "{\"rate\": 100}";

  private static SessionEnvironment world;
  private static RunningServer server;

  @BeforeAll
  static void start() {
    world = SessionEnvironment.with(300);
    server =
        RunningServer.with(
            world.variables(
                "STOKER_SESSIONS_WARM_AT_START", "false", "STOKER_SESSIONS_KEEP_WARM", "false"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void flush() {
    world.redis().flush();
  }

  @AfterEach
  void endRuns() {
    var newest = newest();
    if (newest.path("state").asString().equals("running")) {
      server.post("/api/sessions/runs/" + newest.path("id").asString() + "/cancel", "");
      awaitEnd(newest.path("id").asString());
    }
  }

  private static JsonNode newest() {
    return server.get("/api/sessions/runs?limit=1").json().path("runs").path(0);
  }

  private static Answer awaitEnd(String id) {
    return await()
        .until(
            () -> server.get("/api/sessions/runs/" + id),
            run -> !run.text("state").equals("running"));
  }

  private static Answer warm(String wish) {
    var answer = server.post("/api/sessions/warm", wish);
    assertThat(answer.status()).as("%s", answer).isEqualTo(202);
    return answer;
  }

  /// Looks sessions up as an application does, without a local cache.
  private static void asApplication(Consumer<SessionCache> use) {
    try (var client = world.redisClient()) {
      var source = SessionSource.jdbc(world.dataSource(), SessionMapping.standard(), Time.system());
      try (var cache =
          new SessionCache(
              world.redisSessions(client).store(),
              source,
              null,
              SessionCache.Settings.standard(),
              Time.system())) {
        use.accept(cache);
      }
    }
  }

  @Test
  void warming_starts_at_once_and_returns_the_run_s_location() {
    var begun =
        warm("{\"count\": 200, \"window\": \"23h\", \"deadline\": \"1m\", \"rate\": 90000}");

    var id = begun.text("id");
    assertThat(begun.response().headers().firstValue("Location"))
        .contains("/api/sessions/runs/" + id);
    assertThat(begun.text("trigger")).isEqualTo("api");
    assertThat(begun.text("state")).isEqualTo("running");
    assertThat(begun.json().path("plan").toString())
        .isEqualTo(
            "{\"count\":200,\"window\":\"23h\",\"rate\":90000,\"deadline\":\"1m\","
                + "\"ttl_cap\":\"5m\",\"refresh\":false,\"dry_run\":false}");
    var ended = awaitEnd(id).json();
    assertThat(ended.path("state").asString()).isEqualTo("completed");
    assertThat(ended.path("warmed").asLong()).isEqualTo(200);
    assertThat(ended.path("selected").asLong()).isEqualTo(200);
    assertThat(ended.path("bytes").asLong()).isPositive();
    assertThat(ended.path("first_after_ms").isNumber()).isTrue();
    assertThat(ended.path("ended_at").asString()).endsWith("Z");
    assertThat(ended.path("verified").toString())
        .isEqualTo("{\"sampled\":200,\"found\":200,\"share\":1.0}");
    assertThat(ended.path("meets_target").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"dry_run\": true}"})
  void the_request_may_be_empty(String wish) {
    var ended = awaitEnd(warm(wish).text("id"));

    assertThat(ended.text("state")).isEqualTo("completed");
    assertThat(ended.json().path("selected").asLong()).isEqualTo(300);
  }

  @Test
  void a_second_run_is_rejected_naming_the_first() {
    var first = warm(SLOW).text("id");

    var second = server.post("/api/sessions/warm", "{}");

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.text("code")).isEqualTo("run-going-on");
    assertThat(second.text("run")).isEqualTo(first);
    assertThat(second.text("detail")).contains(first, "Wait for its end, or cancel it");
  }

  @Test
  void a_run_can_be_cancelled_once() {
    var id = warm(SLOW).text("id");

    var cancel = server.post("/api/sessions/runs/" + id + "/cancel", "");

    assertThat(cancel.status()).isEqualTo(202);
    assertThat(awaitEnd(id).text("state")).isEqualTo("cancelled");
    var again = server.post("/api/sessions/runs/" + id + "/cancel", "");
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text("code")).isEqualTo("run-over");
  }

  @Test
  void runs_are_listed_newest_first() {
    var older = warm("{}").text("id");
    awaitEnd(older);
    var newer = warm("{\"refresh\": true}").text("id");
    awaitEnd(newer);

    var runs = server.get("/api/sessions/runs?limit=2").json().path("runs");

    assertThat(runs.size()).isEqualTo(2);
    assertThat(runs.path(0).path("id").asString()).isEqualTo(newer);
    assertThat(runs.path(0).path("plan").path("refresh").asBoolean()).isTrue();
    assertThat(runs.path(1).path("id").asString()).isEqualTo(older);
  }

  @Test
  void the_total_is_known_soon_after_the_start() {
    var id = warm(SLOW).text("id");

    await()
        .untilAsserted(() ->
            assertThat(server.get("/api/sessions/runs/" + id).json().path("total").asLong())
                .isEqualTo(300));
  }

  @Test
  void an_estimate_counts_and_changes_nothing() {
    var estimate = server.get("/api/sessions/estimate?count=100&window=24h");

    assertThat(estimate.status()).isEqualTo(200);
    assertThat(estimate.json().path("eligible").asLong()).isEqualTo(300);
    assertThat(estimate.json().path("selected").asLong()).isEqualTo(100);
    assertThat(estimate.json().path("average_bytes").asLong()).isPositive();
    assertThat(estimate.json().path("cache_bytes").asLong()).isGreaterThan(100 * 300);
  }

  @Test
  void stats_add_up_all_processes() {
    try (var client = world.redisClient()) {
      world.redisSessions(client).stats().add(new LookupCounts(1, 2, 1, 0, 0, 3, 4));
    }

    var stats = server.get("/api/sessions/stats?window=1h");

    assertThat(stats.json().toString())
        .isEqualTo(
            "{\"window\":\"1h\",\"hits\":3,\"misses\":1,\"hit_rate\":0.75,\"process_hits\":1,"
                + "\"cache_hits\":2,\"loaded\":1,\"unknown\":0,\"failed\":0,\"cache_errors\":3,"
                + "\"invalidations\":4}");
  }

  @Test
  void a_revoked_token_is_no_longer_found_and_warming_does_not_restore_it() {
    awaitEnd(warm("{}").text("id"));

    var answer =
        server.post(
            "/api/sessions/revocations",
            "{\"token\": \"" + SessionEnvironment.SEED.rawToken(5) + "\"}");

    assertThat(answer.status()).isEqualTo(204);
    awaitEnd(warm("{\"refresh\": true}").text("id"));
    asApplication(cache -> {
      assertThat(cache.find(SessionEnvironment.SEED.rawToken(5))).isEmpty();
      assertThat(cache.find(SessionEnvironment.SEED.rawToken(6))).isPresent();
    });
  }

  @Test
  void a_token_can_be_revoked_by_its_hash() {
    var answer =
        server.post(
            "/api/sessions/revocations",
            "{\"token_hash\": \"" + SessionEnvironment.SEED.storedToken(5) + "\"}");

    assertThat(answer.status()).isEqualTo(204);
    asApplication(cache -> assertThat(cache.find(SessionEnvironment.SEED.rawToken(5))).isEmpty());
  }

  @Test
  void a_user_is_signed_out_everywhere() {
    awaitEnd(warm("{}").text("id"));
    asApplication(cache -> {
      var user = cache.find(SessionEnvironment.SEED.rawToken(5)).orElseThrow().userId();

      var answer = server.post("/api/sessions/revocations", "{\"user_id\": \"" + user + "\"}");

      assertThat(answer.status()).isEqualTo(204);
    });
    asApplication(cache -> {
      cache.find(
          SessionEnvironment.SEED.rawToken(5)); // still in Postgres, so it is loaded from there
      assertThat(cache.counts().cacheHits()).isZero();
    });
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void revocations_are_logged_with_caller_and_user_but_without_secrets(CapturedOutput output) {
    var token = SessionEnvironment.SEED.rawToken(6);

    server.post("/api/sessions/revocations", "{\"user_id\": \"somebody\"}");
    server.post("/api/sessions/revocations", "{\"token\": \"" + token + "\"}");

    var shortened = SessionEnvironment.SEED.storedToken(6).substring(0, 8) + "…";
    assertThat(output.getAll())
        .contains("anybody (operator) revoked all sessions of user somebody")
        .contains("anybody (operator) revoked session " + shortened)
        .doesNotContain(token);
  }

  @Test
  void revocations_are_counted() {
    server.post("/api/sessions/revocations", "{\"user_id\": \"somebody\"}");

    assertThat(server.get("/api/sessions/stats").json().path("invalidations").asLong())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          warm        | {"counts": 5}                  | counts: unknown; expected one of count, deadline, dry_run, rate, refresh, window
          warm        | {"count": "5"}                 | count: expected a whole number, got
          warm        | {"count": 5.5}                 | count: expected a whole number, got
          warm        | {"count": 0}                   | count: expected a limit of at least 1, got 0
          warm        | {"window": 24}                 | window: expected a duration such as 24h, 5m, 90s or 1h30m, got a number
          warm        | {"window": "a day"}            | window: expected a duration such as 24h, 5m, 90s or 1h30m, got "a day"
          warm        | {"deadline": "14m"}            | deadline: expected a run's deadline and the TTL cap to stay under 15m together
          warm        | {"dry_run": "yes"}             | dry_run: expected true or false, got
          warm        | {"count": 5, "count": 6}       | body: expected a JSON object, got text that is not JSON: Duplicate
          warm        | {"count": 5                    | body: expected a JSON object, got text that is not JSON: Unexpected end-of-input
          warm        | {"count": 5} {}                | body: expected a JSON object, got
          warm        | [5]                            | body: expected a JSON object, got an array
          warm        | null                           | body: expected a JSON object, got null
          warm        | "warm"                         | body: expected a JSON object, got
          revocations | {}                             | body: expected exactly one of token, token_hash and user_id
          revocations | {"token": "a", "user_id": "b"} | body: expected exactly one of token, token_hash and user_id
          revocations | {"token": ""}                  | body: expected text, got an empty one
          revocations | {"token": 5}                   | token: expected text, got
          revocations | {"token_hash": "abc"}          | token_hash: expected 64 hexadecimal digits, got 3 characters
          revocations | {"tokens": []}                 | tokens: unknown; expected one of token, token_hash, user_id
          """)
  void an_invalid_body_is_rejected_naming_the_member(String route, String body, String detail) {
    var answer = server.post("/api/sessions/" + route, body);

    assertThat(answer.status()).as("%s", answer).isEqualTo(400);
    assertThat(answer.text("detail")).startsWith(detail);
    assertThat(answer.text("code")).isEqualTo("bad-value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          estimate?count=x    | count: expected a whole number, got "x"
          estimate?count=0    | count: expected a limit of at least 1, got 0
          estimate?window=24  | window: expected a duration such as 24h, 5m, 90s or 1h30m, got "24"
          estimate?cuont=5    | cuont: unknown; expected one of count, window
          stats?window=26h    | window: expected at most 25h, got 26h
          stats?window=0s     | window: expected at most 25h, got 0s
          runs?limit=51       | limit: expected 1 to 50, got 51
          """)
  void an_invalid_query_is_rejected_naming_the_parameter(String url, String detail) {
    var answer = server.get("/api/sessions/" + url);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("detail")).isEqualTo(detail);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/progress"})
  void an_unknown_run_is_not_found(String what) {
    var answer = server.get("/api/sessions/runs/none" + what);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("code")).isEqualTo("unknown-run");
    assertThat(answer.text("detail")).contains("There is no run none");
  }

  /// The lines of an event, without its id.
  private record Event(String name, String data) {}

  private static List<Event> events(List<String> lines) {
    var names = lines.stream().filter(line -> line.startsWith("event: ")).toList();
    var data = lines.stream().filter(line -> line.startsWith("data: ")).toList();
    return IntStream.range(0, names.size())
        .mapToObj(i -> new Event(names.get(i).substring(7), data.get(i).substring(6)))
        .toList();
  }

  @Test
  void the_progress_of_a_run_is_streamed_to_its_end() {
    var id = warm("{\"rate\": 600}").text("id");

    List<String> lines;
    try (var stream = server.lines("/api/sessions/runs/" + id + "/progress")) {
      lines = stream.toList();
    }

    assertThat(lines).startsWith("retry: 2000");
    assertThat(lines.stream().filter(line -> line.startsWith("id: "))).doesNotHaveDuplicates();
    var events = events(lines);
    assertThat(events.size()).isGreaterThan(2);
    assertThat(events.subList(0, events.size() - 1))
        .allSatisfy(event -> {
          assertThat(event.name()).isEqualTo("progress");
          assertThat(event.data()).contains("\"id\":\"" + id + "\"", "\"state\":\"running\"");
        });
    assertThat(events.getLast().name()).isEqualTo("complete");
    assertThat(events.getLast().data()).contains("\"state\":\"completed\"", "\"warmed\":300");
  }

  @Test
  void a_run_that_is_over_is_complete_at_once_whatever_the_last_event_id() {
    var id = warm("{}").text("id");
    awaitEnd(id);

    try (var stream =
        server.lines("/api/sessions/runs/" + id + "/progress", "Last-Event-ID", "99999")) {
      assertThat(events(stream.toList()))
          .hasSize(1)
          .first()
          .extracting(Event::name)
          .isEqualTo("complete");
    }
  }

  @Test
  void all_runs_are_streamed_one_after_the_other() {
    var first = warm("{}").text("id");
    awaitEnd(first);

    try (var stream = server.lines("/api/sessions/progress")) {
      var lines = stream.iterator();
      await().until(() -> lines.next().contains(first));
      var second = warm("{\"dry_run\": true}").text("id");

      await().until(() -> lines.next().startsWith("event: complete"));
      assertThat(lines.next()).contains(second, "\"state\":\"completed\"");
    }
  }

  @Test
  void a_stream_asks_proxies_not_to_buffer() {
    var id = warm("{}").text("id");

    var headers = server.get("/api/sessions/runs/" + id + "/progress").response().headers();

    assertThat(headers.firstValue("Content-Type")).contains("text/event-stream");
    assertThat(headers.firstValue("X-Accel-Buffering")).contains("no");
    assertThat(headers.firstValue("Cache-Control")).contains("no-store");
  }
}
