package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stoker.server.RunningServer;
import io.stoker.testing.ChildProcess;
import io.stoker.testing.Npm;
import io.stoker.testing.TcpProxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Server-sent events read by a standard EventSource client, the npm package `eventsource`.
class EventSourceTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String WARMING = "/api/admin/warming/";

  @TempDir private Path data;

  @BeforeAll
  static void require() {
    assumeTrue(Npm.isInstalled(), "the packages of foreign/npm are not installed");
  }

  private RunningServer server() {
    var server = RunningServer.with(Map.of("STOKER_ANSWERS_DATA", data.toString()));
    server.put(WARMING + "settings", "{\"warming_delay\": \"0s\"}");
    return server;
  }

  /// Reads the events with some names.
  private static ChildProcess eventSource(int port, String path, String... names) {
    var arguments = new ArrayList<>(List.of("http://127.0.0.1:" + port + path));
    arguments.addAll(List.of(names));
    return ChildProcess.node("events.mjs", arguments.toArray(String[]::new));
  }

  /// The next event with a name; those before it are added to others.
  private static JsonNode next(ChildProcess source, String name, List<JsonNode> others)
      throws InterruptedException {
    while (true) {
      var line = source.nextLine();
      assertThat(line).as("a line before '%s'", name).isNotNull();
      var event = JSON.readTree(line);
      if (event.path("event").asString().equals(name)) {
        return event;
      }
      others.add(event);
    }
  }

  private static JsonNode next(ChildProcess source, String name) throws InterruptedException {
    return next(source, name, new ArrayList<>());
  }

  private static void submit(RunningServer server, String... questions) {
    var answer =
        server.post(
            WARMING + "queue/manual",
            "{\"queries\": [\"" + String.join("\", \"", questions) + "\"]}");
    assertThat(answer.status()).isEqualTo(201);
  }

  @Test
  void the_events_of_a_batch_are_received_by_name() throws Exception {
    try (var server = server();
        var source =
            eventSource(server.port(), WARMING + "events", "progress", "query", "complete")) {
      next(source, "open");

      submit(server, "What is a cache?");
      var others = new ArrayList<JsonNode>();
      var complete = next(source, "complete", others);

      assertThat(others)
          .anySatisfy(event -> {
            assertThat(event.path("event").asString()).isEqualTo("query");
            assertThat(event.path("data").path("text").asString()).isEqualTo("What is a cache?");
          });
      assertThat(complete.path("id").asString()).isNotEmpty();
      assertThat(complete.path("data").path("status").asString()).isEqualTo("completed");
    }
  }

  @Test
  void after_a_restart_no_event_is_lost_or_repeated() throws Exception {
    var events = new ArrayList<JsonNode>();
    var first = server();
    try (var proxy = TcpProxy.to(first.port());
        var source = eventSource(proxy.port(), WARMING + "events", "query", "complete")) {
      next(source, "open");
      submit(first, "What is a cache?");
      events.add(next(source, "complete", events));

      proxy.cut();
      submit(first, "What is a lease?");
      first.close();
      try (var second = server()) {
        submit(second, "What is a queue?");
        proxy.forwardTo(second.port());
        proxy.restore();
        events.add(next(source, "complete", events));
        events.add(next(source, "complete", events));
      }
    } finally {
      first.close();
    }

    assertThat(questions(events))
        .containsExactlyInAnyOrder("What is a cache?", "What is a lease?", "What is a queue?");
    assertThat(completed(events)).containsExactlyInAnyOrder(1L, 2L, 3L);
    assertThat(ids(events)).isSorted();
  }

  private static List<String> questions(List<JsonNode> events) {
    return data(events, "query").map(data -> data.path("text").asString()).toList();
  }

  private static List<Long> completed(List<JsonNode> events) {
    return data(events, "complete").map(data -> data.path("batch_id").asLong()).toList();
  }

  private static Stream<JsonNode> data(List<JsonNode> events, String name) {
    return events.stream()
        .filter(event -> event.path("event").asString().equals(name))
        .map(event -> event.path("data"));
  }

  private static List<Long> ids(List<JsonNode> events) {
    return events.stream()
        .filter(event -> event.has("id"))
        .map(event -> Long.parseLong(event.path("id").asString()))
        .toList();
  }

  @Test
  void an_overview_is_complete_again_when_its_stream_reconnects() throws Exception {
    try (var server = server();
        var proxy = TcpProxy.to(server.port());
        var source = eventSource(proxy.port(), "/api/overview/events", "overview", "point")) {
      var before = next(source, "overview");

      proxy.reset();
      next(source, "error");
      next(source, "open");
      var after = next(source, "overview");

      assertThat(after.path("id").asString()).isEmpty();
      assertThat(members(after)).isEqualTo(members(before));
    }
  }

  private static Set<String> members(JsonNode event) {
    return new HashSet<>(event.path("data").propertyNames());
  }

  @Test
  void a_rejected_stream_is_not_retried() throws Exception {
    try (var server = server();
        var source = eventSource(server.port(), WARMING + "progress?batch_id=424242")) {
      var error = next(source, "error");

      assertThat(error.path("status").asInt()).isEqualTo(404);
      assertThat(error.path("closed").asBoolean()).isTrue();
    }
  }
}
