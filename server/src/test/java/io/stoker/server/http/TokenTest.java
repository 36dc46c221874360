package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server that everybody can reach and only those with the token can use.
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
  void without_the_token_nothing_is_told(String path) {
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
  void another_token_is_refused_and_not_repeated(String authorization) {
    var answer = server.get("/actuator/prometheus", "Authorization", authorization);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.response().body()).doesNotContain("wrong", TOKEN);
  }

  @Test
  void a_token_in_the_url_is_refused() {
    assertThat(server.get("/actuator/prometheus?token=" + TOKEN).status()).isEqualTo(401);
  }

  @Test
  void with_the_token_all_is_open_whatever_the_name_and_origin() {
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
  void no_detour_leads_past_the_guard(String path) {
    assertThat(server.get(path).status()).isIn(400, 401);
  }

  @Test
  void health_is_bare_for_strangers_and_full_for_those_with_the_token() {
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
