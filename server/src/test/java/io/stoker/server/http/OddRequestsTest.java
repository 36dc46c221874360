package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.stoker.server.RunningServer;
import io.stoker.server.http.RawConnection.Reply;
import java.util.ArrayList;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Requests with a malformed first line, header or body: each is rejected with a problem and
/// without a line in the log.
class OddRequestsTest {

  private static final String TOKEN = "correct-horse-battery-staple";
  private static final String KNOWN = "Host: localhost\r\nAuthorization: Bearer " + TOKEN;
  private static final String UPGRADE =
      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
          + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  private static final String DIGITS = "9".repeat(2_000);

  private static RunningServer server;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeAll
  static void start() {
    server =
        RunningServer.with(Map.of("STOKER_TOKEN", TOKEN, "STOKER_PROMPTS_SIMULATOR_PACE", "0s"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void listen() {
    log.start();
    root().addAppender(log);
  }

  @AfterEach
  void stopListening() {
    root().detachAppender(log);
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  private void assertRefused(Reply reply, int status) {
    assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
    assertThat(reply.header("Content-Type")).startsWith("application/problem+json");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
    var problem = new JsonMapper().readTree(reply.body());
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("detail").asString()).isNotBlank();
    assertThat(problem.path("code").asString()).isNotBlank();
    assertThat(reply.body()).doesNotContain("Exception", "Tomcat", "\tat ");
    assertThat(log.list).as("the log").isEmpty();
  }

  static Stream<String> queries() {
    return Stream.of(
        "x=%ff",
        "x=%",
        "x=%4",
        "x=%zz",
        "%ff=x",
        "x=%c3",
        "x=%c3%28",
        "x=%ed%a0%80",
        "x=%f8%88%80%80%80",
        "x=1&y=%e4",
        IntStream.range(0, 1_001).mapToObj(i -> "a" + i + "=1").collect(Collectors.joining("&")));
  }

  static Stream<String> readPaths() {
    return Stream.of(
        "/",
        "/health",
        "/api/session",
        "/api/overview",
        "/api/overview/events",
        "/api/documents",
        "/models",
        "/conversations/c",
        "/actuator/health",
        "/actuator/health/liveness",
        "/actuator/prometheus",
        "/v3/api-docs",
        "/nothing",
        "/ws");
  }

  static Stream<Arguments> queriesOfPaths() {
    return readPaths().flatMap(path -> queries().map(query -> arguments(path, query)));
  }

  @Test
  void a_query_that_cannot_be_decoded_is_rejected_everywhere() {
    var failed = new ArrayList<String>();
    queriesOfPaths()
        .forEach(one -> {
          var target = one.get()[0] + "?" + one.get()[1];
          for (var known : new String[] {"Host: localhost", KNOWN}) {
            var reply =
                RawConnection.ask(
                    server.port(), "GET " + target + " HTTP/1.1\r\n" + known + "\r\n\r\n");
            var code = reply.body().contains("\"code\":\"bad-request\"");
            if (reply.status() != 400 || !code) {
              failed.add(target + ": " + reply);
            }
          }
        });

    assertThat(failed).isEmpty();
    assertThat(log.list).as("the log").isEmpty();
  }

  @ParameterizedTest
  @MethodSource("queries")
  void no_socket_is_opened_by_a_query_that_cannot_be_decoded(String query) {
    for (var path : new String[] {"/ws", "/", "/health", "/anything"}) {
      for (var known : new String[] {"Host: localhost", KNOWN}) {
        var reply =
            RawConnection.ask(
                server.port(), "GET " + path + "?" + query + " HTTP/1.1\r\n" + known + UPGRADE);

        assertRefused(reply, 400);
      }
    }
  }

  static Stream<Arguments> requests() {
    var host = "\r\nHost: localhost\r\n\r\n";
    return Stream.of(
        arguments("GET /%ff HTTP/1.1" + host, 400),
        arguments("GET /conversations/%c3%28 HTTP/1.1" + host, 400),
        arguments("GET /conversations/%e4 HTTP/1.1" + host, 400),
        arguments("GET /%zz HTTP/1.1" + host, 400),
        arguments("GET /% HTTP/1.1" + host, 400),
        arguments("GET /a%00b HTTP/1.1" + host, 400),
        arguments("GET /a%2fb HTTP/1.1" + host, 400),
        arguments("GET /a%5cb HTTP/1.1" + host, 400),
        arguments("GET /actuator/health/../x HTTP/1.1" + host, 400),
        arguments("GET /actuator/health/%2e%2e/x HTTP/1.1" + host, 400),
        arguments("GET /actuator/health/..;a=b/x HTTP/1.1" + host, 400),
        arguments("GET /actuator/./health HTTP/1.1" + host, 400),
        arguments("GET /../../etc/passwd HTTP/1.1" + host, 400),
        arguments("GET /a|b HTTP/1.1" + host, 400),
        arguments("GET /\u00e4 HTTP/1.1" + host, 400),
        arguments("GET /?x=\u00e4 HTTP/1.1" + host, 400),
        arguments("GET http://[ HTTP/1.1" + host, 400),
        arguments("GET * HTTP/1.1" + host, 400),
        arguments("G\u0001T / HTTP/1.1" + host, 400),
        arguments("\u0016\u0003\u0001\u0002\u0000\r\n\r\n", 400),
        arguments("GET / HTTP/3.7" + host, 505),
        arguments("GET / HTTP/1.1\r\n\r\n", 400),
        arguments("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        arguments("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        arguments("GET / HTTP/1.1\r\nHost: localhost\r\nno colon here\r\n\r\n", 400),
        arguments("GET / HTTP/1.1\r\nHost: localhost\r\nX Y: z\r\n\r\n", 400),
        arguments("GET / HTTP/1.1\r\nHost: localhost\r\nX: a\u0000b\r\n\r\n", 400),
        arguments("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(9_000) + "\r\n\r\n", 400),
        arguments("GET /" + "x".repeat(9_000) + " HTTP/1.1" + host, 400),
        arguments("GET / HTTP/1.1\r\nHost: localhost\r\n" + "X: y\r\n".repeat(200) + "\r\n", 400),
        arguments("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", 400),
        arguments("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        arguments(
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            400),
        arguments(
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + DIGITS + "\r\n\r\n", 400),
        arguments("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: zip\r\n\r\n", 501),
        arguments("CONNECT localhost:80 HTTP/1.1" + host, 501),
        arguments("TRACE / HTTP/1.1" + host, 405),
        arguments("TRACE /actuator/health HTTP/1.1\r\n" + KNOWN + "\r\n\r\n", 405),
        arguments("DANCE /actuator/health HTTP/1.1\r\n" + KNOWN + "\r\n\r\n", 405),
        arguments("POST /actuator/health HTTP/1.1\r\n" + KNOWN + "\r\n\r\n", 405),
        arguments("GET / HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n", 417));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void requests_rejected_by_tomcat_get_a_problem(String request, int status) {
    assertRefused(RawConnection.ask(server.port(), request), status);
  }

  static Stream<Arguments> headers() {
    var knock = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
    var key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    return Stream.of(
        arguments("/ws", knock + key, 426),
        arguments("/ws", knock + key + "Sec-WebSocket-Version: 8\r\n", 426),
        arguments("/anything", knock + key + "Sec-WebSocket-Version:\r\n", 426),
        arguments("/ws", knock + "Sec-WebSocket-Version: 13\r\n", 400),
        arguments("/ws", knock + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n", 400),
        arguments("/ws", "Upgrade: websocket\r\n" + key + "Sec-WebSocket-Version: 13\r\n", 400),
        arguments("/api/overview", knock + key + "Sec-WebSocket-Version: 8\r\nX: y\r\n", 200),
        arguments("/actuator/health", knock + key, 200),
        arguments("/actuator/health", "Accept: application/json; charset=utf-16\r\n", 200),
        arguments("/actuator/health", "Accept: text/\r\n", 200),
        arguments("/actuator/health", "Accept: */*;q=x\r\n", 200),
        arguments("/actuator/health", "Accept: image/png\r\n", 200),
        arguments("/actuator/health/liveness", "Accept: image/png\r\n", 200),
        arguments("/actuator/health/none-such", "", 404),
        arguments("/actuator/health/%D9%A3/readiness", "", 404),
        arguments("/actuator/health/readiness/none-such", "", 404),
        arguments("/actuator/health/a/b/c", "", 404),
        arguments("/models", "Content-Type: */*\r\n", 415),
        arguments("/models", "Content-Type: text/*\r\n", 415),
        arguments("/models", "Content-Type: *\r\n", 415),
        arguments("/models", "Content-Type: text/\r\n", 200),
        arguments("/models", "Content-Type: /\r\n", 200),
        arguments("/models", "Accept: /\r\n", 200),
        arguments("/api/overview", "Accept: image/png\r\n", 200),
        arguments("/v3/api-docs", "Accept: image/png\r\n", 406),
        arguments("/v3/api-docs", "Accept: text/\r\n", 406),
        arguments("/actuator/prometheus", "Accept: image/png\r\n", 406),
        arguments("/actuator/prometheus", "Accept: text/\r\n", 406),
        arguments("/actuator/env", "", 404));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void malformed_headers_are_rejected_with_a_problem_or_ignored(
      String path, String headers, int status) {
    var reply =
        RawConnection.ask(
            server.port(), "GET " + path + " HTTP/1.1\r\n" + KNOWN + "\r\n" + headers + "\r\n");

    if (status == 200) {
      assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
      assertThat(log.list).as("the log").isEmpty();
    } else {
      assertRefused(reply, status);
    }
  }

  private static String post(String path, String type, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\n"
        + KNOWN
        + "\r\nContent-Type: "
        + type
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static String form(int boundary) {
    return "multipart/form-data; boundary=" + "b".repeat(boundary);
  }

  static Stream<Arguments> bodies() {
    var json = "application/json";
    var queue = "/api/admin/warming/queue";
    return Stream.of(
        arguments("/api/answers/ask", json, "{\"max_age\":" + DIGITS + "}"),
        arguments("/api/answers/ask", json, "{\"max_age\":1e" + DIGITS + "}"),
        arguments("/api/answers/ask", json, "{\"max_age\":1e99999999}"),
        arguments("/api/answers/ask", json, "{\"rate\":-" + DIGITS + "}"),
        arguments("/api/answers/ask", json, "{\"dry_run\":" + DIGITS + "}"),
        arguments("/api/answers/ask", json, "{\"window\":" + DIGITS + "}"),
        arguments("/api/answers/ask", json, "{\"" + "x".repeat(60_000) + "\":1}"),
        arguments("/api/answers/ask", json, "[".repeat(30_000)),
        arguments(queue + "/manual", json, "{\"queries\":[" + DIGITS + "]}"),
        arguments(queue + "/manual", json, "{\"queries\":" + DIGITS + "}"),
        arguments(
            queue + "/manual", json, "{\"queries\":[\"a\"],\"options\":{\"x\":" + DIGITS + "}}"),
        arguments(queue + "/manual", json, "{\"queries\":[{\"question\":" + DIGITS + "}]}"),
        arguments("/api/answers/ask", json, "{\"question\":" + DIGITS + "}"),
        arguments("/api/answers/ask", json, "{\"question\":1e" + DIGITS + "}"),
        arguments("/api/session", json, "{\"token\":" + DIGITS + "}"),
        arguments("/chat", json, "{\"message\":" + DIGITS + "}"),
        arguments("/chat/warm", json, "{\"conversationId\":" + DIGITS + "}"),
        arguments("/api/documents", form(5_000), "anything"),
        arguments("/api/documents", form(100), "anything"),
        arguments("/api/documents", form(4_000), "anything"),
        arguments("/api/documents", form(4_090), "anything"),
        arguments("/api/documents", form(4_096), "anything"),
        arguments("/api/documents", "multipart/form-data; boundary=", "anything"),
        arguments("/api/documents", "multipart/form-data", "anything"),
        arguments("/api/documents", "multipart/form-data; boundary=b", "--b\r\nX\r\n\r\n"),
        arguments(
            "/api/documents",
            "multipart/form-data; boundary=b",
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\u0000.txt\"\r\n\r\nx\r\n--b--\r\n"),
        arguments(
            "/api/documents",
            "multipart/form-data; boundary=b",
            "--b\r\nX: " + "x".repeat(50_000) + "\r\n\r\nx\r\n--b--\r\n"),
        arguments(queue + "/upload", form(5_000), "anything"),
        arguments(queue + "/preview", form(5_000), "anything"));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void an_unparseable_body_is_a_problem(String path, String type, String body) {
    assertRefused(RawConnection.ask(server.port(), post(path, type, body)), 400);
  }

  @Test
  void a_body_in_broken_chunks_is_a_problem() {
    var head =
        "POST /api/answers/ask HTTP/1.1\r\n"
            + KNOWN
            + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

    assertRefused(RawConnection.ask(server.port(), head + "zz\r\n{}\r\n0\r\n\r\n"), 400);
    assertRefused(
        RawConnection.ask(server.port(), head + "2;" + "x".repeat(20_000) + "\r\n{}\r\n0\r\n\r\n"),
        400);
    assertRefused(RawConnection.ask(server.port(), head + "-5\r\n{}\r\n0\r\n\r\n"), 400);
  }
}
