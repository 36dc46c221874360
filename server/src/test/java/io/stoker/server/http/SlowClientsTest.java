package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Clients that send a byte now and then, to a server with timeouts of one second.
class SlowClientsTest {

  private static final String TOKEN = "correct-horse-battery-staple";

  private static RunningServer server;

  @BeforeAll
  static void start() {
    server =
        RunningServer.with(
            Map.of(
                "STOKER_TOKEN",
                TOKEN,
                "STOKER_HTTP_REQUEST_TIMEOUT",
                "1s",
                "STOKER_HTTP_BODY_TIMEOUT",
                "1s",
                "SERVER_TOMCAT_KEEP_ALIVE_TIMEOUT",
                "1s"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// Sends a byte now and then, until the server stops reading.
  private static void trickle(RawConnection connection) {
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> connection.send("x").hasEnded());
  }

  @Test
  void incomplete_headers_time_out() {
    try (var slow = new RawConnection(server.port())) {
      trickle(slow.send("GET /health HTTP/1.1\r\nX: "));
    }
  }

  @Test
  void an_incomplete_request_line_times_out() {
    try (var slow = new RawConnection(server.port())) {
      trickle(slow);
    }
  }

  @Test
  void an_incomplete_second_request_times_out() {
    try (var slow = new RawConnection(server.port())) {
      slow.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");

      assertThat(slow.reply().status()).isEqualTo(200);
      trickle(slow.send("GET /health HTTP/1.1\r\nX: "));
    }
  }

  @Test
  void an_anonymous_request_s_incomplete_body_times_out() {
    try (var slow = new RawConnection(server.port())) {
      trickle(
          slow.send(
              "POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                  + "Content-Length: 60000\r\n\r\n{"));
    }
  }

  @Test
  void the_rest_of_a_rejected_body_is_not_waited_for() {
    try (var slow = new RawConnection(server.port())) {
      slow.send("PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n");

      assertThat(slow.reply().status()).isEqualTo(405);
      trickle(slow);
    }
  }

  @Test
  void a_caller_s_incomplete_body_gets_a_problem() {
    try (var slow = new RawConnection(server.port())) {
      slow.send(
          "POST /api/answers/ask HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
              + TOKEN
              + "\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{");
      await()
          .atMost(Duration.ofMinutes(1))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> slow.send("x").hasNews());

      var reply = slow.reply();

      assertThat(reply.status()).as(reply.toString()).isEqualTo(408);
      assertThat(reply.body()).contains("\"code\":\"too-slow\"", "stoker.http.body-timeout");
    }
  }
}
