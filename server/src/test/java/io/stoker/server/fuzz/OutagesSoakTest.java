package io.stoker.server.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.stoker.server.ServerProcess;
import io.stoker.server.SessionEnvironment;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// A server that is killed, and whose Postgres and Redis go away under it, again and again, while
/// it works questions off of which some are poison: what it has accepted, it does.
@Tag("soak")
class OutagesSoakTest {

  private static final int ROUNDS = 12;
  private static final int GOOD = 40;
  private static final int POISON = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String QUEUE = "/api/admin/warming/";

  private final RealPostgres postgres = RealPostgres.start();
  private final RealRedis redis = RealRedis.start();
  private final List<Long> batches = new ArrayList<>();
  private final List<String> chats = new ArrayList<>();

  private HttpServer application;
  private Map<String, String> variables;
  private ServerProcess server;

  @BeforeEach
  void start() throws IOException {
    application = application();
    variables =
        SessionEnvironment.with(100, redis)
            .variables(
                "STOKER_ANSWERS_DATABASE_URL",
                postgres.url(postgres.newDatabase()),
                "STOKER_ANSWERS_PIPELINE_URL",
                "http://127.0.0.1:" + application.getAddress().getPort() + "/ask",
                "STOKER_PROMPTS_SIMULATOR_PACE",
                "0s",
                "STOKER_PROMPTS_SIMULATOR_LATENCY",
                "0s");
    launch();
    server.put(
        QUEUE + "settings",
        "{\"lease\": \"2s\", \"warming_delay\": \"5ms\", \"concurrency\": 4, \"retries\": [\"1s\"]}");
  }

  private void launch() {
    server = ServerProcess.start(variables, List.of("-Xmx256m"));
  }

  @AfterEach
  void stop() {
    server.close();
    application.stop(0);
    redis.close();
    postgres.close();
  }

  /// Answers whatever is no poison.
  private static HttpServer application() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/ask",
        exchange -> {
          var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          var answer = "{\"answer\": \"As you say.\"}".getBytes(UTF_8);
          exchange.sendResponseHeaders(body.contains("poison") ? 500 : 200, answer.length);
          try (var out = exchange.getResponseBody()) {
            out.write(answer);
          }
        });
    server.start();
    return server;
  }

  @Test
  void what_was_accepted_is_done_whatever_is_killed_meanwhile() {
    for (int round = 0; round < ROUNDS; round++) {
      batches.add(server.post(QUEUE + "queue/manual", questions(round)).path("id").asLong());
      chats.add("chat-" + round);
      server.chat("chat-" + round);
      disturb(round);
      awaitHealth();
    }

    for (var batch : batches) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            var done = server.get(QUEUE + "batches/" + batch);
            assertThat(done.path("completed").asInt()).as("%s", done).isEqualTo(GOOD);
            // Given up one at a time, when nothing else is left to try.
            assertThat(done.path("failed").asInt()).as("%s", done).isLessThanOrEqualTo(POISON);
          });
    }
    for (var chat : chats) {
      assertThat(server.get("/conversations/" + chat).path("latestSeq").asLong())
          .as(chat)
          .isPositive();
    }
    System.out.printf(
        "Soak: after %d outages %d questions are answered, and %d chats are there%n",
        ROUNDS, GOOD * ROUNDS, chats.size());
  }

  private static String questions(int round) {
    var all =
        IntStream.range(0, GOOD + POISON)
            .mapToObj(i ->
                (i < POISON ? "What of poison " : "What of ") + i + " in round " + round + "?");
    return new JsonMapper().writeValueAsString(Map.of("queries", all.toList()));
  }

  private void disturb(int round) {
    switch (round % 6) {
      case 0, 3 -> {
        server.kill();
        launch();
      }
      case 1 -> {
        postgres.stop();
        postgres.restart();
      }
      case 2 -> {
        redis.kill();
        redis.restart();
      }
      case 4 -> {
        postgres.kill();
        postgres.restart();
      }
      default -> {
        postgres.kill();
        redis.kill();
        server.kill();
        redis.restart();
        postgres.restart();
        launch();
      }
    }
  }

  /// Waits until it takes orders again.
  private void awaitHealth() {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> server.get("/actuator/health").path("status").asString().equals("UP"));
  }
}
