package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests through proxies: rejected without tokens; with tokens, only headers of trusted proxies
/// count.
class ForwardedRequestsTest {

  private static final String TOKEN = "correct-horse-battery-staple";
  private static final String BEARER = "Bearer " + TOKEN;
  private static final String SUBMIT = "/api/admin/warming/queue/manual";
  private static final String QUESTION = "{\"queries\": [\"What is a lease?\"]}";
  private static final String SIGN_IN = "{\"token\": \"" + TOKEN + "\"}";

  private static RunningServer open;
  private static RunningServer guarded;
  private static RunningServer behind;

  @BeforeAll
  static void start() {
    open = RunningServer.with(Map.of());
    guarded = RunningServer.with(Map.of("STOKER_TOKEN", TOKEN, "STOKER_PROXIES", "10.0.0.0/8"));
    behind =
        RunningServer.with(
            Map.of("STOKER_TOKEN", TOKEN, "STOKER_PROXIES", "10.0.0.0/8, 127.0.0.1"));
  }

  @AfterAll
  static void stop() {
    open.close();
    guarded.close();
    behind.close();
  }

  @ParameterizedTest
  @CsvSource({
    "Forwarded, for=203.0.113.9",
    "X-Forwarded-For, 203.0.113.9",
    "x-forwarded-proto, https",
    "X-Forwarded-Host, stoker.example.com",
    "X-Forwarded-Prefix, /stoker",
    "X-Forwarded-Server, proxy",
    "Via, 1.1 proxy",
    "X-Real-IP, 203.0.113.9"
  })
  void without_tokens_what_a_proxy_passes_on_is_refused(String header, String value) {
    for (var path : List.of("/", "/health", "/api/session", "/api/overview", "/actuator/health")) {
      var answer = open.get(path, header, value);

      assertThat(answer.status()).as(path).isEqualTo(403);
      assertThat(answer.text("code")).as(path).isEqualTo("passed-on");
      assertThat(answer.text("detail")).contains("./stoker token create", "stoker.proxies");
      assertThat(answer.response().headers().firstValue("X-Content-Type-Options"))
          .contains("nosniff");
    }
    assertThat(open.post("/chat", "{}", header, value).text("error")).contains("stoker.proxies");
    assertThat(SocketClient.refusal(open.port(), "/ws", header, value)).isEqualTo(403);
  }

  private static String raw(RunningServer server, String... lines) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void without_tokens_the_protocol_of_plain_proxies_is_refused_too() throws IOException {
    var old = raw(open, "GET /api/overview HTTP/1.0", "Host: 127.0.0.1", "Connection: close");
    var usual = raw(open, "GET /api/overview HTTP/1.1", "Host: 127.0.0.1", "Connection: close");
    var known = raw(guarded, "GET /api/overview HTTP/1.0", "Host: x", "Authorization: " + BEARER);

    assertThat(old).startsWith("HTTP/1.1 403").contains("\"passed-on\"");
    assertThat(usual).startsWith("HTTP/1.1 200");
    assertThat(known).startsWith("HTTP/1.1 200");
  }

  @Test
  void proxies_that_are_not_named_are_not_believed() {
    var submitted =
        guarded.post(
            SUBMIT,
            QUESTION,
            "Authorization",
            BEARER,
            "X-Forwarded-Proto",
            "https",
            "X-Forwarded-Prefix",
            "//evil.example",
            "X-Forwarded-For",
            "nonsense");

    assertThat(submitted.status()).isEqualTo(201);
    assertThat(submitted.response().headers().firstValue("Location").orElse(""))
        .startsWith("/api/admin/");
    assertThat(submitted.response().headers().firstValue("Strict-Transport-Security")).isEmpty();
    var signedIn = guarded.post("/api/session", SIGN_IN, "Forwarded", "proto=https");
    assertThat(signedIn.response().headers().firstValue("Set-Cookie").orElse(""))
        .doesNotContain("Secure")
        .contains("Path=/;");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"X-Forwarded-For | %s", "Forwarded | for=%s"})
  void proxies_that_are_not_named_lend_nobody_another_address(String header, String form) {
    var seen =
        java.util.stream.IntStream.range(0, 40)
            .mapToObj(i ->
                guarded.get(
                    "/api/overview",
                    "Authorization",
                    "Bearer a-wrong-token-of-a-stranger",
                    header,
                    form.formatted("203.0.113." + i)))
            .map(RunningServer.Answer::status)
            .distinct();

    assertThat(seen).contains(429);
  }

  @Test
  void with_tokens_the_scheme_of_a_named_proxy_makes_cookies_secure_and_browsers_stay() {
    for (var header :
        List.of("X-Forwarded-Proto: https", "Forwarded: for=203.0.113.9;proto=https")) {
      var parts = header.split(": ", 2);
      var signedIn = behind.post("/api/session", SIGN_IN, parts[0], parts[1]);

      assertThat(signedIn.status()).isEqualTo(204);
      assertThat(signedIn.response().headers().firstValue("Set-Cookie").orElse(""))
          .contains("; Secure", "Path=/;");
      assertThat(signedIn.response().headers().firstValue("Strict-Transport-Security"))
          .contains("max-age=31536000");
    }
    assertThat(behind.get("/").response().headers().firstValue("Strict-Transport-Security"))
        .isEmpty();
  }

  @Test
  void the_prefix_is_in_the_cookie_in_locations_and_in_the_description() {
    var prefix = new String[] {"X-Forwarded-Prefix", "/tools/stoker", "Authorization", BEARER};

    var submitted = behind.post(SUBMIT, QUESTION, prefix);
    var document =
        behind.post(
            "/api/documents",
            "{\"id\": \"a\", \"title\": \"A\", \"text\": \"Something.\", \"scope\": \"acme\"}",
            prefix);
    var signedIn = behind.post("/api/session", SIGN_IN, prefix[0], prefix[1]);

    assertThat(submitted.response().headers().firstValue("Location").orElse(""))
        .startsWith("/tools/stoker/api/admin/warming/batches/");
    assertThat(document.response().headers().firstValue("Location"))
        .contains("/tools/stoker/api/documents/a?scope=acme");
    assertThat(signedIn.response().headers().firstValue("Set-Cookie").orElse(""))
        .contains("Path=/tools/stoker/;");
    for (int i = 0; i < 2; i++) { // the document is kept between requests
      assertThat(server(prefix)).isEqualTo("/tools/stoker");
      assertThat(server("Authorization", BEARER)).isEqualTo("/");
    }
  }

  private static String server(String... headers) {
    var document = behind.get("/v3/api-docs", headers);
    assertThat(document.json().path("servers").size()).isEqualTo(1);
    return document.json().path("servers").path(0).path("url").asString();
  }

  @Test
  void a_cookie_is_for_pages_of_the_host_that_the_browser_sees() {
    var cookie =
        behind
            .post("/api/session", SIGN_IN)
            .response()
            .headers()
            .firstValue("Set-Cookie")
            .orElse("")
            .replaceAll(";.*", "");

    for (var seen :
        List.of(
            List.of("https://stoker.example.com", "stoker.example.com", "443", 200),
            List.of("https://stoker.example.com", "stoker.example.com:443", "", 200),
            List.of("https://stoker.example.com:8443", "stoker.example.com:8443", "", 200),
            List.of("https://stoker.example.com:8443", "stoker.example.com", "8443", 200),
            List.of("https://evil.example", "stoker.example.com", "443", 401),
            List.of("https://stoker.example.com:8443", "stoker.example.com", "443", 401))) {
      var answer =
          behind.get(
              "/api/overview",
              "Cookie",
              cookie,
              "Origin",
              seen.get(0).toString(),
              "X-Forwarded-Proto",
              "https",
              "X-Forwarded-Host",
              seen.get(1).toString(),
              "X-Forwarded-Port",
              seen.get(2).toString());

      assertThat(answer.status()).as("%s", seen).isEqualTo(seen.get(3));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Forwarded-For", "Forwarded"})
  void wrong_tokens_count_for_the_client_and_not_for_the_proxy(String header) {
    var form = header.equals("Forwarded") ? "for=6.6.6.6, for=%s" : "6.6.6.6, %s";
    var guesser = header.equals("Forwarded") ? "203.0.113.1" : "203.0.113.2";
    for (int i = 0; i < 20; i++) {
      assertThat(guess(header, form.formatted(guesser))).isEqualTo(401);
    }

    assertThat(guess(header, form.formatted(guesser))).isEqualTo(429);
    assertThat(guess(header, form.formatted("203.0.113.3"))).isEqualTo(401);
  }

  private static int guess(String header, String chain) {
    return behind
        .get("/api/overview", "Authorization", "Bearer a-wrong-token-of-a-stranger", header, chain)
        .status();
  }

  @Test
  void what_a_named_proxy_says_without_sense_or_twice_is_a_problem() {
    var nonsense = behind.get("/", "X-Forwarded-Host", "a/b");
    var twice = behind.get("/", "Forwarded", "for=6.6.6.6", "X-Forwarded-For", "203.0.113.9");

    assertThat(List.of(nonsense, twice))
        .allSatisfy(answer -> {
          assertThat(answer.status()).isEqualTo(400);
          assertThat(answer.text("code")).isEqualTo("bad-forwarded");
          assertThat(answer.text("detail")).startsWith("expected ").contains("proxy");
        });
  }
}
