package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Turns over a socket.
class ChatSocketTest {

  /// Answers at once with the model `small`; `long` takes a few seconds.
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

  private SocketClient say(SocketClient client, String message, String model) {
    return client.send(
        "{'type':'chat.send','message':'%s','conversationId':'%s','model':'simulator/%s'}"
            .formatted(message, chat, model));
  }

  private SocketClient watch(SocketClient client) {
    return client.send("{'type':'chat.subscribe','conversationId':'%s'}".formatted(chat));
  }

  private static List<String> types(List<JsonNode> events) {
    return events.stream().map(event -> event.path("type").asString()).toList();
  }

  private static String text(List<JsonNode> events) {
    return events.stream()
        .filter(event -> event.path("type").asString().equals("text-delta"))
        .map(event -> event.path("delta").asString())
        .collect(Collectors.joining());
  }

  private JsonNode history() {
    return server.get("/conversations/" + chat).json();
  }

  private String kept() {
    return history().path("chunks").path(1).path("chunk").path("text").asString();
  }

  private boolean close() {
    return server
        .post("/conversations/" + chat + "/close", "")
        .json()
        .path("abortedTurn")
        .asBoolean();
  }

  @Test
  void a_tenant_is_stored_and_an_invalid_one_is_an_error() {
    try (var client = SocketClient.to(server)) {
      client.send("{'type':'chat.send','conversationId':'of-acme','message':'hi','tenant':'acme'}");
      client.eventsUntil("turn-sealed");
      client.send("{'type':'chat.send','conversationId':'of-acme','message':'hi','tenant':''}");

      assertThat(client.next("chat.error").path("message").asString())
          .startsWith("tenant: expected 1 to 200 characters");
      assertThat(server.get("/api/prompts/conversations/of-acme").text("tenant")).isEqualTo("acme");
    }
  }

  @Test
  void a_turn_s_events_arrive_in_order_and_to_the_end() {
    try (var client = SocketClient.to(server)) {
      var events = say(client, "Grüß Gott", "small").eventsUntil("turn-sealed");

      assertThat(String.join(" ", types(events)))
          .matches("user-message turn-start (text-delta )+usage step-complete done turn-sealed");
      assertThat(events.getFirst().path("text").asString()).isEqualTo("Grüß Gott");
      assertThat(events).allMatch(event -> event.path("conversationId").asString().equals(chat));
      assertThat(
              events.stream()
                  .map(event -> event.path("turnId").asString())
                  .collect(Collectors.toSet()))
          .hasSize(1);
      assertThat(events.toString()).doesNotContain("null");
      assertThat(text(events)).containsIgnoringCase("simulated").isEqualTo(kept());
    }
  }

  @Test
  void the_end_of_a_turn_has_its_metrics() {
    try (var client = SocketClient.to(server)) {
      var events = say(client, "Hello", "small").eventsUntil("turn-sealed");

      var done = events.get(events.size() - 2);
      assertThat(done.path("reason").asString()).isEqualTo("stop");
      assertThat(done.path("durationMs").isNumber()).isTrue();
      assertThat(done.path("usage").path("inputTokens").asLong()).isPositive();
      assertThat(done.path("contextSize").asLong())
          .isEqualTo(
              done.path("usage").path("inputTokens").asLong()
                  + done.path("usage").path("outputTokens").asLong());
      var step = events.get(events.size() - 3);
      assertThat(step.path("stepId").asString()).isEqualTo(step.path("turnId").asString() + "#0");
      assertThat(step.path("ttftMs").isNumber()).isTrue();
      assertThat(step.path("genTotalMs").isNumber()).isTrue();
    }
  }

  @Test
  void reasoning_has_events_of_its_own() {
    try (var client = SocketClient.to(server)) {
      var events = say(client, "Hello", "thinking").eventsUntil("turn-sealed");

      assertThat(types(events)).contains("reasoning-delta", "text-delta");
      assertThat(history().path("chunks").path(1).path("chunk").path("type").asString())
          .isEqualTo("thinking");
    }
  }

  @Test
  void a_conversation_without_an_id_gets_one() {
    try (var client = SocketClient.to(server)) {
      var events = client.send("{'type':'chat.send','message':'Hello'}").eventsUntil("turn-sealed");

      var id = events.getFirst().path("conversationId").asString();
      assertThat(UUID.fromString(id)).hasToString(id);
    }
  }

  @Test
  void a_late_subscriber_gets_the_turn_from_its_first_event_without_a_gap() {
    try (var sender = SocketClient.to(server);
        var late = SocketClient.to(server)) {
      say(sender, "Tell me everything", "long");
      sender.next("chat.delta");
      for (int i = 0; i < 100; i++) {
        sender.next("chat.delta");
      }

      var events = watch(late).eventsUntil("turn-sealed");

      assertThat(types(events)).startsWith("user-message", "turn-start", "text-delta");
      assertThat(text(events)).isEqualTo(kept());
    }
  }

  @Test
  void subscribing_twice_sends_each_event_once() {
    try (var client = SocketClient.to(server)) {
      watch(client);
      say(client, "Hello", "small");
      watch(client);

      var events = client.eventsUntil("turn-sealed");

      assertThat(types(events).stream().filter("user-message"::equals)).hasSize(1);
      assertThat(text(events)).isEqualTo(kept());
      assertThat(client.flush()).isEmpty();
    }
  }

  @Test
  void subscribing_to_an_idle_conversation_sends_nothing() {
    try (var client = SocketClient.to(server)) {
      assertThat(watch(client).flush()).isEmpty();
    }
  }

  @Test
  void after_unsubscribing_no_events_arrive_and_the_turn_goes_on() {
    try (var client = SocketClient.to(server)) {
      say(client, "Hello", "small").next("chat.delta");

      client.send("{'type':'chat.unsubscribe','conversationId':'%s'}".formatted(chat));
      client.flush();

      await().until(() -> history().path("chunks").size() == 2);
      assertThat(client.flush()).isEmpty();
    }
  }

  @Test
  void of_two_concurrent_messages_one_is_rejected_and_both_clients_see_the_turn() {
    try (var one = SocketClient.to(server);
        var other = SocketClient.to(server)) {
      say(one, "From one", "long").next("chat.delta");

      say(other, "From the other", "small");
      var replayed = other.next("chat.delta").path("event");
      var refused = other.next("chat.error");
      boolean aborted = close();
      var seenByOne = one.eventsUntil("turn-sealed");
      other.eventsUntil("turn-sealed");

      assertThat(replayed.path("text").asString()).isEqualTo("From one");
      assertThat(refused.toString())
          .isEqualTo(
              "{\"type\":\"chat.error\",\"message\":\"a turn is already generating for this"
                  + " conversation\",\"conversationId\":\"%s\"}".formatted(chat));
      assertThat(aborted).isTrue();
      assertThat(types(seenByOne)).doesNotContain("error");
      assertThat(history().toString()).doesNotContain("From the other");
    }
  }

  @Test
  void a_conversation_is_free_as_soon_as_its_turn_is_sealed() {
    try (var client = SocketClient.to(server)) {
      for (int i = 0; i < 10; i++) {
        var events = say(client, "Number " + i, "small").eventsUntil("turn-sealed");

        assertThat(events.getFirst().path("text").asString()).isEqualTo("Number " + i);
      }
      var sequence = new ArrayList<Long>();
      history().path("chunks").forEach(chunk -> sequence.add(chunk.path("seq").asLong()));
      assertThat(sequence).hasSize(20).isSorted().doesNotHaveDuplicates().endsWith(20L);
    }
  }

  @Test
  void closing_aborts_the_turn_at_once_and_keeps_its_text() {
    try (var client = SocketClient.to(server)) {
      client.subscribe(chat).next("surface");
      client.toggle(chat, "true").next("update");
      say(client, "Tell me everything", "long");
      var events = new ArrayList<JsonNode>();
      while (events.size() < 20) {
        events.add(client.next("chat.delta").path("event"));
      }

      boolean aborted = close();

      events.addAll(client.eventsUntil("turn-sealed"));
      assertThat(aborted).isTrue();
      assertThat(types(events)).endsWith("step-complete", "done", "turn-sealed");
      assertThat(events.get(events.size() - 2).path("reason").asString()).isEqualTo("aborted");
      assertThat(kept()).isEqualTo(text(events)).isNotEmpty();
      var warming = server.get("/api/prompts/conversations/" + chat).json();
      assertThat(warming.path("enabled").asBoolean()).isFalse();
      assertThat(warming.path("next_warm_at").isNull()).isTrue();
      assertThat(close()).isFalse();
    }
  }

  @Test
  void the_surface_shows_the_end_of_a_turn_before_it_is_sealed() {
    try (var client = SocketClient.to(server)) {
      client.subscribe(chat).next("surface");
      client.toggle(chat, "true").next("update");

      say(client, "Hello", "small");
      var frames = new ArrayList<JsonNode>();
      do {
        frames.add(client.next());
      } while (!frames.getLast().path("event").path("type").asString("").equals("turn-sealed"));

      var updates =
          frames.stream().filter(frame -> frame.path("type").asString().equals("update")).toList();
      assertThat(updates).hasSize(2);
      assertThat(nextWarmAt(updates.getFirst()).isNull()).isTrue();
      assertThat(nextWarmAt(updates.getLast()).isNumber()).isTrue();
      close();
    }
  }

  private static JsonNode nextWarmAt(JsonNode update) {
    return update
        .path("update")
        .path("spec")
        .path("fields")
        .path(4)
        .path("payload")
        .path("nextWarmAt");
  }

  @Test
  void an_unknown_model_fails_the_turn_and_nothing_is_stored() {
    for (var model : Set.of("nobody/nothing", "nonsense")) {
      try (var client = SocketClient.to(server)) {
        client.send(
            "{'type':'chat.send','message':'Hello','conversationId':'%s','model':'%s'}"
                .formatted(chat, model));

        var events = client.eventsUntil("error");

        assertThat(types(events)).containsExactly("user-message", "error");
        assertThat(events.getLast().path("message").asString())
            .isEqualTo("unknown model: " + model);
        assertThat(client.flush()).isEmpty();
        assertThat(history().path("chunks").isEmpty()).isTrue();
      }
    }
  }

  @Test
  void a_model_that_the_provider_does_not_have_fails_in_the_turn() {
    try (var client = SocketClient.to(server)) {
      var events = say(client, "Hello", "gigantic").eventsUntil("turn-sealed");

      assertThat(types(events))
          .containsExactly(
              "user-message", "turn-start", "error", "step-complete", "done", "turn-sealed");
      assertThat(events.get(4).path("reason").asString()).isEqualTo("error");
    }
  }

  @Test
  void a_turn_goes_on_when_its_socket_is_lost() {
    try (var client = SocketClient.to(server)) {
      say(client, "Hello", "small").next("chat.delta");
    }

    await().until(() -> history().path("chunks").size() == 2);
    assertThat(server.get("/conversations/" + chat + "/metrics").json().path("turns").size())
        .isEqualTo(1);
  }
}
