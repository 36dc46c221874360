package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The HTTP routes of chat front ends.
class ChatRoutesTest {

  private static final JsonMapper JSON = new JsonMapper();

  private static RunningServer server;

  private final String chat = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    server =
        RunningServer.with(
            Map.of(
                "STOKER_PROMPTS_SIMULATOR_PACE", "3ms",
                "STOKER_PROMPTS_SIMULATOR_LATENCY", "0s"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private String body(String message, String model) {
    return "{\"message\":\"%s\",\"conversationId\":\"%s\",\"model\":\"simulator/%s\"}"
        .formatted(message, chat, model);
  }

  private RunningServer.Answer say(String message) {
    return server.post("/chat", body(message, "small"));
  }

  private HttpRequest request(String model) {
    return server
        .request("/chat", "Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body("Go on", model)))
        .build();
  }

  @Test
  void a_turn_is_lines_of_json_with_the_conversation_in_a_header() {
    var answer = say("  Grüß Gott\\n ");

    assertThat(answer.status()).isEqualTo(200);
    var headers = answer.response().headers();
    assertThat(headers.firstValue("Content-Type")).contains("application/x-ndjson");
    assertThat(headers.firstValue("X-Conversation-Id")).contains(chat);
    assertThat(headers.firstValue("Access-Control-Expose-Headers")).contains("X-Conversation-Id");
    var events = answer.response().body().lines().map(JSON::readTree).toList();
    var types = events.stream().map(event -> event.path("type").asString()).toList();
    assertThat(String.join(" ", types))
        .matches("user-message turn-start (text-delta )+usage step-complete done turn-sealed");
    assertThat(events.getFirst().path("text").asString()).isEqualTo("Grüß Gott");
  }

  @Test
  void a_deleted_conversation_remains_only_in_the_ledger() {
    say("My name is Ada");
    server.put("/api/prompts/conversations/" + chat + "/warming", "{\"enabled\":true}");

    var deleted = server.delete("/conversations/" + chat);

    assertThat(deleted.status()).isEqualTo(204);
    assertThat(server.get("/conversations/" + chat).json().path("chunks").size()).isZero();
    assertThat(server.get("/conversations/" + chat + "/metrics").json().path("turns").size())
        .isZero();
    assertThat(server.get("/api/prompts/conversations/" + chat).status()).isEqualTo(404);
    assertThat(server.delete("/conversations/" + chat).status()).isEqualTo(404);
    var lines = server.get("/api/prompts/ledger/entries?conversation=" + chat).response().body();
    assertThat(lines).contains(chat).doesNotContain("Ada");
  }

  @Test
  void a_running_turn_is_aborted_before_its_conversation_is_deleted() throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var turn = client.sendAsync(request("long"), BodyHandlers.ofString());
      await().until(() -> server.get("/api/prompts/conversations/" + chat).status() == 200);

      assertThat(server.delete("/conversations/" + chat).status()).isEqualTo(204);

      assertThat(turn.get().body()).contains("\"aborted\"", "turn-sealed");
      assertThat(server.get("/conversations/" + chat).json().path("chunks").size()).isZero();
    }
  }

  @Test
  void a_tenant_is_stored_once_it_is_named() {
    server.post(
        "/chat",
        "{\"message\":\"a\",\"conversationId\":\"%s\",\"tenant\":\"acme\"}".formatted(chat));
    say("b");

    assertThat(server.get("/api/prompts/conversations/" + chat).text("tenant")).isEqualTo("acme");
  }

  private static Stream<String> noTenants() {
    return Stream.of("\"\"", "\"" + "t".repeat(201) + "\"", "\"a\\u0000b\"", "7");
  }

  @ParameterizedTest
  @MethodSource("noTenants")
  void an_invalid_tenant_is_rejected_and_no_turn_starts(String tenant) {
    var answer =
        server.post(
            "/chat",
            "{\"message\":\"a\",\"conversationId\":\"%s\",\"tenant\":%s}".formatted(chat, tenant));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("error")).matches("tenant: expected .*");
    assertThat(server.get("/conversations/" + chat).json().path("latestSeq").asInt()).isZero();
  }

  @Test
  void a_conversation_without_an_id_gets_one_in_the_header() {
    var answer = server.post("/chat", "{\"message\":\"Hello\"}");

    var id = answer.response().headers().firstValue("X-Conversation-Id").orElse("");
    assertThat(UUID.fromString(id)).hasToString(id);
    assertThat(server.get("/conversations/" + id).json().path("latestSeq").asLong()).isEqualTo(2);
  }

  @Test
  void lines_are_sent_while_the_turn_runs() throws IOException, InterruptedException {
    var client = HttpClient.newHttpClient();
    var response = client.send(request("long"), BodyHandlers.ofLines());
    var lines = response.body().iterator();
    var seen = new ArrayList<JsonNode>();
    while (seen.size() < 10) {
      seen.add(JSON.readTree(lines.next()));
    }

    var closed = server.post("/conversations/" + chat + "/close", "").json();

    lines.forEachRemaining(line -> seen.add(JSON.readTree(line)));
    assertThat(closed.path("abortedTurn").asBoolean()).isTrue();
    assertThat(seen.getLast().path("type").asString()).isEqualTo("turn-sealed");
    assertThat(seen.get(seen.size() - 2).path("reason").asString()).isEqualTo("aborted");
    client.close();
  }

  @Test
  void a_client_that_stops_reading_does_not_stop_the_turn()
      throws IOException, InterruptedException {
    var client = HttpClient.newHttpClient();
    var response = client.send(request("small"), BodyHandlers.ofInputStream());
    response.body().read();

    response.body().close();
    client.shutdownNow();

    await().until(() -> history().path("chunks").size() == 2);
    assertThat(history().path("chunks").path(1).path("chunk").path("text").asString().length())
        .isGreaterThan(100);
  }

  private JsonNode history() {
    return server.get("/conversations/" + chat).json();
  }

  @Test
  void a_second_turn_of_the_same_conversation_has_to_wait() {
    try (var client = SocketClient.to(server)) {
      client
          .send(
              "{'type':'chat.send','message':'Go on','conversationId':'%s','model':'simulator/long'}"
                  .formatted(chat))
          .next("chat.delta");

      var answer = say("Me too");
      var warm = server.post("/chat/warm", "{\"conversationId\":\"" + chat + "\"}");

      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.text("error"))
          .isEqualTo("a turn is already generating for this conversation");
      assertThat(answer.text("code")).isEqualTo("generating");
      assertThat(warm.status()).isEqualTo(409);
      assertThat(warm.text("error")).isEqualTo("conversation is generating");
      server.post("/conversations/" + chat + "/close", "");
      assertThat(client.eventsUntil("turn-sealed").toString()).doesNotContain("Me too");
    }
  }

  @Test
  void an_unknown_model_ends_the_lines_with_its_failure() {
    var answer =
        server.post(
            "/chat",
            "{\"message\":\"Hello\",\"conversationId\":\"" + chat + "\",\"model\":\"no/body\"}");

    var events = answer.response().body().lines().map(JSON::readTree).toList();
    assertThat(events).hasSize(2);
    assertThat(events.getLast().path("type").asString()).isEqualTo("error");
    assertThat(events.getLast().path("message").asString()).isEqualTo("unknown model: no/body");
  }

  @Test
  void history_is_read_from_a_sequence_number_on() {
    say("One");
    say("Two");

    var all = history();
    var rest = server.get("/conversations/" + chat + "?sinceSeq=2").json();
    var none = server.get("/conversations/" + chat + "?sinceSeq=4").json();

    assertThat(all.path("chunks").size()).isEqualTo(4);
    assertThat(all.path("latestSeq").asLong()).isEqualTo(4);
    assertThat(all.path("chunks").path(0).toString())
        .isEqualTo("{\"seq\":1,\"role\":\"user\",\"chunk\":{\"type\":\"text\",\"text\":\"One\"}}");
    assertThat(all.path("chunks").path(1).path("role").asString()).isEqualTo("assistant");
    assertThat(rest.path("chunks").size()).isEqualTo(2);
    assertThat(rest.path("chunks").path(0).path("seq").asLong()).isEqualTo(3);
    assertThat(none.toString()).isEqualTo("{\"chunks\":[],\"latestSeq\":4}");
  }

  @Test
  void an_unknown_conversation_is_empty() {
    var path = "/conversations/" + chat;

    assertThat(server.get(path + "?sinceSeq=7").json().toString())
        .isEqualTo("{\"chunks\":[],\"latestSeq\":7}");
    assertThat(server.get(path + "/metrics").json().toString()).isEqualTo("{\"turns\":[]}");
    assertThat(server.post(path + "/close", "").json().toString())
        .isEqualTo("{\"conversationId\":\"" + chat + "\",\"abortedTurn\":false}");
    assertThat(server.get(path + "/cwd").json().toString())
        .isEqualTo("{\"conversationId\":\"" + chat + "\",\"cwd\":null}");
    assertThat(server.get(path + "/lsp").json().toString())
        .isEqualTo("{\"conversationId\":\"" + chat + "\",\"cwd\":null,\"servers\":[]}");
  }

  @Test
  void a_working_directory_is_stored() {
    var path = "/conversations/" + chat + "/cwd";

    var put = server.put(path, "{\"cwd\":\"/srv/plans\"}");

    assertThat(put.json().toString())
        .isEqualTo("{\"conversationId\":\"" + chat + "\",\"cwd\":\"/srv/plans\"}");
    assertThat(server.get(path).json()).isEqualTo(put.json());
  }

  @Test
  void metrics_list_each_turn() {
    say("One");
    say("Two");

    var turns = server.get("/conversations/" + chat + "/metrics").json().path("turns");

    assertThat(turns.size()).isEqualTo(2);
    var step = turns.path(1).path("steps").path(0);
    assertThat(step.path("stepId").asString())
        .isEqualTo(turns.path(1).path("turnId").asString() + "#0");
    assertThat(step.path("usage")).isEqualTo(turns.path(1).path("usage"));
  }

  @Test
  void models_have_full_names() {
    assertThat(server.get("/models").json().path("models").toString())
        .startsWith("[\"simulator/small\",\"simulator/long\"");
    assertThat(server.get("/health").json().toString()).isEqualTo("{\"ok\":true}");
  }

  @Test
  void a_manual_warm_returns_its_usage_and_is_not_in_history() {
    say("x".repeat(400));
    server.post("/chat/warm", "{\"conversationId\":\"" + chat + "\"}");

    var warm = server.post("/chat/warm", "{\"conversationId\":\"" + chat + "\"}");

    assertThat(warm.status()).isEqualTo(200);
    assertThat(warm.json().path("expectedCacheRate").asInt()).isEqualTo(100);
    assertThat(warm.json().path("cachePct").asInt()).isBetween(80, 100);
    assertThat(warm.json().path("cacheWriteTokens").asInt()).isZero();
    assertThat(warm.json().path("cacheReadTokens").asInt()).isPositive();
    assertThat(history().path("latestSeq").asLong()).isEqualTo(2);
    assertThat(server.get("/conversations/" + chat + "/metrics").json().path("turns").size())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"conversationId\":\"never-heard-of\"}', no history",
    "'{\"conversationId\":\"never-heard-of\",\"model\":\"no/body\"}', unknown model: no/body"
  })
  void an_impossible_warm_is_rejected_with_a_message(String body, String words) {
    var answer = server.post("/chat/warm", body);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("error")).isEqualTo(words);
    assertThat(answer.text("detail")).isEqualTo(words);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/conversations", "/chat/none", "/conversations/x/none"})
  void an_unknown_path_is_a_problem_that_front_ends_can_read(String path) {
    var answer = server.get(path);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text("error")).isEqualTo(answer.text("detail")).isNotEmpty();
  }

  @Test
  void a_wrong_method_is_a_problem_that_front_ends_can_read() {
    var answer = server.get("/chat");

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.text("error")).isEqualTo("expected POST at /chat, got GET");
  }
}
