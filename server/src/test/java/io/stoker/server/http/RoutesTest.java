package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The behaviour common to all routes, on a server that listens on loopback.
class RoutesTest {

  private static RunningServer server;

  @BeforeAll
  static void start() {
    server = RunningServer.with(SessionEnvironment.with(20).variables());
    await().until(() -> server.get("/api/sessions/runs").json().toString().contains("completed"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// The raw response to a request with exactly these lines.
  private static String raw(String... lines) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      var out = new PrintStream(socket.getOutputStream(), false, StandardCharsets.US_ASCII);
      out.print(lines[0] + "\r\nConnection: close\r\n");
      out.print(String.join("\r\n", Arrays.asList(lines).subList(1, lines.length)) + "\r\n\r\n");
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/api/sessions/runs", "/nothing", "/actuator/health"})
  void every_response_has_security_headers(String path) {
    var headers = server.get(path).response().headers();

    assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(headers.firstValue("Referrer-Policy")).contains("no-referrer");
    assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
        .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'");
    assertThat(headers.firstValue("X-Frame-Options")).contains("DENY");
    assertThat(headers.firstValue("Cross-Origin-Opener-Policy")).contains("same-origin");
    assertThat(headers.firstValue("Cross-Origin-Resource-Policy")).contains("same-origin");
    assertThat(headers.firstValue("Permissions-Policy").orElse("")).contains("camera=()");
    assertThat(headers.firstValue("Strict-Transport-Security")).as("not over http").isEmpty();
  }

  @Test
  void a_request_without_a_path_costs_the_next_client_no_status_line() throws IOException {
    for (int client = 0; client < 20; client++) {
      raw("GET  HTTP/1.1", "Host: 127.0.0.1", "Connection: close");

      assertThat(raw("GET /#x HTTP/1.1", "Host: 127.0.0.1", "Connection: close"))
          .startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void responses_to_chat_front_ends_are_readable_from_other_origins() {
    assertThat(
            server.get("/models").response().headers().firstValue("Cross-Origin-Resource-Policy"))
        .contains("cross-origin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/api",
        "/api/sessions",
        "/api/sessions/warm/",
        "/actuator/env",
        "/error"
      })
  void an_unknown_path_is_a_problem(String path) {
    var answer = server.get(path);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.response().headers().firstValue("Content-Type"))
        .contains("application/problem+json");
    assertThat(answer.text("code")).isEqualTo("unknown-path");
    assertThat(answer.text("title")).isEqualTo("Not Found");
    assertThat(answer.text("detail")).contains("There is nothing at " + path);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/sessions/warm, POST",
    "DELETE, /api/sessions/runs, 'GET, HEAD'",
    "GET, /api/sessions/runs/5/cancel, POST",
    "PUT, /api/sessions/revocations, POST",
    "POST, /, 'GET, HEAD'"
  })
  void a_wrong_method_is_a_problem_that_names_the_allowed_ones(
      String method, String path, String allowed) {
    var answer = server.send(server.request(path).method(method, BodyPublishers.noBody()));

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.text("code")).isEqualTo("wrong-method");
    assertThat(answer.text("detail"))
        .isEqualTo("expected " + allowed + " at " + path + ", got " + method);
    assertThat(answer.response().headers().firstValue("Allow")).contains(allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "json"})
  void a_body_that_is_not_json_is_a_problem(String type) throws IOException {
    var answer =
        raw(
            "POST /api/sessions/warm HTTP/1.1",
            "Host: localhost",
            "Content-Type: " + type,
            "Content-Length: 2",
            "",
            "{}");

    assertThat(answer)
        .startsWith("HTTP/1.1 415")
        .contains("expected Content-Type application/json, got " + type);
  }

  @Test
  void a_body_that_is_too_large_is_a_problem() {
    var answer = server.post("/api/sessions/warm", "{\"x\": \"" + "x".repeat(70_000) + "\"}");

    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.text("detail")).contains("at most 65536 bytes");
  }

  @Test
  void a_page_of_another_site_is_rejected() {
    var answer = server.post("/api/sessions/warm", "{}", "Origin", "https://evil.example");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("code")).isEqualTo("foreign-origin");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "http://127.0.0.1:1", "https://127.0.0.1"})
  void an_origin_that_resembles_the_server_s_is_rejected(String origin) {
    assertThat(server.get("/api/sessions/runs", "Origin", origin).status()).isEqualTo(403);
  }

  @Test
  void a_page_of_this_server_is_accepted() {
    var own = "http://127.0.0.1:" + server.port();

    assertThat(server.get("/api/sessions/runs", "Origin", own).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "127.0.0.1.evil.example",
        "[::2]"
      })
  void a_host_that_resembles_a_loopback_name_is_rejected(String host) throws IOException {
    var answer = raw("GET /api/sessions/runs HTTP/1.1", "Host: " + host);

    assertThat(answer).startsWith("HTTP/1.1 403").contains("\"code\":\"foreign-host\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:24203", "127.0.0.1:24203", "127.1.2.3", "[::1]:24203"})
  void every_loopback_name_is_accepted(String host) throws IOException {
    assertThat(raw("GET /api/sessions/runs HTTP/1.1", "Host: " + host)).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/sessions/runs/%zz", "/api/sessions/runs/..%2f..", "/a|b"})
  void a_malformed_path_is_rejected_without_a_stack_trace(String path) throws IOException {
    assertThat(raw("GET " + path + " HTTP/1.1", "Host: localhost"))
        .startsWith("HTTP/1.1 400")
        .doesNotContain("\tat ", "Exception", "Tomcat");
  }

  @Test
  void health_shows_details_for_operators() {
    var health = server.get("/actuator/health");

    assertThat(health.status()).isEqualTo(200);
    var details = health.json().path("components").path("sessions").path("details");
    assertThat(details.path("postgres").asString()).isEqualTo("answers");
    assertThat(details.path("redis").asString()).isEqualTo("answers");
    assertThat(details.path("state").asString()).isEqualTo("completed");
    assertThat(details.path("verified_share").asDouble()).isEqualTo(1.0);
  }

  @Test
  void prometheus_has_the_meters_of_warm_runs() {
    assertThat(server.get("/actuator/prometheus").response().body())
        .contains("stoker_sessions_warm_runs_seconds_count{state=\"completed\"} 1")
        .contains("stoker_sessions_warm_sessions_total{outcome=\"warmed\"} 20.0")
        .contains("stoker_sessions_warm_verified 1.0");
  }
}
