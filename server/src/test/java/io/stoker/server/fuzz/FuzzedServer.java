package io.stoker.server.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import io.stoker.server.TestTokens;
import io.stoker.server.access.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A server with a token for everybody and a little of everything in it: what it keeps and what it
/// logs can be looked at. Confined to one thread.
final class FuzzedServer implements AutoCloseable {

  /// Who has no token.
  static final String NOBODY = "nobody";

  static final long SEED = Long.getLong("fuzz.seed", 20_261_201);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Map<String, String> tokens = new HashMap<>();
  private final RunningServer server;
  private final StoredState state;
  private final LogTrouble log;

  FuzzedServer(Path folder) {
    var file = folder.resolve("tokens");
    tokens.put(NOBODY, "");
    for (var role : Role.values()) {
      tokens.put(role.label(), TestTokens.create(file, "the-" + role.label(), role.label()));
    }
    var world = SessionEnvironment.with(50);
    this.server =
        RunningServer.with(
            world.variables(
                "STOKER_ANSWERS_DATA", folder.toString(),
                "SERVER_ADDRESS", "0.0.0.0",
                "STOKER_PROMPTS_SIMULATOR_PACE", "0s",
                "STOKER_PROMPTS_SIMULATOR_LATENCY", "0s",
                "STOKER_RATELIMIT", "0"));
    post("/api/documents", "{\"id\": \"a-document\", \"text\": \"A lease ends.\"}");
    post("/api/admin/warming/queue/manual", "{\"queries\": [\"What is a lease?\"]}");
    post("/chat", "{\"conversationId\": \"a-chat\", \"message\": \"Hello\"}");
    post("/api/sessions/warm", "{}");
    await()
        .atMost(PATIENCE)
        .until(() ->
            get("/api/admin/warming/batches/1").path("status").asString().equals("completed"));
    this.state = new StoredState(folder.resolve("stoker.db"), world.redis().jedis());
    this.log = new LogTrouble();
  }

  /// Those first who may change nothing.
  static Stream<String> callers() {
    return Stream.concat(Stream.of(NOBODY), Stream.of(Role.values()).map(Role::label));
  }

  private String[] operator() {
    return new String[] {"Authorization", "Bearer " + tokens.get(Role.OPERATOR.label())};
  }

  private void post(String path, String json) {
    var answer = server.post(path, json, operator());
    assertThat(answer.status()).as("%s", answer).isBetween(200, 299);
  }

  JsonNode get(String path) {
    return server.get(path, operator()).json();
  }

  int port() {
    return server.port();
  }

  String token(String caller) {
    return String.valueOf(tokens.get(caller));
  }

  StoredState state() {
    return state;
  }

  LogTrouble log() {
    return log;
  }

  /// Waits until nothing is written any more, and tells what is there then.
  Map<String, Long> awaitQuiet() {
    var last = new HashMap<String, Long>();
    await()
        .atMost(PATIENCE)
        .until(() -> {
          var now = state.digest();
          var isQuiet = now.equals(last);
          last.clear();
          last.putAll(now);
          return isQuiet;
        });
    return last;
  }

  /// Checks that it goes on as if nothing had been.
  void assertIsWell() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          var health = server.get("/actuator/health", operator());
          assertThat(health.status()).as("%s", health).isEqualTo(200);
          assertThat(health.text("status")).isEqualTo("UP");
        });
  }

  @Override
  public void close() {
    log.close();
    state.close();
    server.close();
  }
}
