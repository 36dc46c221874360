package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Surfaces over a socket.
class SurfaceSocketTest {

  private static RunningServer server;

  private final String chat = UUID.randomUUID().toString();

  @BeforeAll
  static void start() {
    server =
        RunningServer.with(
            Map.of(
                "STOKER_PROMPTS_SIMULATOR_PACE", "0s",
                "STOKER_PROMPTS_SIMULATOR_LATENCY", "0s",
                "STOKER_PROMPTS_SIMULATOR_TTL", "5m"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode field(JsonNode spec, String label) {
    for (var field : spec.path("fields")) {
      if (field.path("label").asString("").equals(label)) {
        return field;
      }
    }
    return spec.path("none");
  }

  private static JsonNode timer(JsonNode spec) {
    return spec.path("fields").path(4).path("payload");
  }

  private static List<String> names(JsonNode object) {
    var names = new ArrayList<String>();
    object.forEachEntry((name, _) -> names.add(name));
    return names;
  }

  private void talk() {
    var turn =
        server.post(
            "/chat",
            "{\"message\":\"Hello there, how is the weather in the"
                + " mountains, and what shall we take along for a week of walking?\",\"conversationId\":\""
                + chat
                + "\"}");
    assertThat(turn.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "/", "/socket/of/somebody", "/chat"})
  void the_catalog_comes_first_wherever_the_socket_is_opened(String path) {
    try (var client = SocketClient.at(server.port(), path)) {
      var catalog = client.next();

      assertThat(catalog.path("type").asString()).isEqualTo("catalog");
      assertThat(catalog.path("catalog").toString())
          .isEqualTo(
              "[{\"id\":\"cache-warming\",\"region\":\"side\",\"title\":\"Cache Warming\","
                  + "\"scope\":\"conversation\"},{\"id\":\"loaded-extensions\",\"region\":\"side\","
                  + "\"title\":\"Loaded Extensions\",\"scope\":\"global\"}]");
    }
  }

  @Test
  void an_unknown_conversation_has_the_five_fields_with_their_defaults() {
    try (var client = SocketClient.to(server)) {
      var surface = client.subscribe(chat).next();

      assertThat(surface.path("type").asString()).isEqualTo("surface");
      assertThat(surface.path("conversationId").asString()).isEqualTo(chat);
      var spec = surface.path("spec");
      assertThat(spec.path("id").asString()).isEqualTo("cache-warming");
      assertThat(spec.path("region").asString()).isEqualTo("side");
      assertThat(spec.path("title").asString()).isEqualTo("Cache Warming");
      var fields = spec.path("fields");
      assertThat(fields.path(0).toString())
          .isEqualTo(
              "{\"kind\":\"toggle\",\"label\":\"Enabled\",\"value\":false,"
                  + "\"action\":{\"actionId\":\"cache-warming/toggle\"}}");
      assertThat(fields.path(1).toString())
          .isEqualTo(
              "{\"kind\":\"number\",\"label\":\"Refresh Interval\",\"value\":240,\"min\":1,"
                  + "\"step\":1,\"unit\":\"s\",\"action\":{\"actionId\":\"cache-warming/set-interval\"}}");
      assertThat(fields.path(2).toString())
          .isEqualTo("{\"kind\":\"stat\",\"label\":\"Last Cache %\",\"value\":\"—\"}");
      assertThat(fields.path(3).toString())
          .isEqualTo("{\"kind\":\"stat\",\"label\":\"Cache retention\",\"value\":\"—\"}");
      assertThat(fields.path(4).toString())
          .isEqualTo(
              "{\"kind\":\"custom\",\"rendererId\":\"cache-warming-timer\","
                  + "\"payload\":{\"nextWarmAt\":null,\"lastWarmAt\":null}}");
    }
  }

  @Test
  void further_fields_follow_and_are_not_taken_for_the_retention() {
    try (var client = SocketClient.to(server)) {
      var fields = client.subscribe(chat).next().path("spec").path("fields");

      for (int i = 5; i < fields.size(); i++) {
        assertThat(fields.path(i).path("kind").asString()).isIn("stat", "button");
        assertThat(fields.path(i).path("label").asString()).doesNotContainIgnoringCase("retention");
      }
      assertThat(fields.path(5).toString())
          .isEqualTo("{\"kind\":\"stat\",\"label\":\"Status\",\"value\":\"Off\"}");
      assertThat(fields.path(fields.size() - 1).toString())
          .isEqualTo(
              "{\"kind\":\"button\",\"label\":\"Warm now\","
                  + "\"action\":{\"actionId\":\"cache-warming/warm\"}}");
    }
  }

  @Test
  void the_policy_and_the_costs_follow_the_five_fields() {
    var message = chat + "x".repeat(800);
    server.post("/chat", "{\"message\":\"%s\",\"conversationId\":\"%s\"}".formatted(message, chat));
    server.put("/api/prompts/conversations/" + chat + "/warming", "{\"mode\": \"adaptive\"}");
    try (var client = SocketClient.to(server)) {
      var before = client.subscribe(chat).next("surface").path("spec");
      client.toggle(chat, "true").next("update");
      server.post("/api/prompts/conversations/" + chat + "/warm", "");
      var after = client.next("update").path("update").path("spec");

      assertThat(field(before, "Policy").path("value").asString()).isEqualTo("adaptive");
      assertThat(field(before, "Warming so far").isMissingNode()).isTrue();
      assertThat(field(after, "Policy").path("value").asString())
          .startsWith("adaptive: ")
          .contains("% chance that the next warm saves the cache");
      assertThat(field(after, "Next message").path("value").asString())
          .matches("(<\\$0\\.0001|\\$0\\.000\\d) now, \\$0\\.000\\d after expiry");
      assertThat(field(after, "Warming so far").path("value").asString())
          .matches("<?\\$0\\.000\\d spent, \\$0\\.0000 saved, \\$0\\.0000 wasted");
      assertThat(names(after.path("fields").path(4))).contains("rendererId");
      for (int i = 5; i < after.path("fields").size(); i++) {
        assertThat(after.path("fields").path(i).path("label").asString())
            .doesNotContainIgnoringCase("retention");
      }
      client.toggle(chat, "false").next("update");
    }
  }

  @Test
  void without_a_conversation_the_surface_says_so() {
    try (var client = SocketClient.to(server)) {
      var surface = client.send("{'type':'subscribe','surfaceId':'cache-warming'}").next();

      assertThat(names(surface)).containsExactly("type", "spec");
      assertThat(surface.path("spec").path("fields").toString())
          .isEqualTo(
              "[{\"kind\":\"stat\",\"label\":\"Status\",\"value\":\"No conversation focused\"}]");
    }
  }

  @Test
  void extensions_are_the_server_s_modules_and_providers() {
    try (var client = SocketClient.to(server)) {
      var fields =
          client
              .send("{'type':'subscribe','surfaceId':'loaded-extensions'}")
              .next()
              .path("spec")
              .path("fields");

      assertThat(fields.path(0).path("value").asString()).isEqualTo("5");
      var table = fields.path(1).path("payload");
      assertThat(table.path("columns").toString())
          .isEqualTo("[\"Name\",\"Version\",\"Trust\",\"Activation\"]");
      assertThat(table.path("rows").size()).isEqualTo(5);
      assertThat(table.path("rows").toString()).contains("\"provider simulator\",\"1\"");
    }
  }

  @Test
  void an_invocation_is_followed_by_its_update_and_nothing_else() {
    try (var client = SocketClient.to(server)) {
      client.subscribe(chat).next("surface");

      client.toggle(chat, "true");
      var update = client.next();

      assertThat(names(update)).containsExactly("type", "update");
      var told = update.path("update");
      assertThat(names(told)).containsExactly("surfaceId", "spec", "conversationId");
      assertThat(told.path("conversationId").asString()).isEqualTo(chat);
      assertThat(field(told.path("spec"), "Enabled").path("value").asBoolean()).isTrue();
      assertThat(client.flush()).isEmpty();
      server.post("/conversations/" + chat + "/close", "");
    }
  }

  @Test
  void an_invocation_that_changes_nothing_is_answered_too() {
    try (var client = SocketClient.to(server)) {
      client.subscribe(chat).next("surface");

      client.toggle(chat, "false");

      assertThat(client.next().path("type").asString()).isEqualTo("update");
      assertThat(client.flush()).isEmpty();
    }
  }

  @Test
  void a_toggle_without_a_payload_flips() {
    try (var client = SocketClient.to(server)) {
      client.subscribe(chat).next("surface");
      var seen = new ArrayList<Boolean>();

      for (int i = 0; i < 3; i++) {
        client.toggle(chat, "");
        seen.add(enabled(client.next("update")));
      }
      client.toggle(chat, "");

      assertThat(seen).containsExactly(true, false, true);
      assertThat(enabled(client.next("update"))).isFalse();
    }
  }

  private static boolean enabled(JsonNode update) {
    return field(update.path("update").path("spec"), "Enabled").path("value").asBoolean();
  }

  @Test
  void a_hundred_clicks_from_two_sockets_end_where_they_began() {
    try (var one = SocketClient.to(server);
        var other = SocketClient.to(server)) {
      one.subscribe(chat).next("surface");
      for (int i = 0; i < 50; i++) {
        one.toggle(chat, "");
        other.toggle(chat, "");
      }
      other.flush();

      var updates = one.flush();

      assertThat(updates).hasSize(100);
      for (int i = 0; i < 100; i++) {
        assertThat(enabled(updates.get(i))).isEqualTo(i % 2 == 0);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"value\":10}", "10", "9.6", "10.4"})
  void an_interval_is_set_in_seconds(String payload) {
    try (var client = SocketClient.to(server)) {
      client.subscribe(chat).next("surface");

      interval(client, payload);

      var spec = client.next().path("update").path("spec");
      assertThat(field(spec, "Refresh Interval").path("value").asInt()).isEqualTo(10);
    }
  }

  private void interval(SocketClient client, String payload) {
    client.send(
        "{'type':'invoke','surfaceId':'cache-warming','conversationId':'%s','actionId':'cache-warming/set-interval','payload':%s}"
            .formatted(chat, payload));
  }

  @Test
  void an_interval_below_a_second_becomes_one() {
    try (var client = SocketClient.to(server)) {
      client.subscribe(chat).next("surface");

      interval(client, "0.01");

      var spec = client.next().path("update").path("spec");
      assertThat(field(spec, "Refresh Interval").path("value").asInt()).isEqualTo(1);
    }
  }

  @Test
  void an_interval_longer_than_the_cache_s_ttl_is_flagged() {
    talk();
    try (var client = SocketClient.to(server)) {
      client.subscribe(chat).next("surface");

      interval(client, "300");
      var flagged = client.next().path("update").path("spec");
      interval(client, "299");
      var fine = client.next().path("update").path("spec");

      assertThat(field(flagged, "Warning").path("value").asString())
          .startsWith("cache will expire before the next warm");
      assertThat(field(fine, "Warning").isMissingNode()).isTrue();
    }
  }

  @Test
  void a_warm_is_one_update_with_its_results_and_a_time_in_the_future() {
    talk();
    try (var client = SocketClient.to(server)) {
      client.subscribe(chat).next("surface");
      client.toggle(chat, "true").next("update");

      warm(client);
      client.next("update"); // what the model said itself is in the cache from now on
      warm(client);
      var update = client.next();

      var spec = update.path("update").path("spec");
      assertThat(field(spec, "Cache retention").path("value").asString()).isEqualTo("100%");
      assertThat(field(spec, "Last Cache %").path("value").asString()).matches("[1-9]\\d?%|100%");
      assertThat(timer(spec).path("lastWarmAt").isNumber()).isTrue();
      assertThat(timer(spec).path("nextWarmAt").asLong())
          .isGreaterThan(timer(spec).path("lastWarmAt").asLong());
      assertThat(client.flush()).isEmpty();
      server.post("/conversations/" + chat + "/close", "");
    }
  }

  private void warm(SocketClient client) {
    client.send(
        "{'type':'invoke','surfaceId':'cache-warming','conversationId':'%s','actionId':'cache-warming/warm'}"
            .formatted(chat));
  }

  @Test
  void a_warm_of_nothing_is_an_error_on_the_surface() {
    try (var client = SocketClient.to(server)) {
      warm(client);

      assertThat(client.next().toString())
          .isEqualTo(
              "{\"type\":\"error\",\"message\":\"no history\",\"surfaceId\":\"cache-warming\"}");
    }
  }

  @Test
  void subscribing_twice_is_answered_twice_and_updated_once() {
    try (var client = SocketClient.to(server)) {
      client.subscribe(chat).next("surface");
      client.subscribe(chat);

      assertThat(client.next().path("type").asString()).isEqualTo("surface");
      client.toggle(chat, "false");
      assertThat(client.flush()).hasSize(1);
    }
  }

  @Test
  void unsubscribing_ends_one_subscription_and_leaves_the_others() {
    try (var client = SocketClient.to(server)) {
      client.subscribe(chat).next("surface");
      client.subscribe(chat + "-b").next("surface");
      client.send(
          "{'type':'unsubscribe','surfaceId':'cache-warming','conversationId':'%s'}"
              .formatted(chat));
      client.send("{'type':'unsubscribe','surfaceId':'cache-warming'}");
      client.send("{'type':'unsubscribe','surfaceId':'who-knows','conversationId':'x'}");

      client.toggle(chat, "false");
      client.toggle(chat + "-b", "false");
      var told = client.flush();

      assertThat(told).hasSize(1);
      assertThat(told.getFirst().path("update").path("conversationId").asString())
          .isEqualTo(chat + "-b");
    }
  }

  @Test
  void other_conversations_cause_no_update() {
    try (var one = SocketClient.to(server);
        var other = SocketClient.to(server)) {
      one.subscribe(chat).next("surface");
      other.subscribe(chat + "-b").next("surface");

      other.toggle(chat + "-b", "false").next("update");

      assertThat(one.flush()).isEmpty();
    }
  }

  @Test
  void a_subscriber_during_changes_misses_none_and_gets_none_twice() {
    try (var clicker = SocketClient.to(server);
        var client = SocketClient.to(server)) {
      for (int i = 0; i < 40; i++) {
        clicker.toggle(chat, "");
        client.subscribe(chat);
        client.send(
            "{'type':'unsubscribe','surfaceId':'cache-warming','conversationId':'%s'}"
                .formatted(chat));
      }
      client.subscribe(chat);
      for (int i = 0; i < 40; i++) {
        clicker.toggle(chat, "");
      }
      clicker.flush();

      var seen = new ArrayList<Boolean>();
      for (var frame : client.flush()) {
        if (frame.path("type").asString().equals("surface")) {
          seen.clear();
          seen.add(field(frame.path("spec"), "Enabled").path("value").asBoolean());
        } else {
          assertThat(frame.path("type").asString()).isEqualTo("update");
          seen.add(enabled(frame));
        }
      }
      for (int i = 1; i < seen.size(); i++) {
        assertThat(seen.get(i)).isNotEqualTo(seen.get(i - 1));
      }
      assertThat(seen.getLast()).isFalse();
    }
  }

  @Test
  void a_lost_connection_changes_nothing() {
    try (var client = SocketClient.to(server)) {
      client.subscribe(chat).next("surface");
      client.toggle(chat, "true").next("update");
      client.socket().abort();
    }
    await()
        .until(() ->
            server
                    .get("/actuator/health")
                    .json()
                    .path("components")
                    .path("prompts")
                    .path("details")
                    .path("sockets")
                    .asInt()
                == 0);

    assertThat(server.get("/api/prompts/conversations/" + chat).json().path("enabled").asBoolean())
        .isTrue();
    server.post("/conversations/" + chat + "/close", "");
  }

  @Test
  void a_plain_request_is_told_to_upgrade() {
    var answer = server.get("/ws");

    assertThat(answer.status()).isEqualTo(426);
    assertThat(answer.response().headers().firstValue("Upgrade")).contains("websocket");
    assertThat(answer.text("error")).contains("WebSocket");
  }
}
