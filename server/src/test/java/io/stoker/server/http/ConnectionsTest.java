package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.TestTokens;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The limits of connections, on a server with ten for all callers and six per caller.
class ConnectionsTest {

  private static final String TOKEN = "correct-horse-battery-staple";

  @TempDir private static Path folder;
  private static RunningServer server;
  private static String viewer;

  private final List<RawConnection> open = new ArrayList<>();

  @BeforeAll
  static void start() {
    var tokens = folder.resolve("tokens");
    viewer = TestTokens.create(tokens, "watcher", "viewer");
    server =
        RunningServer.with(
            Map.of(
                "STOKER_TOKEN",
                TOKEN,
                "STOKER_TOKENS_FILE",
                tokens.toString(),
                "STOKER_HTTP_CONNECTIONS",
                "10",
                "STOKER_HTTP_CONNECTIONS_PER_CALLER",
                "6"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void awaitNobody() {
    awaitInUse(0);
  }

  @AfterEach
  void leave() {
    open.forEach(RawConnection::close);
  }

  private static void awaitInUse(int count) {
    var connections = server.part(ConnectionRegistry.class);
    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(connections.inUse()).isEqualTo(count));
  }

  private static String request(String path, String token, String... more) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\n"
        + (token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n")
        + String.join("", more)
        + "\r\n";
  }

  private static String knock(String token) {
    return request(
        "/ws",
        token,
        "Upgrade: websocket\r\n",
        "Connection: Upgrade\r\n",
        "Sec-WebSocket-Version: 13\r\n",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
  }

  /// Opens a connection, keeps it alive, and sends a request.
  private RawConnection open(String request) {
    var connection = new RawConnection(server.port());
    open.add(connection);
    return connection.send(request);
  }

  private void assertProbesAreAnswered() {
    for (var path : List.of("/health", "/actuator/health/liveness")) {
      assertThat(RawConnection.ask(server.port(), request(path, "")).status()).isEqualTo(200);
    }
  }

  @Test
  void idle_anonymous_connections_are_closed_for_new_ones_and_callers_stay() {
    var socket = open(knock(TOKEN));
    assertThat(socket.head().status()).isEqualTo(101);

    for (int i = 0; i < 100; i++) {
      open("");
    }

    assertProbesAreAnswered();
    assertThat(RawConnection.ask(server.port(), request("/models", TOKEN)).status()).isEqualTo(200);
    assertThat(socket.hasEnded()).isFalse();
  }

  @Test
  void anonymous_connections_with_unfinished_requests_are_closed_for_new_ones() {
    for (int i = 0; i < 50; i++) {
      open("GET /health HTTP/1.1\r\nHost: loc");
      open(
          "POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 50\r\n\r\n{");
    }

    assertProbesAreAnswered();
  }

  @Test
  void one_token_s_sockets_cannot_use_all_connections() {
    for (int i = 0; i < 6; i++) {
      assertThat(open(knock(viewer)).head().status()).isEqualTo(101);
    }

    var one = RawConnection.ask(server.port(), knock(viewer));
    var other = RawConnection.ask(server.port(), request("/api/overview", viewer));

    assertThat(one.status()).isEqualTo(429);
    assertThat(one.header("Retry-After")).isEqualTo("1");
    assertThat(one.body()).contains("at most 6 requests, streams and sockets of watcher");
    assertThat(other.status()).isEqualTo(429);
    assertThat(RawConnection.ask(server.port(), request("/models", TOKEN)).status()).isEqualTo(200);
    assertProbesAreAnswered();
    open.getFirst().close();
    awaitInUse(5);
    assertThat(open(knock(viewer)).head().status()).isEqualTo(101);
  }

  @Tag("soak")
  @Test
  void one_token_s_streams_cannot_use_all_connections_and_are_released() {
    for (int i = 0; i < 6; i++) {
      var path = List.of("/api/overview/events", "/api/admin/warming/events").get(i % 2);
      assertThat(open(request(path, viewer)).head().status()).isEqualTo(200);
    }

    assertThat(RawConnection.ask(server.port(), request("/api/overview", viewer)).status())
        .isEqualTo(429);
    assertProbesAreAnswered();
    open.forEach(RawConnection::close);
    awaitInUse(0);
  }

  @Test
  void health_checks_are_answered_when_all_connections_are_used() {
    for (int i = 0; i < 10; i++) {
      assertThat(open(knock(i < 5 ? viewer : TOKEN)).head().status()).isEqualTo(101);
    }

    var refused = RawConnection.ask(server.port(), request("/models", TOKEN));

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.header("Retry-After")).isEqualTo("1");
    assertThat(refused.body()).contains("\"code\":\"busy\"", "stoker.http.connections");
    assertProbesAreAnswered();
    for (int i = 0; i < 50; i++) {
      open("");
    }
    assertProbesAreAnswered();
    assertThat(open.stream().limit(10)).noneMatch(RawConnection::hasEnded);
  }

  @Test
  void requests_on_a_kept_alive_connection_are_counted_one_at_a_time() {
    var connection = open("");
    for (int i = 0; i < 20; i++) {
      assertThat(connection.send(request("/models", viewer)).reply().status()).isEqualTo(200);
      assertThat(connection.send(request("/health", "")).reply().status()).isEqualTo(200);
      assertThat(connection.send(request("/nothing", "")).reply().status()).isEqualTo(401);
    }

    awaitInUse(0);
  }
}
