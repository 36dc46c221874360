package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import io.stoker.testing.PgBouncer;
import io.stoker.testing.PgBouncer.Mode;
import io.stoker.testing.RealPostgres;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// A server whose databases are behind a real PgBouncer, by URLs without parameters.
class BehindPgBouncerTest {

  @BeforeAll
  static void require() {
    assumeTrue(PgBouncer.isInstalled(), "there is no PgBouncer on this machine");
  }

  private static String through(PgBouncer bouncer, String url) {
    return url.replace(":" + RealPostgres.shared().port() + "/", ":" + bouncer.port() + "/");
  }

  @ParameterizedTest
  @EnumSource(names = {"SESSION", "TRANSACTION"})
  void sessions_are_warmed_and_verified(Mode mode) {
    var world = SessionEnvironment.with(300);
    try (var bouncer = PgBouncer.inFrontOf(RealPostgres.shared(), mode);
        var server =
            RunningServer.with(
                world.variables(
                    "DATABASE_URL", through(bouncer, world.databaseUrl()),
                    "STOKER_SESSIONS_WARM_AT_START", "false",
                    "STOKER_SESSIONS_KEEP_WARM", "false"))) {
      for (int i = 0; i < 3; i++) {
        var id = server.post("/api/sessions/warm", "{}").text("id");
        assertThat(server.get("/api/sessions/estimate?count=100&window=24h").status())
            .isEqualTo(200);

        var run = awaitEnd(server, id);

        assertThat(run.path("state").asString()).as("%s", run).isEqualTo("completed");
        assertThat(run.path("selected").asLong()).isEqualTo(300);
        assertThat(run.path("verified").path("share").asDouble()).isEqualTo(1.0);
      }
    }
  }

  private static JsonNode awaitEnd(RunningServer server, String id) {
    return await()
        .until(
            () -> server.get("/api/sessions/runs/" + id).json(),
            run -> !run.path("state").asString().equals("running"));
  }

  @ParameterizedTest
  @EnumSource(names = {"SESSION", "TRANSACTION"})
  void answers_and_conversations_are_found_after_a_restart(Mode mode) {
    var postgres = RealPostgres.shared();
    var database = postgres.url(postgres.newDatabase());
    try (var bouncer = PgBouncer.inFrontOf(postgres, mode)) {
      var variables =
          Map.of(
              "STOKER_ANSWERS_DATABASE_URL", through(bouncer, database),
              "STOKER_PROMPTS_SIMULATOR_PACE", "0s",
              "STOKER_PROMPTS_SIMULATOR_LATENCY", "0s");
      String answer;
      try (var server = RunningServer.with(variables)) {
        answer = ask(server).text("answer");
        server.post("/chat", "{\"message\": \"hello\", \"conversationId\": \"chat\"}");
      }

      try (var server = RunningServer.with(variables)) {
        var again = ask(server);

        assertThat(again.text("answer")).isNotEmpty().isEqualTo(answer);
        assertThat(again.json().path("cached").asBoolean()).isTrue();
        assertThat(server.get("/conversations/chat").json().path("latestSeq").asInt()).isEqualTo(2);
      }
    }
  }

  private static RunningServer.Answer ask(RunningServer server) {
    return server.post("/api/answers/ask", "{\"question\": \"What is a cache?\"}");
  }
}
