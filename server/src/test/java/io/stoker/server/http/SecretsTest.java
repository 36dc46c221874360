package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.TestTokens;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// Provokes every error that clients can cause, and checks that no secret is in responses or in the
/// log.
@ExtendWith(OutputCaptureExtension.class)
@Tag("soak")
class SecretsTest {

  private static final String TOKEN = "hunter1-hunter1-hunter1";

  @Test
  void no_secret_is_in_any_response_header_or_log(CapturedOutput output, @TempDir Path folder)
      throws IOException {
    var operator = TestTokens.create(folder.resolve("tokens"), "ann", "operator");
    var viewer = TestTokens.create(folder.resolve("tokens"), "bob", "viewer");
    var told = new StringBuilder();
    var secrets =
        new ArrayList<>(List.of(TOKEN, operator, viewer, "hunter2", "hunter3", "hunter4"));
    try (var server =
        RunningServer.with(
            Map.of(
                "STOKER_ANSWERS_DATA", folder.toString(),
                "STOKER_TOKEN", TOKEN,
                "DATABASE_URL", "postgres://ann:hunter2@127.0.0.1:1/shop",
                "REDIS_URL", "redis://ann:hunter3@127.0.0.1:1",
                "STOKER_PROMPTS_ANTHROPIC_KEY", "sk-ant-hunter4",
                "STOKER_PROMPTS_ANTHROPIC_URL", "http://127.0.0.1:1",
                "STOKER_ANSWERS_PIPELINE_URL", "http://127.0.0.1:1/ask",
                "STOKER_ANSWERS_PIPELINE_TOKEN", "hunter4"))) {
      var session = server.post("/api/session", "{\"token\": \"" + operator + "\"}");
      var cookie =
          session.response().headers().firstValue("Set-Cookie").orElse("").replaceAll(";.*", "");
      secrets.add(cookie.substring(cookie.indexOf('=') + 1));
      for (var token : List.of(TOKEN, viewer, operator + "x")) {
        drive(server, told, "Authorization", "Bearer " + token);
        drive(server, told, "Authorization", "Basic " + token);
        drive(server, told, "Cookie", "stoker_session=" + token);
      }
      drive(server, told, "Cookie", cookie);
      told.append(raw(server, "GET /api/sessions/runs/%zz?token=" + TOKEN));
      told.append(raw(server, "GET /models?ticket=" + TOKEN));
      await().until(() -> output.getAll().contains("unreachable") || told.indexOf("502") >= 0);
    }

    assertThat(told).contains("wrong-role", "no-token", "bad-value", "ann", "Postgres");
    for (var secret : secrets) {
      assertThat(told).doesNotContain(secret);
      assertThat(output.getAll()).doesNotContain(secret);
    }
    assertThat(output.getAll())
        .as("what operators change is told, by name")
        .contains("STOKER_TOKEN (operator): PUT /api/admin/warming/settings 200");
  }

  private static void drive(RunningServer server, StringBuilder told, String header, String value) {
    for (var path :
        List.of(
            "/actuator/health",
            "/actuator/prometheus",
            "/actuator/env",
            "/api/session",
            "/api/sessions/estimate",
            "/api/sessions/stats",
            "/api/sessions/follow",
            "/api/sessions/runs/x?y=z",
            "/api/admin/warming/settings",
            "/models",
            "/v3/api-docs",
            "/nothing")) {
      tell(told, server.get(path, header, value));
    }
    tell(told, server.post("/api/sessions/warm", "{}", header, value));
    tell(told, server.post("/api/sessions/warm", "{\"x\": 1}", header, value));
    tell(told, server.post("/api/answers/ask", "{\"question\": \"Why?\"}", header, value));
    tell(told, server.post("/chat", "{\"message\": \"Hello\"}", header, value));
    tell(told, server.post("/chat", "no json", header, value));
    tell(
        told,
        server.send(
            server
                .request("/api/admin/warming/settings", header, value)
                .header("Content-Type", "application/json")
                .PUT(java.net.http.HttpRequest.BodyPublishers.ofString("{\"per_minute\": 7}"))));
  }

  private static void tell(StringBuilder told, RunningServer.Answer answer) {
    told.append(answer.status())
        .append(answer.response().headers().map())
        .append(answer.response().body());
  }

  private static String raw(RunningServer server, String line) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      var out = new PrintStream(socket.getOutputStream(), false, StandardCharsets.US_ASCII);
      out.print(line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
