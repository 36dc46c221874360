package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import io.stoker.sessions.LookupCounts;
import io.stoker.testing.RealRedis;
import io.stoker.testing.TcpProxy;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The routes of the overview.
class OverviewRoutesTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String OVERVIEW = "/api/overview";
  private static final String QUEUE = "/api/admin/warming/queue/manual";

  /// The next event with this name.
  private static JsonNode next(Iterator<String> lines, String name) {
    while (lines.hasNext()) {
      if (lines.next().equals("event: " + name)) {
        return JSON.readTree(lines.next().substring("data: ".length()));
      }
    }
    throw new AssertionError("the stream has ended");
  }

  @Test
  void a_new_server_reports_unknown_figures_as_null() {
    try (var server = RunningServer.with(Map.of())) {
      var overview = server.get(OVERVIEW).json();

      assertThat(overview.path("sessions").toString())
          .isEqualTo(
              "{\"configured\":false,\"missing\":[\"DATABASE_URL\",\"REDIS_URL\"],\"run\":null,"
                  + "\"window\":\"1h\",\"hits\":null,\"misses\":null,\"hit_rate\":null,\"follow\":null,"
                  + "\"troubles\":[]}");
      assertThat(overview.path("answers").toString())
          .isEqualTo(
              "{\"queue\":{\"batches\":0,\"paused\":0,\"total\":0,\"processed\":0,\"completed\":0,"
                  + "\"failed\":0,\"last\":null},\"in_hand\":0,\"entries\":0,\"stale\":0,"
                  + "\"window\":\"24h\",\"asked\":0,\"hits\":0,\"hit_rate\":null,"
                  + "\"troubles\":[]}");
      assertThat(overview.path("prompts").path("saved_micros").asLong(-1)).isZero();
      assertThat(overview.path("prompts").path("armed").asInt(-1)).isZero();
      assertThat(overview.path("server").path("address").asString()).isEqualTo("127.0.0.1");
      assertThat(overview.path("server").path("sessions").isNull()).isTrue();
      assertThat(overview.path("server").path("prompts").path("providers").toString())
          .isEqualTo("[\"simulator\"]");
    }
  }

  @Test
  void the_history_starts_with_the_server_and_its_first_point_has_no_rate() {
    try (var server = RunningServer.with(Map.of())) {
      var history =
          await()
              .until(
                  () -> server.get(OVERVIEW).json().path("history"),
                  known -> !known.path("points").isEmpty());

      assertThat(history.path("every").asString()).isEqualTo("10s");
      assertThat(history.path("since").asString())
          .isEqualTo(server.get(OVERVIEW).json().path("server").path("started_at").asString());
      assertThat(history.path("points").path(0).path("answered_per_minute").isNull()).isTrue();
    }
  }

  @Test
  void the_work_of_each_job_is_counted() {
    var world = SessionEnvironment.with(40);
    try (var server =
        RunningServer.with(
            world.variables(
                "STOKER_SESSIONS_WARM_AT_START", "false",
                "STOKER_SESSIONS_KEEP_WARM", "false",
                "STOKER_PROMPTS_SIMULATOR_PACE", "1ms"))) {
      try (var client = world.redisClient()) {
        world.redisSessions(client).stats().add(new LookupCounts(1, 2, 1, 0, 0, 0, 0));
      }
      server.put("/api/admin/warming/settings", "{\"warming_delay\": \"0s\"}");
      server.post("/api/sessions/warm", "{}");
      server.post(QUEUE, "{\"queries\": [\"What is a TTL?\", \"What is a lease?\"]}");
      server.post("/chat", "{\"message\": \"Where to?\", \"conversationId\": \"plans\"}");
      server.put("/api/prompts/conversations/plans/warming", "{\"enabled\": true}");
      server.post("/api/prompts/conversations/plans/warm", "");

      await()
          .untilAsserted(() -> {
            var overview = server.get(OVERVIEW).json();
            var run = overview.path("sessions").path("run");
            assertThat(run.path("state").asString()).isEqualTo("completed");
            assertThat(run.path("warmed").asLong()).isEqualTo(40);
            assertThat(run.path("verified").path("share").asDouble()).isEqualTo(1);
            assertThat(overview.path("sessions").path("hit_rate").asDouble()).isEqualTo(0.75);
            var answers = overview.path("answers");
            assertThat(answers.path("entries").asLong()).isEqualTo(2);
            assertThat(answers.path("queue").path("batches").asInt(-1)).isZero();
            assertThat(answers.path("queue").path("last").path("completed").asInt()).isEqualTo(2);
            var prompts = overview.path("prompts");
            assertThat(prompts.path("turns").asInt()).isEqualTo(1);
            assertThat(prompts.path("warms").asInt()).isEqualTo(1);
            assertThat(prompts.path("armed").asInt()).isEqualTo(1);
            assertThat(prompts.path("spent_micros").asLong()).isPositive();
          });
    }
  }

  @Test
  void an_unreachable_cache_is_reported_and_its_figures_are_unknown() {
    var world = SessionEnvironment.with(1);
    try (var proxy = TcpProxy.to(RealRedis.shared().port());
        var server =
            RunningServer.with(
                world.variables(
                    "REDIS_URL", "redis://127.0.0.1:" + proxy.port(),
                    "STOKER_SESSIONS_WARM_AT_START", "false",
                    "STOKER_SESSIONS_KEEP_WARM", "false"))) {
      await()
          .untilAsserted(() ->
              assertThat(server.get(OVERVIEW).json().path("sessions").path("hits").isNumber())
                  .isTrue());

      proxy.cut();

      await()
          .untilAsserted(() -> {
            var sessions = server.get(OVERVIEW).json().path("sessions");
            assertThat(sessions.path("hits").isNull()).isTrue();
            assertThat(sessions.path("troubles").path(0).path("about").asString())
                .isEqualTo("redis");
            assertThat(sessions.path("troubles").path(0).path("message").asString()).isNotBlank();
          });
      proxy.restore();
      await()
          .untilAsserted(() ->
              assertThat(server.get(OVERVIEW).json().path("sessions").path("troubles").isEmpty())
                  .isTrue());
    }
  }

  @Test
  void a_viewer_gets_everything_first_and_then_the_changes() {
    try (var server = RunningServer.with(Map.of());
        Stream<String> stream = server.lines(OVERVIEW + "/events")) {
      var lines = stream.iterator();
      var first = next(lines, "overview");
      assertThat(first.path("history").path("since").isString()).isTrue();
      assertThat(first.path("server").path("answers").path("kept_in").asString())
          .isEqualTo("folder");

      server.put("/api/admin/warming/settings", "{\"warming_delay\": \"1h\"}");
      server.post(QUEUE, "{\"queries\": [\"What is a TTL?\", \"What is a lease?\"]}");

      var later = next(lines, "overview");
      while (later.path("answers").path("queue").path("processed").asInt() < 1) {
        later = next(lines, "overview");
      }
      assertThat(later.path("answers").path("queue").path("total").asInt()).isEqualTo(2);
      assertThat(later.has("history")).isFalse();
      assertThat(later.has("server")).isFalse();
    }
  }

  @Tag("soak")
  @Test
  void a_long_stream_gets_new_points_of_the_history() {
    try (var server = RunningServer.with(Map.of());
        Stream<String> stream = server.lines(OVERVIEW + "/events")) {
      var lines = stream.iterator();
      next(lines, "overview");

      for (int i = 0; i < 4; i++) {
        var point = next(lines, "point");
        assertThat(point.path("armed").asInt(-1)).isZero();
        assertThat(point.path("answered_per_minute").asDouble(-1)).isZero();
      }
    }
  }

  /// With its own client, since the shared one would wait for the stream to end.
  @Test
  void the_stream_ends_with_the_server() throws Exception {
    var server = RunningServer.with(Map.of());
    try (var client = HttpClient.newHttpClient()) {
      var request = server.request(OVERVIEW + "/events").build();
      var lines = client.send(request, BodyHandlers.ofLines()).body().iterator();
      next(lines, "overview");

      Thread.ofVirtual().start(server::close);

      while (lines.hasNext()) {
        assertThat(lines.next()).doesNotContain("error");
      }
    }
  }

  @Test
  void a_hundred_viewers_get_the_same() {
    try (var server = RunningServer.with(Map.of())) {
      var streams = Stream.generate(() -> server.lines(OVERVIEW + "/events")).limit(100).toList();
      var viewers = streams.stream().map(Stream::iterator).toList();
      viewers.forEach(lines -> next(lines, "overview"));

      server.post(QUEUE, "{\"queries\": [\"What is a TTL?\"]}");

      for (var lines : viewers) {
        var told = next(lines, "overview");
        while (told.path("answers").path("queue").path("last").isNull()) {
          told = next(lines, "overview");
        }
      }
      streams.forEach(Stream::close);
    }
  }

  @Test
  void an_unknown_parameter_is_rejected() {
    try (var server = RunningServer.with(Map.of())) {
      assertThat(server.get(OVERVIEW + "?window=1h").status()).isEqualTo(400);
    }
  }
}
