package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What a server does at its start, without requests.
class StartTest {

  private static JsonNode firstRun(RunningServer server) {
    return await()
        .until(
            () -> {
              var runs = server.get("/api/sessions/runs").json().path("runs");
              return runs.path(runs.size() - 1);
            },
            run -> run.isObject() && !run.path("state").asString().equals("running"));
  }

  @Test
  void a_cold_cache_is_warmed_and_a_second_server_finds_it_warm() {
    var world = SessionEnvironment.with(150);

    try (var server = RunningServer.with(world.variables())) {
      var run = firstRun(server);
      assertThat(run.path("trigger").asString()).isEqualTo("startup");
      assertThat(run.path("state").asString()).isEqualTo("completed");
      assertThat(run.path("warmed").asLong()).isEqualTo(150);
    }
    try (var second = RunningServer.with(world.variables("STOKER_SESSIONS_KEEP_WARM", "false"))) {
      var run = firstRun(second);
      assertThat(run.path("trigger").asString()).isEqualTo("startup");
      assertThat(run.path("state").asString()).isEqualTo("already-warm");
      assertThat(run.path("message").asString()).startsWith("Warm already, since ");
    }
  }

  @Test
  void an_emptied_cache_is_warmed_again() {
    var world = SessionEnvironment.with(30);
    try (var server = RunningServer.with(world.variables("STOKER_SESSIONS_LOOK_EVERY", "50ms"))) {
      firstRun(server);

      world.redis().flush();

      var runs =
          await()
              .until(
                  () -> server.get("/api/sessions/runs").json().path("runs"),
                  all ->
                      all.size() > 1 && all.path(0).path("state").asString().equals("completed"));
      assertThat(runs.path(0).path("trigger").asString()).isEqualTo("keeper");
      assertThat(runs.path(0).path("warmed").asLong()).isEqualTo(30);
    }
  }

  @Test
  void the_server_starts_when_no_database_answers() {
    var variables =
        Map.of(
            "DATABASE_URL", "postgres://ann:hunter2@127.0.0.1:1/shop",
            "REDIS_URL", "redis://:hunter2@127.0.0.1:1");
    try (var server = RunningServer.with(variables)) {
      var run = firstRun(server);
      assertThat(run.path("state").asString()).isEqualTo("cache-unreachable");

      var health = server.get("/actuator/health");
      var estimate = server.get("/api/sessions/estimate");
      var stats = server.get("/api/sessions/stats");
      var revocation = server.post("/api/sessions/revocations", "{\"token\": \"a\"}");

      assertThat(health.status()).isEqualTo(200);
      assertThat(health.response().body())
          .contains("\"state\":\"cache-unreachable\"", "Check that it runs and REDIS_URL is right")
          .contains("Check that Postgres runs and DATABASE_URL is right")
          .doesNotContain("hunter2");
      assertThat(estimate.status()).isEqualTo(503);
      assertThat(estimate.text("code")).isEqualTo("source-unreachable");
      assertThat(stats.status()).isEqualTo(503);
      assertThat(stats.text("code")).isEqualTo("cache-unreachable");
      assertThat(revocation.status()).isEqualTo(503);
    }
  }

  @Test
  void a_dead_cluster_does_not_keep_the_server_from_starting() {
    var variables =
        SessionEnvironment.with(0).variables("REDIS_URL", "redis://127.0.0.1:1,127.0.0.1:2");
    try (var server = RunningServer.with(variables)) {
      assertThat(firstRun(server).path("state").asString()).isEqualTo("cache-unreachable");
    }
  }

  @Test
  void without_addresses_sessions_say_what_to_set() {
    try (var server = RunningServer.with(Map.of())) {
      var runs = server.get("/api/sessions/runs");
      var progress = server.get("/api/sessions/progress");

      assertThat(server.get("/actuator/health").status()).isEqualTo(200);
      assertThat(server.get("/actuator/health/readiness").status()).isEqualTo(200);
      assertThat(progress.status()).isEqualTo(503);
      assertThat(runs.status()).isEqualTo(503);
      assertThat(runs.text("code")).isEqualTo("not-configured");
      assertThat(runs.text("detail"))
          .isEqualTo(
              "DATABASE_URL and REDIS_URL are not set. Set"
                  + " DATABASE_URL=postgres://user:password@host:5432/database and"
                  + " REDIS_URL=redis://:password@host:6379, and start the server again");
    }
  }

  @Test
  void without_redis_sessions_name_redis_alone() {
    try (var server = RunningServer.with(SessionEnvironment.with(0).variables("REDIS_URL", ""))) {
      assertThat(server.get("/api/sessions/runs").text("detail"))
          .startsWith("REDIS_URL is not set. Set REDIS_URL=redis://");
    }
  }

  @Test
  void the_gate_opens_when_the_first_run_ends_or_at_its_deadline() throws SQLException {
    var world = SessionEnvironment.with(20);
    try (var connection = world.dataSource().getConnection();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE platform.user_sessions IN ACCESS EXCLUSIVE MODE");
      try (var patient =
              RunningServer.with(
                  world.variables(
                      "STOKER_SESSIONS_READINESS_GATE", "true",
                      "STOKER_SESSIONS_READINESS_DEADLINE", "1h"));
          var hasty =
              RunningServer.with(
                  world.variables(
                      "STOKER_SESSIONS_NAMESPACE", "other:",
                      "STOKER_SESSIONS_READINESS_GATE", "true",
                      "STOKER_SESSIONS_READINESS_DEADLINE", "3s"))) {
        assertThat(patient.get("/actuator/health/readiness").status()).isEqualTo(503);
        assertThat(patient.get("/actuator/health/liveness").status()).isEqualTo(200);
        await().until(() -> hasty.get("/actuator/health/readiness").status() == 200);
        assertThat(patient.get("/actuator/health/readiness").status()).isEqualTo(503);

        connection.rollback();

        await().until(() -> patient.get("/actuator/health/readiness").status() == 200);
        assertThat(firstRun(patient).path("state").asString()).isEqualTo("completed");
      }
    }
  }
}
