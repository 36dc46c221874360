package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// How a browser signs in to a server with a token.
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
  void a_token_is_changed_for_a_cookie_that_no_script_can_read() {
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
  void another_token_gets_no_cookie() {
    var answer = server.post("/api/session", "{\"token\": \"correct-horse-battery-stable\"}");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.response().headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void a_cookie_that_was_tampered_with_is_worth_nothing() {
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

  @Test
  void signing_out_takes_the_cookie_back() {
    var answer = server.delete("/api/session");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.response().headers().firstValue("Set-Cookie").orElse(""))
        .startsWith("stoker_session=;")
        .contains("Max-Age=0");
  }
}
