package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.RunningServer.Answer;
import io.stoker.server.SessionEnvironment;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Compares the OpenAPI document with the server's behaviour.
class ApiDocsTest {

  private static final String WARMING = "/api/admin/warming/";

  /// Operations without JSON in request and response.
  private static final Set<String> OTHER =
      Set.of(
          "GET /",
          "GET /stoker.css",
          "GET /app/{file}",
          "GET /lib/{library}/{file}",
          "GET /api/sessions/runs/{id}/progress",
          "GET /api/overview/events",
          "GET /api/sessions/progress",
          "GET " + WARMING + "progress",
          "GET " + WARMING + "events",
          "POST " + WARMING + "queue/upload",
          "GET /ws",
          "POST /chat");

  private static RunningServer server;
  private static JsonNode document;

  private final Set<String> tried = new HashSet<>(OTHER);

  @BeforeAll
  static void start() {
    server =
        RunningServer.with(
            SessionEnvironment.with(20)
                .variables(
                    "STOKER_SESSIONS_KEEP_WARM", "false", "STOKER_PROMPTS_SIMULATOR_PACE", "0s"));
    document = server.get("/v3/api-docs").json();
    await().until(() -> server.get("/api/sessions/runs").json().toString().contains("completed"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Set<String> documented() {
    var all = new TreeSet<String>();
    document
        .path("paths")
        .forEachEntry((path, item) ->
            item.forEachEntry(
                (method, _) -> all.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path)));
    return all;
  }

  @Test
  void every_route_is_described_and_nothing_else() {
    var handlers =
        new Routes.Handlers(
            new SessionHandlers(null),
            new ProgressStream(null, null),
            new AnswerHandlers(null, null),
            new AnswerStream(null, null),
            new AskHandlers(null, null, null),
            new DocumentHandlers(null),
            new ChatHandlers(null),
            new ChatStream(null),
            new PromptHandlers(null, null),
            new LedgerHandlers(null, null),
            new OverviewStream(null, null),
            new SignIn(null));

    var routes =
        new Routes(handlers)
            .all().stream()
                .map(route -> route.method() + " " + route.path().replace("{*", "{"))
                .collect(Collectors.toSet());

    assertThat(documented()).containsExactlyInAnyOrderElementsOf(routes);
  }

  @Test
  void the_document_is_served_as_yaml_too_and_read_only() {
    var yaml = server.get("/v3/api-docs.yaml");

    assertThat(yaml.status()).isEqualTo(200);
    assertThat(yaml.response().body()).startsWith("openapi: ").contains("/api/answers/ask:");
    assertThat(document.path("info").path("title").asString()).isEqualTo("Stoker");
    assertThat(server.post("/v3/api-docs", "{}").status()).isEqualTo(404);
  }

  @Test
  void the_document_requires_the_token() {
    try (var guarded = RunningServer.with(Map.of("STOKER_TOKEN", "correct-horse-battery-staple"))) {
      var stranger = guarded.get("/v3/api-docs");
      var known =
          guarded.get("/v3/api-docs", "Authorization", "Bearer correct-horse-battery-staple");

      assertThat(stranger.status()).isEqualTo(401);
      assertThat(known.status()).isEqualTo(200);
    }
  }

  @Test
  void examples_are_accepted_and_returned() {
    tryIt("GET /api/overview");
    tryIt("GET /api/session");
    tryIt("POST /api/session");
    tryIt("DELETE /api/session");
    tryIt("POST /api/tickets");
    trySessions();
    tryIt("PUT " + WARMING + "settings");
    tryIt("GET " + WARMING + "settings");
    server.put(WARMING + "settings", "{\"warming_delay\": \"0s\", \"per_minute\": null}");
    tryIt("POST " + WARMING + "queue/preview");
    var id = tryIt("POST " + WARMING + "queue/manual").text("batch_id");
    await().until(() -> server.get(WARMING + "batches/" + id).text("status").equals("completed"));
    tryQueue(id);
    tryMoves();
    tryCache();
    tryChats();
    assertThat(tried).containsExactlyInAnyOrderElementsOf(documented());
  }

  private void trySessions() {
    tryIt("GET /api/sessions/estimate");
    tryIt("GET /api/sessions/stats");
    tryIt("GET /api/sessions/follow");
    tryIt("POST /api/sessions/revocations");
    var run = tryIt("POST /api/sessions/warm").text("id");
    tryIt("GET /api/sessions/runs");
    tryIt("GET /api/sessions/runs/{id}", run);
    tried.add("POST /api/sessions/runs/{id}/cancel"); // gives a run as well, if it is quick enough
  }

  private void tryQueue(String batch) {
    tryIt("GET " + WARMING + "queue");
    tryIt("POST " + WARMING + "queue/try");
    tryIt("GET " + WARMING + "batches");
    tryIt("GET " + WARMING + "batches/{id}", batch);
    var queries = tryIt("GET " + WARMING + "batches/{id}/queries", batch).json().path("queries");
    tryIt("GET " + WARMING + "queries/{id}", queries.path(0).path("id").asString());
  }

  private void tryMoves() {
    server.put(WARMING + "settings", "{\"per_minute\": 1}");
    var submitted =
        server.post(WARMING + "queue/manual", "{\"queries\": [\"a?\", \"b?\", \"c?\"]}");
    var batch = submitted.text("batch_id");
    tryIt("POST " + WARMING + "batches/{id}/pause", batch);
    tryIt("POST " + WARMING + "batches/{id}/queries", batch);
    tryIt("POST " + WARMING + "batches/{id}/resume", batch);
    tryIt("POST " + WARMING + "batches/{id}/cancel", batch);
    tryIt("POST " + WARMING + "batches/{id}/retry", batch);
    tryIt("POST " + WARMING + "batches/{id}/cancel", batch);
    var queries = server.get(WARMING + "batches/" + batch + "/queries").json().path("queries");
    var last = queries.path(queries.size() - 1).path("id").asString();
    tryIt("POST " + WARMING + "queries/{id}/retry", last);
    tryIt("DELETE " + WARMING + "queries/{id}", last);
    tryIt("DELETE " + WARMING + "batches/{id}", batch);
  }

  private void tryCache() {
    tryIt("POST /api/answers/ask");
    tryIt("GET /api/cache/stats");
    tryIt("GET /api/cache/entries");
    tryIt("GET /api/cache/top");
    tryIt("POST /api/documents");
    tryIt("GET /api/documents");
    tryIt("GET /api/documents/{id}", "opening-hours");
    tryIt("DELETE /api/documents/{id}", "opening-hours");
    tried.add("DELETE /api/cache/entries");
    var forgotten = server.delete("/api/cache/entries?all=true");
    assertShape("DELETE /api/cache/entries", forgotten);
  }

  private void tryChats() {
    var id = "holiday-plans";
    var body = operation("POST /chat").path("requestBody").path("content").path("application/json");
    var turn = server.post("/chat", body.path("example").toString());
    assertThat(turn.response().body()).contains("\"turn-sealed\"");
    tryIt("GET /health");
    tryIt("GET /models");
    tryIt("POST /chat/warm");
    tryIt("GET /conversations/{id}", id);
    tryIt("GET /conversations/{id}/metrics", id);
    tryIt("PUT /conversations/{id}/cwd", id);
    tryIt("GET /conversations/{id}/cwd", id);
    tryIt("GET /conversations/{id}/lsp", id);
    var place = "/api/prompts/conversations";
    tryIt("PUT " + place + "/{id}/warming", id);
    tryIt("POST " + place + "/{id}/warm", id);
    tryIt("GET " + place + "/{id}/warms", id);
    tryIt("PUT " + place + "/{id}/budget", id);
    tryIt("DELETE " + place + "/{id}/budget", id);
    tryIt("POST " + place + "/{id}/hint", id);
    tryIt("GET " + place + "/{id}", id);
    tryIt("GET " + place);
    tryIt("GET /api/prompts/ledger");
    tryIt("GET /api/prompts/ledger/entries");
    tryIt("GET /api/prompts/budgets");
    tryIt("POST /conversations/{id}/close", id);
    tryIt("DELETE /conversations/{id}", id);
  }

  private Answer tryIt(String route) {
    return tryIt(route, "");
  }

  /// Sends the example request, and compares the response with the example.
  private Answer tryIt(String route, String id) {
    tried.add(route);
    var method = route.replaceAll(" .*", "");
    var path = route.replaceAll(".* ", "").replace("{id}", id);
    var body = operation(route).path("requestBody").path("content").path("application/json");
    var request = server.request(path);
    if (body.isMissingNode()) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, BodyPublishers.ofString(body.path("example").toString()));
    }
    var answer = server.send(request);
    assertShape(route, answer);
    return answer;
  }

  private static JsonNode operation(String route) {
    var parts = route.split(" ", 2);
    return document.path("paths").path(parts[1]).path(parts[0].toLowerCase(java.util.Locale.ROOT));
  }

  private static void assertShape(String route, Answer answer) {
    var described = operation(route).path("responses").path(Integer.toString(answer.status()));
    assertThat(described.isObject()).as("%s gives %s", route, answer).isTrue();
    var example = described.path("content").path("application/json").path("example");
    assertThat(example.isMissingNode())
        .as("%s gives %s", route, answer)
        .isEqualTo(answer.json().isNull());
    assertSame(route, example, answer.json());
  }

  /// Compares members; nulls and maps by reason are ignored.
  private static void assertSame(String place, JsonNode example, JsonNode real) {
    if (example.isObject() && real.isObject() && !place.matches(".*\\.(skipped|failed)")) {
      assertThat(names(real)).as(place).containsExactlyInAnyOrderElementsOf(names(example));
      real.forEachEntry((name, value) -> assertSame(place + "." + name, example.path(name), value));
    } else if (example.isArray() && real.isArray() && !example.isEmpty() && !real.isEmpty()) {
      assertSame(place, example.path(0), real.path(0));
    } else if (!example.isMissingNode() && !example.isNull() && !real.isNull()) {
      assertThat(kind(real)).as("%s is %s", place, real).isEqualTo(kind(example));
    }
  }

  private static List<String> names(JsonNode object) {
    var names = new ArrayList<String>();
    object.forEachEntry((name, _) -> names.add(name));
    return names;
  }

  private static String kind(JsonNode value) {
    return value.isNumber() ? "number" : value.getNodeType().name();
  }
}
