package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import io.stoker.testing.StubLlm;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Unpaired surrogates, NUL and other encodings: those of models are corrected, those of clients
/// rejected. All state is in Postgres, which cannot store NUL.
class OddBytesTest {

  private static StubLlm model;
  private static RunningServer server;

  @BeforeAll
  static void start() {
    model = StubLlm.start();
    var world = SessionEnvironment.with(0);
    server =
        RunningServer.with(
            world.variables(
                "STOKER_SESSIONS_KEEP_WARM",
                "false",
                "STOKER_ANSWERS_DATABASE_URL",
                world.databaseUrl(),
                "STOKER_PROMPTS_OPENAI_URL",
                model.uri().toString(),
                "STOKER_PROMPTS_ANTHROPIC_URL",
                model.uri().toString(),
                "STOKER_PROMPTS_ANTHROPIC_KEY",
                "any",
                "STOKER_PROMPTS_SIMULATOR_PACE",
                "0s"));
  }

  @AfterAll
  static void stop() {
    server.close();
    model.close();
  }

  /// An answer in these deltas, as received by a socket, as lines, and in the history.
  private static List<String> seen(String provider, String conversation, String... pieces) {
    model.next(new StubLlm.Says("stop", pieces));
    try (var watcher = SocketClient.to(server)) {
      watcher.send("{'type':'chat.subscribe','conversationId':'" + conversation + "'}");
      watcher.flush();
      var lines =
          server
              .post(
                  "/chat",
                  "{\"conversationId\":\"%s\",\"message\":\"hi\",\"model\":\"%s/stub\"}"
                      .formatted(conversation, provider))
              .response()
              .body();
      var live =
          watcher.eventsUntil("turn-sealed").stream()
              .filter(event -> event.path("type").asString().equals("text-delta"))
              .map(event -> event.path("delta").asString())
              .collect(Collectors.joining());
      assertThat(watcher.flush()).isEmpty();
      var kept = server.get("/conversations/" + conversation).json().toString();
      return List.of(live, lines, kept);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai", "anthropic"})
  void a_surrogate_pair_split_by_a_model_is_joined(String provider) {
    var seen = seen(provider, "cut-" + provider, "a\uD83D", "\uDC4D", "b\uD83D", "\uDE00c");

    assertThat(seen.getFirst()).isEqualTo("a👍b😀c");
    assertThat(seen.get(1)).contains("👍", "😀").doesNotContain("?");
    assertThat(seen.getLast()).contains("a👍b😀c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"openai", "anthropic"})
  void unpaired_surrogates_and_nul_are_replaced(String provider) {
    var seen = seen(provider, "half-" + provider, "a\uDC4D\0", "b\uD83D");

    assertThat(seen.getFirst()).isEqualTo("a\uFFFD\uFFFDb\uFFFD");
    assertThat(seen.getLast()).contains("a\uFFFD\uFFFDb\uFFFD");
  }

  @Test
  void an_error_with_invalid_characters_is_sent_and_stored() {
    model.next(
        new StubLlm.Replies(
            400, java.util.Map.of(), "{\"error\":{\"message\":\"no \\u0000\\ud83d\"}}"));

    var lines =
        server
            .post(
                "/chat", "{\"conversationId\":\"odd\",\"message\":\"x\",\"model\":\"openai/stub\"}")
            .response()
            .body();

    assertThat(lines).contains("\"type\":\"error\"").contains("turn-sealed");
    assertThat(server.get("/conversations/odd").json().path("chunks").size()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud83d", "\\udc4d", "\\u0000"})
  void a_bad_frame_is_rejected_and_the_socket_stays_open(String odd) {
    try (var bad = SocketClient.to(server);
        var watcher = SocketClient.to(server)) {
      watcher.send("{'type':'chat.subscribe','conversationId':'watched'}");
      watcher.flush();

      bad.send("{'type':'chat.send','conversationId':'watched','message':'x" + odd + "'}");

      assertThat(bad.next("chat.error").path("message").asString())
          .contains("message: expected whole");
      assertThat(bad.flush()).isEmpty();
      assertThat(watcher.flush()).isEmpty();
    }
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
        arguments("/chat", "{'message':'%s'}", "message"),
        arguments("/chat", "{'message':'x','tenant':'%s'}", "tenant"),
        arguments("/chat", "{'message':'x','conversationId':'%s'}", "conversationId"),
        arguments("/chat", "{'message':'x','cwd':'%s'}", "cwd"),
        arguments("/chat", "{'message':'x','model':'%s'}", "model"),
        arguments("/api/answers/ask", "{'question':'%s'}", "question"),
        arguments("/api/answers/ask", "{'question':'x','scope':'%s'}", "scope"),
        arguments("/api/documents", "{'title':'x','text':'%s'}", "text"),
        arguments("/api/documents", "{'title':'%s','text':'x'}", "title"),
        arguments("/api/documents", "{'id':'%s','text':'x'}", "id"),
        arguments("/api/documents", "{'title':'x','text':'x','scope':'%s'}", "scope"),
        arguments(
            "/api/admin/warming/queue/manual",
            "{'queries':[{'question':'x','aliases':['%s']}]}",
            "aliases"),
        arguments(
            "/api/admin/warming/queue/manual", "{'queries':['x'],'options':{'name':'%s'}}", "name"),
        arguments("/api/sessions/revocations", "{'user_id':'%s'}", "user_id"),
        arguments("/api/sessions/revocations", "{'token':'%s'}", "token"));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void a_body_with_invalid_characters_is_rejected_naming_the_field(
      String path, String body, String field) {
    for (var odd : List.of("a\\ud83d", "\\udc4d b", "a\\u0000b")) {
      var answer = server.post(path, body.formatted(odd).replace('\'', '"'));

      assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
      assertThat(answer.json().toString()).contains(field + ": expected whole Unicode characters");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud83d", "\\u0000"})
  void a_question_with_invalid_characters_is_rejected_naming_the_line(String odd) {
    var answer =
        server.post("/api/admin/warming/queue/manual", "{\"queries\":[\"x\",\"y" + odd + "\"]}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("detail"))
        .startsWith("line 2: a question holds a NUL character or half");
  }

  @ParameterizedTest
  @CsvSource({
    "/chat, {\"message\":\"Zoë\"}",
    "/api/answers/ask, {\"question\":\"Zoë\"}",
    "/conversations/c/cwd, {\"cwd\":\"/Zoë\"}"
  })
  void a_body_in_another_encoding_is_rejected(String path, String body) {
    var answer =
        server.send(
            server
                .request(path)
                .header("Content-Type", "application/json")
                .method(
                    path.endsWith("cwd") ? "PUT" : "POST",
                    BodyPublishers.ofByteArray(body.getBytes(ISO_8859_1))));

    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/cache/entries?search=a%00b",
        "/api/cache/entries?scope=%00",
        "/api/prompts/conversations?cursor=%00",
        "/api/prompts/ledger?tenant=%00",
        "/api/prompts/ledger?provider=a%00",
        "/api/documents/x?scope=%00"
      })
  void a_query_with_nul_is_rejected(String path) {
    var answer = server.get(path);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
    assertThat(answer.text("detail")).contains("expected whole Unicode characters");
  }

  @Test
  void documents_with_hostile_headings_do_not_delay_other_requests() {
    for (var heading : List.of("#" + " ".repeat(300) + "\u2028", "# " + "x ".repeat(100_000))) {
      var hostile = (heading + "\n").repeat(20) + "\n\nThe boiler holds 40 litres.\n";
      var taken =
          server.upload("/api/documents", heading.length() + ".md", hostile.getBytes(UTF_8));
      assertThat(taken.status()).as(taken.toString()).isEqualTo(201);
    }

    var answer =
        server.post("/api/answers/ask", "{\"question\":\"How much does the boiler hold?\"}");

    assertThat(answer.text("answer")).contains("40 litres");
    assertThat(server.get("/health").status()).isEqualTo(200);
  }

  @Test
  void forms_with_nul_or_another_encoding_are_rejected() {
    var path = "/api/admin/warming/queue/upload";
    var file = "Why?".getBytes(UTF_8);

    assertThat(server.upload(path, "a.txt", file, "name", "a\0b").text("detail"))
        .contains("name: expected whole");
    assertThat(server.upload(path, "a.txt", "a\0b?".getBytes(UTF_8)).status()).isEqualTo(400);
    assertThat(server.upload(path, "a.txt", "Zoë?".getBytes(ISO_8859_1)).status()).isEqualTo(400);
    assertThat(server.upload("/api/documents", "a.txt", "x\0y".getBytes(UTF_8)).status())
        .isEqualTo(400);
  }
}
