package io.stoker.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.ServerProcess;
import io.stoker.server.SessionEnvironment;
import io.stoker.server.SilentPipeline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server in a process of its own, as systemd or a container runs it.
@Timeout(120)
@Tag("soak")
class ServerProcessTest {

  private static final int QUESTIONS = 500;
  private static final JsonMapper JSON = new JsonMapper();

  /// What `docs/operations.md` promises at the most.
  private static final Duration LONGEST_STOP = Duration.ofSeconds(75);

  private static void read(Process process, List<String> lines) {
    try (var out = process.inputReader(UTF_8)) {
      out.lines().forEach(lines::add);
    } catch (IOException e) {
      lines.add("broken off: " + e);
    }
  }

  private static URI place(List<String> lines) {
    var start = "Stoker listens on port ";
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> lines.stream().anyMatch(line -> line.contains(start)));
    var line = lines.stream().filter(one -> one.contains(start)).findFirst().orElseThrow();
    return URI.create("http://127.0.0.1:" + line.replaceAll("(?s).*" + start + "(\\d+).*", "$1"));
  }

  private static HttpRequest post(URI place, String path, String json) {
    return HttpRequest.newBuilder(place.resolve(path))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(json))
        .build();
  }

  @Test
  void a_stopped_server_releases_everything_and_logs_it_as_json(@TempDir Path data)
      throws IOException, InterruptedException, SQLException {
    var world = SessionEnvironment.with(400);
    var silent = new SilentPipeline();
    @SuppressWarnings("resource") // closing it would wait for the turn that is going on
    var http = HttpClient.newHttpClient();
    var process =
        ServerProcess.launch(
            world.variables(
                "SERVER_PORT", "0",
                "STOKER_ANSWERS_DATA", data.toString(),
                "STOKER_SESSIONS_RATE", "5",
                "STOKER_SESSIONS_BATCH_SIZE", "10",
                "STOKER_ANSWERS_PIPELINE_URL", silent.url(),
                "STOKER_PROMPTS_SIMULATOR_PACE", "1s",
                "LOGGING_STRUCTURED_FORMAT_CONSOLE", "ecs"),
            List.of(),
            "serve");
    try (silent) {
      var lines = new CopyOnWriteArrayList<String>();
      var reader = Thread.ofVirtual().start(() -> read(process, lines));
      var place = place(lines);
      var questions =
          IntStream.range(0, QUESTIONS)
              .mapToObj(i -> "\"What is a lease, number " + i + "?\"")
              .collect(Collectors.joining(",", "{\"queries\": [", "]}"));
      var queued =
          http.send(
              post(place, "/api/admin/warming/queue/manual", questions), BodyHandlers.ofString());
      assertThat(queued.statusCode()).isEqualTo(201);
      var chat = "{\"conversationId\": \"c1\", \"message\": \"What is a cache?\"}";
      var turn = http.send(post(place, "/chat", chat), BodyHandlers.ofInputStream());
      assertThat(turn.statusCode()).isEqualTo(200);
      var health = HttpRequest.newBuilder(place.resolve("/actuator/health")).build();
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(http.send(health, BodyHandlers.ofString()).body())
                  .containsPattern("\"in_hand\":[1-9]")
                  .contains("\"turns\":1", "\"state\":\"running\""));

      process.toHandle().destroy(); // SIGTERM, and its last words can still be read

      assertThat(process.waitFor(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
      assertThat(reader.join(Duration.ofSeconds(10))).isTrue();
      var told = new ArrayList<JsonNode>();
      for (var line : lines) {
        told.add(JSON.readTree(line));
      }
      assertThat(told)
          .allSatisfy(line -> assertThat(line.path("message").asString("")).isNotEmpty())
          .anySatisfy(line -> {
            assertThat(line.path("message").asString())
                .startsWith("Warm run ")
                .contains("cancelled");
            assertThat(line.path("run").asString())
                .isNotEmpty()
                .isSubstringOf(line.path("message").asString());
          })
          .noneSatisfy(
              line -> assertThat(line.path("log").path("level").asString()).isIn("WARN", "ERROR"));
    } finally {
      process.destroyForcibly();
      http.shutdownNow();
    }
    assertNothingIsHeld(data);
    try (var jedis = world.redis().jedis()) {
      assertThat(jedis.exists("stoker:session:lock")).isFalse();
    }
  }

  private static void assertNothingIsHeld(Path data) throws SQLException {
    try (var database = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("stoker.db"))) {
      assertThat(number(database, "SELECT count(*) FROM query WHERE state = 0 AND attempts = 0"))
          .isEqualTo(QUESTIONS);
      assertThat(number(database, "SELECT count(*) FROM chunk WHERE conversation_id = 'c1'"))
          .isPositive();
    }
  }

  private static long number(Connection database, String sql) throws SQLException {
    try (var statement = database.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
