package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.TestTokens;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Signing in and out with a browser.
class SignInTest {

  private static final String TOKEN = "correct-horse-battery-staple";
  private static final String QUEUE = "/api/admin/warming/queue";

  private static RunningServer server;

  @BeforeAll
  static void start() {
    server = RunningServer.with(Map.of("STOKER_TOKEN", TOKEN));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// The cookie as a browser sends it back.
  private static String signIn() {
    var cookie =
        server
            .post("/api/session", "{\"token\": \"" + TOKEN + "\"}")
            .response()
            .headers()
            .firstValue("Set-Cookie")
            .orElseThrow();
    return cookie.substring(0, cookie.indexOf(';'));
  }

  @Test
  void a_token_is_exchanged_for_a_cookie_that_no_script_can_read() {
    var answer = server.post("/api/session", "{\"token\": \"" + TOKEN + "\"}");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.response().headers().firstValue("Set-Cookie").orElse(""))
        .startsWith("stoker_session=")
        .contains("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200")
        .doesNotContain(TOKEN);
  }

  @Test
  void the_cookie_opens_routes_and_streams() {
    var cookie = signIn();

    assertThat(server.get(QUEUE, "Cookie", cookie).status()).isEqualTo(200);
    try (var events = server.lines("/api/admin/warming/events", "Cookie", cookie)) {
      assertThat(events.iterator().next()).isEqualTo("retry: 2000");
    }
    assertThat(server.get("/api/session", "Cookie", cookie).json().path("signed_in").asBoolean())
        .isTrue();
  }

  @Test
  void without_cookie_or_token_nothing_opens() {
    assertThat(server.get(QUEUE).status()).isEqualTo(401);
    assertThat(server.get("/api/admin/warming/events").status()).isEqualTo(401);
    assertThat(server.get("/api/session").json().path("signed_in").asBoolean()).isFalse();
    assertThat(server.get("/api/session").json().path("token_needed").asBoolean()).isTrue();
  }

  @Test
  void an_invalid_token_gets_no_cookie() {
    var answer = server.post("/api/session", "{\"token\": \"correct-horse-battery-stable\"}");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.response().headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void a_cookie_that_was_tampered_with_is_invalid() {
    var cookie = signIn();
    var longer = cookie.replaceFirst("=\\d+\\.", "=99999999999.");

    assertThat(longer).isNotEqualTo(cookie);
    assertThat(server.get(QUEUE, "Cookie", longer).status()).isEqualTo(401);
    assertThat(server.get(QUEUE, "Cookie", "stoker_session=1.x").status()).isEqualTo(401);
    assertThat(server.get(QUEUE, "Cookie", "stoker_session=").status()).isEqualTo(401);
  }

  @Test
  void a_page_of_another_site_cannot_use_the_cookie() {
    var cookie = signIn();

    var foreign = server.get(QUEUE, "Cookie", cookie, "Origin", "http://127.0.0.1:1");
    var own = server.get(QUEUE, "Cookie", cookie, "Origin", "http://127.0.0.1:" + server.port());

    assertThat(foreign.status()).isEqualTo(401);
    assertThat(own.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site"})
  void a_page_of_another_site_is_recognized_by_browser_headers(String site) {
    var cookie = signIn();

    assertThat(server.get(QUEUE, "Cookie", cookie, "Sec-Fetch-Site", site).status()).isEqualTo(401);
    assertThat(server.get(QUEUE, "Cookie", cookie, "Sec-Fetch-Site", "same-origin").status())
        .isEqualTo(200);
  }

  @Test
  void a_viewer_signs_in_and_is_signed_out_when_its_token_is_revoked(@TempDir Path folder) {
    var file = folder.resolve("tokens");
    var token = TestTokens.create(file, "grafana", "viewer");
    try (var other = RunningServer.with(Map.of("STOKER_ANSWERS_DATA", folder.toString()))) {
      var answer = other.post("/api/session", "{\"token\": \"" + token + "\"}");
      var cookie =
          answer.response().headers().firstValue("Set-Cookie").orElse("").replaceAll(";.*", "");

      var state = other.get("/api/session", "Cookie", cookie).json();
      var refused = other.post("/api/sessions/warm", "{}", "Cookie", cookie);

      assertThat(state.path("role").asString()).isEqualTo("viewer");
      assertThat(state.path("name").asString()).isEqualTo("grafana");
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.text("code")).isEqualTo("wrong-role");

      TestTokens.revoke(file, "grafana");
      await().until(() -> other.get(QUEUE, "Cookie", cookie).status() == 401);
      var after = other.get("/api/session", "Cookie", cookie).json();
      assertThat(after.path("signed_in").asBoolean()).isFalse();
      assertThat(after.path("role").isNull()).isTrue();
    }
  }

  @Test
  void signing_out_revokes_the_cookie_and_its_copies_and_no_other() {
    var cookie = signIn();
    var other = signIn();
    try (var socket = SocketClient.at(server.port(), "/ws", "Cookie", cookie)) {
      socket.next("catalog");

      var out = server.send(server.request("/api/session", "Cookie", cookie).DELETE());

      assertThat(out.status()).isEqualTo(204);
      assertThat(server.get(QUEUE, "Cookie", cookie).status()).isEqualTo(401);
      assertThat(socket.closeCode()).isEqualTo(1008);
      assertThat(server.get(QUEUE, "Cookie", other).status()).isEqualTo(200);
    }
  }

  @Test
  void a_page_of_another_site_cannot_sign_users_out() {
    var cookie = signIn();

    server.send(
        server.request("/api/session", "Cookie", cookie, "Sec-Fetch-Site", "cross-site").DELETE());

    assertThat(server.get(QUEUE, "Cookie", cookie).status()).isEqualTo(200);
  }

  @Test
  void signing_out_deletes_the_cookie() {
    var answer = server.delete("/api/session");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.response().headers().firstValue("Set-Cookie").orElse(""))
        .startsWith("stoker_session=;")
        .contains("Max-Age=0");
  }
}
