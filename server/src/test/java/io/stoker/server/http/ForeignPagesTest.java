package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The origins whose pages may use chats and sockets.
class ForeignPagesTest {

  private static final String TOKEN = "correct-horse-battery-staple";
  private static final String LISTED = "https://Chat.example.com";

  private static RunningServer server;
  private static RunningServer guarded;
  private static int socketPort;

  @BeforeAll
  static void start() throws IOException {
    try (var free = new ServerSocket(0)) {
      socketPort = free.getLocalPort();
    }
    server =
        RunningServer.with(
            Map.of(
                "STOKER_PROMPTS_ORIGINS",
                "https://other.example.com, " + LISTED,
                "STOKER_PROMPTS_SOCKETPORT",
                Integer.toString(socketPort)));
    guarded = RunningServer.with(Map.of("STOKER_TOKEN", TOKEN));
  }

  @AfterAll
  static void stop() {
    server.close();
    guarded.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:24204",
        "https://localhost",
        "http://127.0.0.1:5173",
        "http://[::1]:24204",
        "https://chat.example.com",
        "https://other.example.com"
      })
  void pages_of_this_machine_and_those_listed_may_use_chats(String origin) {
    var answer = server.get("/models", "Origin", origin);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.response().headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    try (var client = SocketClient.at(server.port(), "/ws", "Origin", origin)) {
      assertThat(client.next().path("type").asString()).isEqualTo("catalog");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "http://chat.example.com",
        "https://chat.example.com:8443",
        "https://chat.example.com.evil.example",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example:24204",
        "file://localhost",
        "null"
      })
  void all_others_may_not(String origin) {
    var answer = server.get("/models", "Origin", origin);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("error")).contains("stoker.prompts.origins");
    assertThat(answer.response().headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    assertThat(SocketClient.refusal(server.port(), "/ws", "Origin", origin)).isEqualTo(403);
    assertThat(SocketClient.refusal(socketPort, "/", "Origin", origin)).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/api/prompts/conversations", "/api/sessions/runs", "/actuator/health", "/"})
  void what_is_no_chat_stays_closed_to_them(String path) {
    var answer = server.get(path, "Origin", "http://localhost:24204");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.response().headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  private static RunningServer.Answer preflight(RunningServer of, String path, String origin) {
    return of.send(
        of.request(
                path,
                "Origin",
                origin,
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "content-type")
            .method("OPTIONS", BodyPublishers.noBody()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/chat", "/chat/warm", "/models", "/conversations/x/cwd", "/health"})
  void browsers_that_ask_first_are_told_what_is_allowed(String path) {
    var answer = preflight(server, path, "http://localhost:24204");

    assertThat(answer.status()).isEqualTo(204);
    var headers = answer.response().headers();
    assertThat(headers.firstValue("Access-Control-Allow-Origin")).contains("*");
    assertThat(headers.firstValue("Access-Control-Allow-Methods"))
        .contains("GET, POST, PUT, DELETE, OPTIONS");
    assertThat(headers.firstValue("Access-Control-Allow-Headers")).contains("Content-Type");
  }

  @Test
  void browsers_that_ask_for_others_are_told_that_nothing_is() {
    assertThat(preflight(server, "/chat", "https://evil.example").status()).isEqualTo(403);
    assertThat(preflight(server, "/api/sessions/warm", "http://localhost:24204").status())
        .isEqualTo(403);
  }

  @Test
  void an_error_can_be_read_by_the_page_that_made_it() {
    var answer = server.post("/chat", "{}", "Origin", "http://localhost:24204");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.response().headers().firstValue("Access-Control-Allow-Origin")).contains("*");
  }

  @Test
  void a_name_that_only_pretends_to_be_this_machine_opens_no_socket() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write(SocketClient.knock("evil.example"));

      var status = new String(socket.getInputStream().readNBytes(12), US_ASCII);

      assertThat(status).isEqualTo("HTTP/1.1 403");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "/", "/anywhere"})
  void with_a_token_sockets_want_it_wherever_they_are_opened(String path) {
    assertThat(SocketClient.refusal(guarded.port(), path)).isEqualTo(401);
    try (var client = SocketClient.at(guarded.port(), path, "Authorization", "Bearer " + TOKEN)) {
      assertThat(client.next().path("type").asString()).isEqualTo("catalog");
    }
  }

  @Test
  void a_browser_that_has_signed_in_opens_sockets_from_pages_of_this_server_only() {
    var signedIn = guarded.post("/api/session", "{\"token\":\"" + TOKEN + "\"}");
    var cookie =
        signedIn.response().headers().firstValue("Set-Cookie").orElse("").replaceAll(";.*", "");
    var own = "http://127.0.0.1:" + guarded.port();

    try (var client = SocketClient.at(guarded.port(), "/ws", "Cookie", cookie, "Origin", own)) {
      assertThat(client.next().path("type").asString()).isEqualTo("catalog");
    }
    assertThat(
            SocketClient.refusal(
                guarded.port(), "/ws", "Cookie", cookie, "Origin", "http://localhost:24204"))
        .isEqualTo(401);
  }

  @Test
  void with_a_token_chats_want_it_and_tell_browsers_that_they_may_show_it() {
    assertThat(guarded.get("/models").status()).isEqualTo(401);
    assertThat(guarded.get("/models").text("error")).contains("Authorization");
    assertThat(guarded.get("/models", "Authorization", "Bearer " + TOKEN).status()).isEqualTo(200);
    var preflight = preflight(guarded, "/chat", "https://chat.example.com");
    assertThat(preflight.status()).isEqualTo(204);
    assertThat(preflight.response().headers().firstValue("Access-Control-Allow-Headers"))
        .contains("Content-Type, Authorization");
  }

  @Test
  void the_port_for_sockets_has_sockets_and_nothing_else() throws Exception {
    try (var client = SocketClient.at(socketPort, "/")) {
      assertThat(client.next().path("type").asString()).isEqualTo("catalog");
    }
    try (var http = java.net.http.HttpClient.newHttpClient()) {
      var answer =
          http.send(
              java.net.http.HttpRequest.newBuilder(
                      java.net.URI.create("http://127.0.0.1:" + socketPort + "/models"))
                  .build(),
              java.net.http.HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(426);
      assertThat(answer.headers().firstValue("Upgrade")).contains("websocket");
      assertThat(answer.body()).contains("WebSocket");
    }
  }
}
