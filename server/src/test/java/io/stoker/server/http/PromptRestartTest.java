package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import io.stoker.testing.RealPostgres;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The state of conversations after a restart.
class PromptRestartTest {

  private static final String CHAT = "/conversations/chat";
  private static final String MANAGED = "/api/prompts/conversations/chat";

  @TempDir private Path folder;

  @Test
  void a_server_on_sqlite_keeps_history_and_warming_over_a_restart() {
    assertThatAllComesBack(Map.of());

    assertThat(folder.resolve("data/stoker.db")).exists();
  }

  @Test
  void a_server_on_postgres_keeps_history_and_warming_over_a_restart() {
    var postgres = RealPostgres.shared();

    assertThatAllComesBack(
        Map.of("STOKER_ANSWERS_DATABASE_URL", postgres.url(postgres.newDatabase())));

    assertThat(folder.resolve("data/stoker.db")).doesNotExist();
  }

  private void assertThatAllComesBack(Map<String, String> database) {
    var settings = new HashMap<>(database);
    settings.put("STOKER_ANSWERS_DATA", folder.resolve("data").toString());
    settings.put("STOKER_PROMPTS_SIMULATOR_PACE", "0s");
    settings.put("STOKER_PROMPTS_SIMULATOR_LATENCY", "0s");
    JsonNode history;
    JsonNode metrics;
    JsonNode warms;
    JsonNode before;
    try (var server = RunningServer.with(settings)) {
      server.post("/chat", "{\"message\":\"hello\",\"conversationId\":\"chat\"}");
      server.post(MANAGED + "/warm", "");
      before = server.put(MANAGED + "/warming", "{\"enabled\": true, \"interval\": \"4m\"}").json();
      history = server.get(CHAT).json();
      metrics = server.get(CHAT + "/metrics").json();
      warms = server.get(MANAGED + "/warms").json();
    }
    assertThat(history.path("latestSeq").asInt()).isEqualTo(2);
    assertThat(metrics.path("turns").size()).isEqualTo(1);
    assertThat(warms.findValues("started_at")).hasSize(1);

    try (var server = RunningServer.with(settings)) {
      var after = server.get(MANAGED).json();

      assertThat(server.get(CHAT).json()).isEqualTo(history);
      assertThat(server.get(CHAT + "/metrics").json()).isEqualTo(metrics);
      assertThat(server.get(MANAGED + "/warms").json()).isEqualTo(warms);
      assertThat(after.path("enabled").asBoolean()).isTrue();
      assertThat(after.path("interval")).isEqualTo(before.path("interval"));
      assertThat(after.path("last_warm_at")).isEqualTo(before.path("last_warm_at"));
      assertThat(Instant.parse(after.path("next_warm_at").asString()))
          .isBefore(Instant.parse(after.path("cold_at").asString()));
      server.post("/chat", "{\"message\":\"again\",\"conversationId\":\"chat\"}");
      assertThat(server.get(CHAT).json().path("latestSeq").asInt()).isEqualTo(4);
    }
  }
}
