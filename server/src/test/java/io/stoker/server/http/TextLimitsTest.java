package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import io.stoker.server.wire.TextLimits;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Overlong texts in every parameter and member of every operation in the OpenAPI document.
@Timeout(300)
class TextLimitsTest {

  /// What is answered where questions are too long, by a limit that is a setting, or where nothing
  /// is found before the body is read.
  private static final Map<String, List<Integer>> OWN_RULES =
      Map.of(
          "queries", List.of(404, 422),
          "question", List.of(400, 404, 422),
          "aliases", List.of(404, 422),
          "waiting_for", List.of(404));

  /// Texts without a limit: a token that is only compared, and a document's text.
  private static final Set<String> OTHERS =
      Set.of("POST /api/session token", "POST /api/documents text");

  private static SessionEnvironment world;
  private static RunningServer server;
  private static JsonNode document;

  @BeforeAll
  static void start() {
    world = SessionEnvironment.with(20);
    server = RunningServer.with(world.variables("STOKER_SESSIONS_KEEP_WARM", "false"));
    document = server.get("/v3/api-docs").json();
    await().until(() -> server.get("/api/sessions/runs").json().toString().contains("completed"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// An operation.
  private record Operation(String method, String path, JsonNode described) {

    List<String> parameters(String in) {
      var names = new ArrayList<String>();
      described
          .path("parameters")
          .forEach(parameter -> {
            if (parameter.path("in").asString().equals(in)) {
              names.add(parameter.path("name").asString());
            }
          });
      return names;
    }

    JsonNode example() {
      return described.path("requestBody").path("content").path("application/json").path("example");
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  private static List<Operation> operations() {
    var all = new ArrayList<Operation>();
    document
        .path("paths")
        .forEachEntry((path, item) ->
            item.forEachEntry((method, described) ->
                all.add(new Operation(method.toUpperCase(Locale.ROOT), path, described))));
    return all;
  }

  private static String overlong(String name) {
    int longest = TextLimits.longest(name);
    return "x".repeat((longest > 1_000_000 ? 30_000 : longest) + 1);
  }

  private static String state() {
    var state = new StringBuilder();
    for (var place :
        List.of(
            "/api/admin/warming/batches",
            "/api/admin/warming/settings",
            "/api/documents",
            "/api/cache/entries",
            "/api/prompts/conversations",
            "/api/sessions/runs",
            "/api/prompts/ledger")) {
      state.append(server.get(place).response().body()).append('\n');
    }
    try (var redis = world.redis().jedis()) {
      redis.keys("*").stream()
          .filter(key -> !key.contains("stats"))
          .sorted()
          .forEach(key -> state.append(key).append('\n'));
    }
    return state.toString();
  }

  @Test
  void overlong_paths_are_rejected_and_change_nothing() {
    var before = state();
    for (var operation : operations()) {
      for (var name : operation.parameters("path")) {
        var path = operation.path.replace("{" + name + "}", overlong(name));
        assertRefused(operation + " " + name, operation.method, filled(path), "", List.of(400));
      }
    }
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void overlong_queries_are_rejected_and_change_nothing() {
    var before = state();
    for (var operation : operations()) {
      for (var name : operation.parameters("query")) {
        var path = filled(operation.path) + "?" + name + "=" + overlong(name);
        assertRefused(operation + " " + name, operation.method, path, "", List.of(400));
      }
    }
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void overlong_texts_in_bodies_are_rejected_and_change_nothing() {
    var before = state();
    for (var operation : operations()) {
      if (operation.example().isObject()) {
        eachText(
            (ObjectNode) operation.example(),
            (name, body) -> {
              var place = operation + " " + name;
              if (!OTHERS.contains(place)) {
                var statuses = OWN_RULES.getOrDefault(name, List.of(400));
                assertRefused(place, operation.method, filled(operation.path), body, statuses);
              }
            });
      }
    }
    assertThat(state()).isEqualTo(before);
  }

  private static String filled(String path) {
    return path.replace("{id}", "1").replace("{library}", "lit").replace("{file}", "a.js");
  }

  private static void eachText(ObjectNode example, BiConsumer<String, String> seen) {
    eachText("body", example, example, seen);
  }

  private static void eachText(
      String name, JsonNode node, ObjectNode whole, BiConsumer<String, String> seen) {
    switch (node) {
      case ObjectNode object ->
          List.copyOf(object.propertyNames())
              .forEach(member -> {
                var value = object.get(member);
                if (value.isString()) {
                  object.put(member, overlong(member));
                  seen.accept(member, whole.toString());
                  object.set(member, value);
                } else {
                  eachText(member, value, whole, seen);
                }
              });
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          var value = array.get(i);
          if (value.isString()) {
            array.set(i, array.stringNode(overlong(name)));
            seen.accept(name, whole.toString());
            array.set(i, value);
          } else {
            eachText(name, value, whole, seen);
          }
        }
      }
      default -> {}
    }
  }

  private static void assertRefused(
      String place, String method, String path, String body, List<Integer> statuses) {
    var request =
        server
            .request(path)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body));

    var answer = server.send(request);

    assertThat(answer.status())
        .as("%s: %s", place, answer.response().body().lines().findFirst().orElse(""))
        .isIn(statuses);
  }
}
