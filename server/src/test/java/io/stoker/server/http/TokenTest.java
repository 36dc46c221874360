package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server reachable from everywhere, whose routes require the token.
class TokenTest {

  private static final String TOKEN = "correct-horse-battery-staple";

  private static RunningServer server;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of("STOKER_TOKEN", TOKEN, "SERVER_ADDRESS", "0.0.0.0"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/sessions/runs",
        "/api/sessions/progress",
        "/actuator/prometheus",
        "/nothing"
      })
  void requests_without_a_token_get_nothing(String path) {
    var answer = server.get(path);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.text("code")).isEqualTo("no-token");
    assertThat(answer.response().headers().firstValue("WWW-Authenticate")).contains("Bearer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer wrong",
        "Bearer ",
        "Bearer",
        "correct-horse-battery-staple",
        "Basic correct-horse-battery-staple"
      })
  void an_invalid_token_is_rejected_and_not_echoed(String authorization) {
    var answer = server.get("/actuator/prometheus", "Authorization", authorization);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.response().body()).doesNotContain("wrong", TOKEN);
  }

  @Test
  void a_token_in_the_url_is_rejected() {
    assertThat(server.get("/actuator/prometheus?token=" + TOKEN).status()).isEqualTo(401);
  }

  @Test
  void with_the_token_any_host_and_origin_is_accepted() {
    var answer =
        server.get(
            "/actuator/prometheus",
            "Authorization",
            "Bearer " + TOKEN,
            "Origin",
            "https://console.example");

    assertThat(answer.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/health/../prometheus",
        "/actuator/health;/../prometheus",
        "/actuator/health/%2e%2e/prometheus",
        "//actuator/prometheus"
      })
  void no_path_variant_bypasses_authentication(String path) {
    assertThat(server.get(path).status()).isIn(400, 401);
  }

  @Test
  void health_has_details_only_with_the_token() {
    var stranger = server.get("/actuator/health");
    var operator = server.get("/actuator/health", "Authorization", "Bearer " + TOKEN);

    assertThat(stranger.status()).isEqualTo(200);
    assertThat(stranger.response().body()).doesNotContain("sessions\"");
    assertThat(operator.response().body()).contains("\"sessions\"", "DATABASE_URL");
    assertThat(server.get("/actuator/health/readiness").status()).isEqualTo(200);
  }

  @Test
  void the_front_page_is_open() {
    assertThat(server.get("/").status()).isEqualTo(200);
  }
}
