package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stoker.server.RunningServer;
import io.stoker.testing.ChildProcess;
import io.stoker.testing.Npm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The socket used by a standard client, the npm package `ws`.
class ForeignSocketTest {

  private static final JsonMapper JSON = new JsonMapper();

  private static RunningServer server;

  private ChildProcess socket;

  @BeforeAll
  static void start() {
    assumeTrue(Npm.isInstalled(), "the packages of foreign/npm are not installed");
    server =
        RunningServer.with(
            Map.of(
                "STOKER_PROMPTS_SIMULATOR_PACE", "0s",
                "STOKER_PROMPTS_SIMULATOR_LATENCY", "0s"));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void open() throws InterruptedException {
    socket = ChildProcess.node("socket.mjs", "ws://127.0.0.1:" + server.port() + "/ws");
    assertThat(next().path("event").asString()).isEqualTo("open");
    assertThat(nextFrame().path("type").asString()).isEqualTo("catalog");
  }

  @AfterEach
  void close() {
    socket.close();
  }

  private JsonNode next() throws InterruptedException {
    var line = socket.nextLine();
    assertThat(line).isNotNull();
    return JSON.readTree(line);
  }

  private JsonNode nextFrame() throws InterruptedException {
    var next = next();
    assertThat(next.path("event").asString()).as("%s", next).isEqualTo("message");
    return next.path("data");
  }

  private List<JsonNode> turn() throws InterruptedException {
    var events = new ArrayList<JsonNode>();
    do {
      var frame = nextFrame();
      if (frame.path("type").asString().equals("chat.delta")) {
        events.add(frame.path("event"));
      }
    } while (events.isEmpty() || !type(events.getLast()).equals("turn-sealed"));
    return events;
  }

  private static String type(JsonNode event) {
    return event.path("type").asString();
  }

  private void act(String action, Map<String, Object> arguments) {
    var command = JSON.createObjectNode().put("action", action);
    arguments.forEach((name, value) -> command.set(name, JSON.valueToTree(value)));
    socket.send(command.toString());
  }

  private static String message(String conversation, String text) {
    return JSON.writeValueAsString(
        Map.of("type", "chat.send", "conversationId", conversation, "message", text));
  }

  @Test
  void a_turn_s_events_arrive_to_the_end() throws InterruptedException {
    act("send", Map.of("text", message("whole", "Grüß Gott")));

    var events = turn();

    assertThat(events.getFirst().path("text").asString()).isEqualTo("Grüß Gott");
    assertThat(events.stream().map(ForeignSocketTest::type)).contains("text-delta", "done");
  }

  @Test
  void a_ping_is_answered_with_its_payload() throws InterruptedException {
    act("ping", Map.of("data", "are you there?"));

    var pong = next();

    assertThat(pong.path("event").asString()).isEqualTo("pong");
    assertThat(pong.path("data").asString()).isEqualTo("are you there?");
  }

  @Test
  void a_close_is_answered_with_its_code() throws InterruptedException {
    act("close", Map.of("code", 1000, "reason", "bye"));

    var close = next();

    assertThat(close.path("event").asString()).isEqualTo("close");
    assertThat(close.path("code").asInt()).isEqualTo(1000);
  }

  @Test
  void fragments_with_pongs_between_them_are_one_message() throws InterruptedException {
    var text = message("fragments", "A long \u20ac message");

    act("fragments", Map.of("texts", List.of(text.split("(?<=\\G.{5})"))));
    var events = turn();

    assertThat(events.getFirst().path("text").asString()).isEqualTo("A long \u20ac message");
  }
}
