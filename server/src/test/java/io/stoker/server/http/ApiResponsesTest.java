package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import io.stoker.server.TestTokens;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Calls every operation of the OpenAPI document with each role, with valid and invalid requests,
/// and checks that status, type, members, nulls, enumerations and formats are as documented.
class ApiResponsesTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String WARMING = "/api/admin/warming/";
  private static final String FORM =
      "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"q.txt\"\r\n\r\nWhat is a TTL?\r\n--x--\r\n";

  /// Operations whose success a plain request cannot observe.
  private static final Set<String> NOT_WALKED = Set.of("GET /ws");

  @TempDir private Path folder;

  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Map<JsonNode, Schema> compiled = new HashMap<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, String> tokens = new LinkedHashMap<>();
  private final Set<String> faults = new LinkedHashSet<>();
  private final Set<String> succeeded = new TreeSet<>();

  private RunningServer server;
  private JsonNode document;

  @Test
  void what_a_server_full_of_data_gives_is_what_its_document_says() {
    try (var full =
        start(SessionEnvironment.with(20).variables("STOKER_SESSIONS_KEEP_WARM", "false"))) {
      server = full;
      describe();
      fill();

      walk();

      assertThat(faults).isEmpty();
      var expected = new TreeSet<>(operations());
      expected.removeAll(NOT_WALKED);
      assertThat(succeeded).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void so_is_what_a_server_with_nothing_gives() {
    try (var empty = start(Map.of())) {
      server = empty;
      describe();

      walk();

      assertThat(faults).isEmpty();
    }
  }

  @Test
  void so_are_events_from_the_first_to_the_last() throws Exception {
    try (var full =
        start(SessionEnvironment.with(20).variables("STOKER_SESSIONS_KEEP_WARM", "false"))) {
      server = full;
      describe();
      settings("{\"warming_delay\": \"0s\", \"per_minute\": null}");

      var run = call("POST", "/api/sessions/warm", "{\"count\": 10}").json.path("id").asString();
      var runs = events("/api/sessions/runs/{id}/progress", run, "");
      settings("{\"per_minute\": 1}");
      var id = submit("\"One?\", \"Two?\"");
      call("POST", WARMING + "batches/" + id + "/pause", "{}");
      call("POST", WARMING + "batches/" + id + "/cancel", "{}");
      var batch = events(WARMING + "progress", "", "?batch_id=" + id + "&last_event_id=0");
      var deleted = submit("\"Three?\"");
      call("DELETE", WARMING + "batches/" + deleted, "");
      call("POST", "/chat", "{\"message\": \"Hello\"}");

      assertThat(runs).contains("complete");
      assertThat(batch).contains("progress", "complete");
      assertThat(faults).isEmpty();
    }
  }

  // --- the server and what is in it ---

  private RunningServer start(Map<String, String> more) {
    var file = folder.resolve("tokens");
    for (var role : io.stoker.server.access.Role.values()) {
      tokens.put(role.label(), TestTokens.create(file, "the-" + role.label(), role.label()));
    }
    var variables = new HashMap<>(more);
    variables.put("STOKER_ANSWERS_DATA", folder.toString());
    variables.put("STOKER_PROMPTS_SIMULATOR_PACE", "0s");
    variables.put("STOKER_RATELIMIT", "0");
    return RunningServer.with(variables);
  }

  private void describe() {
    document = server.get("/v3/api-docs", bearer("operator")).json();
    close(document.path("paths"));
  }

  /// Forbids members that are not in the schema.
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("properties").isObject()
        && object.path("type").toString().contains("object")
        && object.path("additionalProperties").isMissingNode()) {
      object.put("additionalProperties", false);
    }
    node.forEach(ApiResponsesTest::close);
  }

  private void fill() {
    await().until(() -> call("GET", "/api/sessions/runs", "").text.contains("\"completed\""));
    settings("{\"warming_delay\": \"0s\", \"per_minute\": null}");
    call("POST", WARMING + "queue/manual", operationBody("POST " + WARMING + "queue/manual"));
    var done = submit("\"What is a TTL?\", \"How does the queue work?\"");
    await().until(() -> status(done).startsWith("completed"));
    settings("{\"minimum_confidence\": 100}");
    var doubtful = submit("\"Zzz qqq xxyy?\"");
    await().until(() -> status(doubtful).startsWith("completed"));
    settings("{\"minimum_confidence\": 40, \"per_minute\": 1}");
    var paused = submit("\"Paused?\", \"And this?\"");
    call("POST", WARMING + "batches/" + paused + "/pause", "{\"reason\": \"lunch\"}");
    var cancelled = submit("\"Cancelled?\", \"And that?\"");
    call("POST", WARMING + "batches/" + cancelled + "/cancel", "{}");
    var question = texts(WARMING + "batches/" + cancelled + "/queries", "queries", "id").getLast();
    call("POST", WARMING + "queries/" + question + "/retry", "");
    call("DELETE", WARMING + "queries/" + question, "");
    submit("\"Waiting?\", \"In line?\"");
    var slow = call("POST", "/api/sessions/warm", "{\"rate\": 1, \"refresh\": true}");
    call("POST", "/api/sessions/runs/" + slow.json.path("id").asString() + "/cancel", "");
    call("POST", "/api/answers/ask", "{\"question\": \"What is a TTL?\"}");
    call("POST", "/api/answers/ask", "{\"question\": \"What is a TTL?\"}");
    for (int i = 0; i < 2; i++) {
      call("POST", "/chat", "{\"message\": \"Hello\", \"conversationId\": \"holiday-plans\"}");
    }
    call("POST", "/chat", operationBody("POST /chat").replace("holiday-plans", "other"));
    call("POST", "/api/prompts/conversations/holiday-plans/warm", "");
    call("PUT", "/api/prompts/conversations/other/budget", "{\"daily_budget_micros\": 2500000}");
    call("POST", "/conversations/other/close", "");
    call("POST", "/api/documents", operationBody("POST /api/documents"));
  }

  private void settings(String json) {
    call("PUT", WARMING + "settings", json);
  }

  private String submit(String questions) {
    var queued = call("POST", WARMING + "queue/manual", "{\"queries\": [" + questions + "]}");
    return queued.json.path("batch_id").asString();
  }

  private String status(String batch) {
    return call("GET", WARMING + "batches/" + batch, "").json.path("status").asString();
  }

  // --- the walk ---

  private Set<String> operations() {
    var all = new LinkedHashSet<String>();
    for (var method :
        List.of("get", "put", "post", "delete")) { // first those that take nothing away
      document
          .path("paths")
          .forEachEntry((path, item) -> {
            if (item.has(method)) {
              all.add(method.toUpperCase(Locale.ROOT) + " " + path);
            }
          });
    }
    return all;
  }

  private void walk() {
    var ids = ids();
    for (var operation : operations()) {
      for (var caller : Stream.concat(Stream.of("", "wrong"), tokens.keySet().stream()).toList()) {
        for (var path : paths(operation, ids)) {
          for (var query : caller.equals("operator") ? queries(operation) : List.of("")) {
            for (var body : bodies(operation)) {
              var method = operation.substring(0, operation.indexOf(' '));
              check(operation, send(method, path + query, body, caller));
            }
          }
        }
      }
    }
  }

  /// Values of path variables: existing ones and unknown ones.
  private Map<String, List<String>> ids() {
    var ids = new HashMap<String, List<String>>();
    ids.put("/runs/", texts("/api/sessions/runs", "runs", "id"));
    ids.put("/batches/", texts(WARMING + "batches", "batches", "id"));
    var queries = new ArrayList<String>();
    for (var batch : ids.get("/batches/")) {
      queries.addAll(texts(WARMING + "batches/" + batch + "/queries", "queries", "id"));
    }
    ids.put("/queries/", queries);
    ids.put("/documents/", List.of("opening-hours", "sample-time-to-live"));
    ids.put("conversations/", List.of("holiday-plans", "other"));
    ids.put("/app/", List.of("console.js", "flame.svg"));
    ids.put("/lib/", List.of("lit/index.js"));
    return ids;
  }

  private List<String> texts(String path, String list, String member) {
    var texts = new ArrayList<String>();
    call("GET", path, "").json.path(list).forEach(item -> texts.add(item.path(member).asString()));
    return texts;
  }

  private static List<String> paths(String operation, Map<String, List<String>> ids) {
    var path = operation.substring(operation.indexOf(' ') + 1);
    if (!path.contains("{")) {
      return List.of(path);
    }
    var variable = path.indexOf('{');
    var end = path.lastIndexOf('}') + 1;
    var values = new ArrayList<>(List.of("none-such", "0", "%20"));
    ids.forEach((part, known) -> {
      if (path.contains(part)) {
        values.addAll(known);
      }
    });
    return values.stream()
        .map(value -> path.substring(0, variable) + value + path.substring(end))
        .toList();
  }

  private List<String> queries(String operation) {
    var queries = new ArrayList<>(List.of("", "?no_such_parameter=1"));
    for (var parameter : operation(operation).path("parameters")) {
      if (parameter.path("in").asString().equals("query")) {
        var name = parameter.path("name").asString();
        for (var value :
            List.of("1", "-1", "1h", "true", "csv", "json", "day", "tenant", "rubbish", "")) {
          queries.add("?" + name + "=" + URLEncoder.encode(value, UTF_8));
        }
      }
    }
    return queries;
  }

  /// A body and its type.
  private record Body(String type, String text) {}

  private List<Body> bodies(String operation) {
    var content = operation(operation).path("requestBody").path("content");
    if (content.isMissingNode()) {
      return List.of(new Body("", ""));
    }
    var bodies = new ArrayList<Body>();
    for (var text : List.of("", "{", "[]", "null", "\"text\"", "{\"no_such_member\": 1}", "{}")) {
      bodies.add(new Body("application/json", text));
    }
    bodies.add(new Body("text/plain", "text"));
    var example = content.path("application/json").path("example");
    example.forEachEntry((name, _) -> {
      var wrong = JSON.createObjectNode().setAll((ObjectNode) example);
      bodies.add(new Body("application/json", wrong.put(name, -1.5).toString()));
      bodies.add(new Body("application/json", wrong.putNull(name).toString()));
      wrong.putArray(name).addNull();
      bodies.add(new Body("application/json", wrong.toString()));
    });
    if (content.has("multipart/form-data")) {
      bodies.add(new Body("multipart/form-data; boundary=x", FORM));
      bodies.add(new Body("multipart/form-data; boundary=x", "--x--\r\n"));
      bodies.add(new Body("multipart/form-data", "x"));
    }
    if (!example.isMissingNode()) {
      var good = example.toString();
      bodies.add(
          new Body(
              "application/json",
              operation.equals("POST /api/session")
                  ? good.replace("TOKEN", tokens.get("operator"))
                  : good));
    }
    return bodies;
  }

  // --- requests ---

  /// A response.
  ///
  /// @param events of a stream, each as the document has it
  private record Reply(
      String request, int status, String type, String text, JsonNode json, List<JsonNode> events) {}

  private JsonNode operation(String operation) {
    var parts = operation.split(" ", 2);
    return document.path("paths").path(parts[1]).path(parts[0].toLowerCase(Locale.ROOT));
  }

  private String operationBody(String operation) {
    return operation(operation).at("/requestBody/content/application~1json/example").toString();
  }

  private String[] bearer(String caller) {
    return switch (caller) {
      case "" -> new String[0];
      case "wrong" -> new String[] {"Authorization", "Bearer stoker_" + "0".repeat(43)};
      default -> new String[] {"Authorization", "Bearer " + tokens.get(caller)};
    };
  }

  /// An operator's call, checked like any other.
  private Reply call(String method, String path, String body) {
    var reply =
        send(method, path, new Body(body.isEmpty() ? "" : "application/json", body), "operator");
    operations().stream()
        .filter(operation -> operation.startsWith(method + " "))
        .filter(operation ->
            path.matches(operation.substring(method.length() + 1).replaceAll("\\{\\w+}", "[^/]+")))
        .findFirst()
        .ifPresent(operation -> check(operation, reply));
    return reply;
  }

  private Set<String> events(String operation, String id, String query) {
    var path = operation.replace("{id}", id) + query;
    var reply = send("GET", path, new Body("", ""), "operator", Integer.MAX_VALUE);
    check("GET " + operation, reply);
    var names = new TreeSet<String>();
    reply.events.forEach(event -> names.add(event.path("event").asString()));
    return names;
  }

  private Reply send(String method, String path, Body body, String caller) {
    return send(method, path, body, caller, 1);
  }

  /// @param most how many events to wait for, where they come without an end
  private Reply send(String method, String path, Body body, String caller, int most) {
    var request = server.request(path, bearer(caller)).timeout(Duration.ofMinutes(1));
    if (!body.type.isEmpty()) {
      request.header("Content-Type", body.type);
    }
    request.method(
        method, body.text.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body.text));
    var name = method + " " + path + " by '" + caller + "' with " + body;
    try {
      return reply(name, exchange(request.build()), most);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private HttpResponse<InputStream> exchange(HttpRequest request) throws IOException {
    try {
      return http.send(request, BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while calling the server", e);
    }
  }

  private static Reply reply(String name, HttpResponse<InputStream> response, int most)
      throws IOException {
    var type = response.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
    try (var in = response.body()) {
      if (type.equals("text/event-stream")) {
        return new Reply(name, response.statusCode(), type, "", JSON.nullNode(), read(in, most));
      }
      var text = new String(in.readAllBytes(), UTF_8);
      var json =
          type.endsWith("/json") || type.endsWith("+json") ? JSON.readTree(text) : JSON.nullNode();
      var lines =
          type.equals("application/x-ndjson")
              ? text.lines().map(JSON::readTree).toList()
              : List.<JsonNode>of();
      return new Reply(name, response.statusCode(), type, text, json, lines);
    }
  }

  private static List<JsonNode> read(InputStream in, int most) throws IOException {
    var events = new ArrayList<JsonNode>();
    var lines = new BufferedReader(new InputStreamReader(in, UTF_8));
    var event = "";
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("retry: ") && most == 1) {
        return events; // the walk only wants to see it open
      }
      if (line.startsWith("event: ")) {
        event = line.substring(7);
      } else if (line.startsWith("data: ")) {
        var data = JSON.readTree(line.substring(6));
        events.add(JSON.createObjectNode().put("event", event).set("data", data));
      }
    }
    return events;
  }

  // --- what the document says ---

  private void check(String operation, Reply reply) {
    var responses = operation(operation).path("responses");
    var named = responses.path(Integer.toString(reply.status));
    if (reply.status >= 500 && reply.status != 502 && reply.status != 503 && reply.status != 504) {
      faults.add(reply.request + ": " + reply.status + " " + reply.text);
      return;
    }
    if (named.isMissingNode() && reply.status < 400) {
      faults.add(reply.request + ": status " + reply.status + " is not documented");
      return;
    }
    if (reply.status < 400) {
      succeeded.add(operation);
    }
    var content =
        resolved(named.isMissingNode() ? responses.path("default") : named).path("content");
    if (content.isMissingNode()) {
      if (!reply.text.isEmpty()) {
        faults.add(reply.request + ": a body is not documented, got " + reply.text);
      }
      return;
    }
    var media = content.path(reply.type);
    if (media.isMissingNode()) {
      faults.add(reply.request + ": the type " + reply.type + " is not documented");
      return;
    }
    if (reply.type.equals("application/json") || reply.type.equals("application/problem+json")) {
      validate(reply, media.path("schema"), reply.json);
    }
    for (var event : reply.events) {
      validate(reply, media.path("x-item-schema"), event);
    }
  }

  /// The target of a reference, or the schema itself.
  private JsonNode resolved(JsonNode part) {
    var reference = part.path("$ref");
    return reference.isMissingNode() ? part : document.at(reference.asString().substring(1));
  }

  /// A schema with the components that it may refer to.
  private Schema compile(JsonNode schema) {
    var whole = ((ObjectNode) schema).deepCopy();
    whole.set("components", document.path("components"));
    return schemas.getSchema(whole);
  }

  private void validate(Reply reply, JsonNode schema, JsonNode value) {
    if (schema.isMissingNode()) {
      faults.add(reply.request + ": there is no schema");
      return;
    }
    var errors =
        compiled
            .computeIfAbsent(schema, this::compile)
            .validate(
                value,
                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
    if (!errors.isEmpty() && faults.size() < 40) {
      faults.add(reply.request + ": " + errors + " in " + value);
    }
  }
}
