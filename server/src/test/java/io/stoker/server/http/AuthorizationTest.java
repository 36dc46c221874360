package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.TestTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Tries every operation of the OpenAPI document, Actuator's routes and every socket frame with
/// each role. The expectations are listed here, independent of the code.
class AuthorizationTest {

  private static final Set<String> ROLES = Set.of("viewer", "client", "operator", "metrics");

  /// Everyone, even without a token.
  private static final List<String> ANYBODY =
      List.of(
          "GET /",
          "GET /stoker.css",
          "GET /app/{file}",
          "GET /lib/{library}/{file}",
          "GET /health",
          "GET /api/session",
          "POST /api/session",
          "DELETE /api/session",
          "GET /actuator/health",
          "GET /actuator/health/liveness",
          "GET /actuator/health/readiness");

  /// Every role except `metrics`.
  private static final List<String> ALL_ROLES =
      List.of(
          "POST /api/tickets",
          "GET /ws",
          "GET /models",
          "GET /conversations/{id}",
          "GET /conversations/{id}/metrics",
          "GET /conversations/{id}/cwd",
          "GET /conversations/{id}/lsp",
          "GET /api/prompts/conversations/{id}",
          "GET /api/prompts/conversations/{id}/warms");

  /// Viewers and operators, but not applications.
  private static final List<String> VIEWERS =
      List.of(
          "GET /api/overview",
          "GET /api/overview/events",
          "GET /api/sessions/runs",
          "GET /api/sessions/runs/{id}",
          "GET /api/sessions/runs/{id}/progress",
          "GET /api/sessions/progress",
          "GET /api/sessions/estimate",
          "GET /api/sessions/stats",
          "GET /api/sessions/follow",
          "GET /api/admin/warming/queue",
          "GET /api/admin/warming/batches",
          "GET /api/admin/warming/batches/{id}",
          "GET /api/admin/warming/batches/{id}/queries",
          "GET /api/admin/warming/queries/{id}",
          "GET /api/admin/warming/progress",
          "GET /api/admin/warming/events",
          "GET /api/admin/warming/settings",
          "GET /api/cache/stats",
          "GET /api/cache/entries",
          "GET /api/cache/top",
          "GET /api/documents",
          "GET /api/documents/{id}",
          "GET /api/prompts/conversations",
          "GET /actuator",
          "GET /v3/api-docs",
          "GET /v3/api-docs.yaml");

  /// Viewers, operators, and clients restricted to a tenant.
  private static final List<String> FIGURES =
      List.of(
          "GET /api/prompts/ledger", "GET /api/prompts/ledger/entries", "GET /api/prompts/budgets");

  /// For Prometheus.
  private static final List<String> METRICS = List.of("GET /actuator/prometheus");

  /// Applications and operators.
  private static final List<String> CLIENTS =
      List.of(
          "POST /api/sessions/revocations",
          "POST /api/answers/ask",
          "POST /chat",
          "POST /chat/warm",
          "POST /conversations/{id}/close",
          "DELETE /conversations/{id}",
          "PUT /conversations/{id}/cwd",
          "PUT /api/prompts/conversations/{id}/warming",
          "POST /api/prompts/conversations/{id}/hint",
          "POST /api/prompts/conversations/{id}/warm");

  /// Operators only.
  private static final List<String> OPERATORS =
      List.of(
          "POST /api/sessions/warm",
          "POST /api/sessions/runs/{id}/cancel",
          "POST /api/admin/warming/queue/manual",
          "POST /api/admin/warming/queue/upload",
          "POST /api/admin/warming/queue/preview",
          "POST /api/admin/warming/queue/try",
          "DELETE /api/admin/warming/batches/{id}",
          "POST /api/admin/warming/batches/{id}/queries",
          "POST /api/admin/warming/batches/{id}/pause",
          "POST /api/admin/warming/batches/{id}/resume",
          "POST /api/admin/warming/batches/{id}/cancel",
          "POST /api/admin/warming/batches/{id}/retry",
          "DELETE /api/admin/warming/queries/{id}",
          "POST /api/admin/warming/queries/{id}/retry",
          "PUT /api/admin/warming/settings",
          "DELETE /api/cache/entries",
          "POST /api/documents",
          "DELETE /api/documents/{id}",
          "PUT /api/prompts/conversations/{id}/budget",
          "DELETE /api/prompts/conversations/{id}/budget");

  /// The roles that may call each operation that needs a token.
  private static final Map<String, Set<String>> TABLE = new HashMap<>();

  static {
    ANYBODY.forEach(route -> TABLE.put(route, ROLES));
    ALL_ROLES.forEach(route -> TABLE.put(route, Set.of("viewer", "client", "operator")));
    FIGURES.forEach(route -> TABLE.put(route, Set.of("viewer", "client", "operator")));
    METRICS.forEach(route -> TABLE.put(route, Set.of("viewer", "metrics", "operator")));
    VIEWERS.forEach(route -> TABLE.put(route, Set.of("viewer", "operator")));
    CLIENTS.forEach(route -> TABLE.put(route, Set.of("client", "operator")));
    OPERATORS.forEach(route -> TABLE.put(route, Set.of("operator")));
  }

  /// Routes that are not in the document.
  private static boolean isUndocumented(String route) {
    return route.contains(" /actuator") || route.contains(" /v3/");
  }

  @TempDir private static Path folder;

  private static final Map<String, String> TOKENS = new TreeMap<>();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static RunningServer server;
  private static JsonNode document;

  @BeforeAll
  static void start() {
    var file = folder.resolve("tokens");
    for (var role : ROLES) {
      TOKENS.put(role, TestTokens.create(file, "the-" + role, role));
    }
    TOKENS.put("revoked", TestTokens.create(file, "revoked", "operator"));
    TOKENS.put("wrong", "stoker_0000000000000000000000000000000000000000000");
    server =
        RunningServer.with(
            Map.of(
                "STOKER_ANSWERS_DATA", folder.toString(),
                "SERVER_ADDRESS", "0.0.0.0",
                "STOKER_PROMPTS_SIMULATOR_PACE", "0s",
                "STOKER_RATELIMIT", "0"));
    TestTokens.revoke(file, "revoked");
    await().until(() -> status("GET /models", "revoked") == 401);
    document = server.get("/v3/api-docs", header("viewer")).json();
  }

  @AfterAll
  static void stop() {
    HTTP.close();
    server.close();
  }

  private static String[] header(String caller) {
    return new String[] {"Authorization", "Bearer " + TOKENS.get(caller)};
  }

  private static Set<String> documented() {
    var all = new TreeSet<String>();
    document
        .path("paths")
        .forEachEntry((path, item) ->
            item.forEachEntry(
                (method, _) -> all.add(method.toUpperCase(Locale.ROOT) + " " + path)));
    return all;
  }

  static List<String> routes() {
    return TABLE.keySet().stream().sorted().toList();
  }

  /// A request that passes authorization, but changes nothing.
  private static String path(String route) {
    return route
        .substring(route.indexOf(' ') + 1)
        .replace("/app/{file}", "/app/console.js")
        .replace("{library}/{file}", "lit/index.js")
        .replace("{id}", "none-such");
  }

  private record Reply(int status, String body) {}

  private static Reply send(String route, String path, String... headers) {
    return sendBody(route, path, "{\"no_such_member\": true}", headers);
  }

  private static Reply sendBody(String route, String path, String body, String... headers) {
    var request =
        server
            .request(path, headers)
            .header("Content-Type", "application/json")
            .method(
                route.substring(0, route.indexOf(' ')),
                route.startsWith("GET ") ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    try {
      var response = HTTP.send(request.build(), BodyHandlers.ofInputStream());
      try (var in = response.body()) {
        var isError = response.statusCode() >= 400;
        return new Reply(
            response.statusCode(), isError ? new String(in.readAllBytes(), UTF_8) : "");
      }
    } catch (IOException e) {
      throw new AssertionError(route, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static Reply sendAs(String caller, String route) {
    return send(route, path(route), caller.equals("stranger") ? new String[0] : header(caller));
  }

  private static int status(String route, String caller) {
    return sendAs(caller, route).status();
  }

  private static void assertLetIn(Reply reply) {
    assertThat(reply.status()).as("%s", reply).isNotIn(401, 403, 405);
    assertThat(reply.body()).doesNotContain("unknown-path");
  }

  @Test
  void every_operation_is_in_the_table_and_every_line_is_used() {
    var lines =
        Stream.of(ANYBODY, ALL_ROLES, VIEWERS, FIGURES, METRICS, CLIENTS, OPERATORS)
            .flatMap(List::stream)
            .toList();

    assertThat(lines).doesNotHaveDuplicates();
    assertThat(lines.stream().filter(line -> !isUndocumented(line)))
        .containsExactlyInAnyOrderElementsOf(documented());
  }

  @ParameterizedTest
  @MethodSource("routes")
  void unknown_callers_get_nothing(String route) {
    for (var caller : List.of("stranger", "wrong", "revoked")) {
      var reply = sendAs(caller, route);

      if (ANYBODY.contains(route)) {
        assertLetIn(reply);
      } else if (caller.equals("stranger")) {
        assertThat(reply.status()).as("%s: %s", caller, reply).isEqualTo(401);
        assertThat(reply.body()).contains("\"code\":\"no-token\"");
      } else {
        assertThat(reply.status()).as("%s: %s", caller, reply).isIn(401, 429);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("routes")
  void each_role_may_do_what_the_table_says(String route) {
    for (var role : ROLES) {
      var reply = sendAs(role, route);

      if (FIGURES.contains(route) && role.equals("client")) {
        assertThat(reply.body()).contains("\"code\":\"unbound-token\"");
      } else if (TABLE.getOrDefault(route, Set.of()).contains(role)) {
        assertLetIn(reply);
      } else {
        assertThat(reply.status()).as("%s: %s", role, reply).isEqualTo(403);
        assertThat(reply.body())
            .contains("\"code\":\"wrong-role\"", "got the-" + role + " of the role " + role);
      }
    }
  }

  @Test
  void the_openapi_document_agrees_with_the_table() {
    for (var route : documented()) {
      var parts = route.split(" ", 2);
      var operation = document.path("paths").path(parts[1]).path(parts[0].toLowerCase(Locale.ROOT));
      var said = new TreeSet<String>();
      operation.path("x-stoker-roles").forEach(role -> said.add(role.asString()));

      assertThat(said).as(route).isEqualTo(new TreeSet<>(TABLE.get(route)));
      assertThat(operation.path("security").isArray()).as(route).isEqualTo(ANYBODY.contains(route));
    }
  }

  @Test
  void tickets_open_the_streams_in_the_document_and_no_other_routes() {
    for (var route : documented()) {
      var parts = route.split(" ", 2);
      var operation = document.path("paths").path(parts[1]).path(parts[0].toLowerCase(Locale.ROOT));
      var content = operation.path("responses").path("200").path("content");
      var ticket = server.post("/api/tickets", "", header("operator")).text("ticket");

      var reply = send(route, path(route) + "?ticket=" + ticket);

      if (ANYBODY.contains(route) || content.has("text/event-stream")) {
        assertThat(reply.status()).as("%s: %s", route, reply).isNotIn(401, 403);
      } else {
        assertThat(reply.status()).as("%s: %s", route, reply).isEqualTo(401);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "env",
        "heapdump",
        "threaddump",
        "configprops",
        "beans",
        "mappings",
        "loggers",
        "metrics",
        "shutdown",
        "info",
        "conditions",
        "scheduledtasks",
        "httpexchanges",
        "logfile",
        "flyway"
      })
  void other_endpoints_of_actuator_do_not_exist(String endpoint) {
    var reply = send("GET x", "/actuator/" + endpoint, header("operator"));

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.body()).contains("unknown-path");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%61ctuator/prometheus",
        "/actuator;x=1/prometheus",
        "/actuator/prometheus;x=1",
        "/actuator/prometheus/",
        "//actuator/prometheus",
        "/actuator//prometheus",
        "/x/../actuator/prometheus",
        "/v3;x=1/api-docs",
        "/%763/api-docs",
        "/api/sessions;x=1/runs",
        "/api/%73essions/runs",
        "/api/documents/"
      })
  void no_path_variant_gives_a_client_a_viewer_s_access(String path) {
    assertThat(send("GET x", path, header("client")).status()).isIn(400, 403, 404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET x", "POST x", "OPTIONS x"})
  void method_override_headers_have_no_effect(String method) {
    var settings = "/api/admin/warming/settings";
    var before = server.get(settings, header("viewer")).json();
    var disguise =
        all(
            header("viewer"),
            "X-HTTP-Method-Override",
            "PUT",
            "Origin",
            "http://127.0.0.1:" + server.port(),
            "Access-Control-Request-Method",
            "PUT");

    sendBody(method, settings, "{\"per_minute\": 7}", disguise);
    sendBody(method, settings + "?_method=PUT", "{\"per_minute\": 7}", disguise);

    assertThat(server.get(settings, header("viewer")).json()).isEqualTo(before);
  }

  private static String[] all(String[] headers, String... more) {
    return Stream.of(headers, more).flatMap(Stream::of).toArray(String[]::new);
  }

  @Test
  void health_has_details_for_viewers_and_operators() {
    for (var role : ROLES) {
      var health = server.get("/actuator/health", header(role));

      assertThat(health.status()).isEqualTo(200);
      assertThat(health.json().has("components"))
          .as(role)
          .isEqualTo(Set.of("viewer", "operator").contains(role));
    }
  }

  @Test
  void prometheus_opens_no_socket_and_signs_in_nowhere() {
    var signIn = server.post("/api/session", "{\"token\": \"" + TOKENS.get("metrics") + "\"}");

    assertThat(SocketClient.refusal(server.port(), "/ws", header("metrics"))).isEqualTo(403);
    assertThat(signIn.status()).isEqualTo(403);
    assertThat(signIn.response().headers().firstValue("Set-Cookie")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrong", "revoked"})
  void a_socket_requires_a_valid_token(String caller) {
    assertThat(SocketClient.refusal(server.port(), "/ws", header(caller))).isIn(401, 429);
    assertThat(SocketClient.refusal(server.port(), "/ws")).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          viewer client operator | {'type':'subscribe','surfaceId':'cache-warming','conversationId':'c'}
          viewer client operator | {'type':'unsubscribe','surfaceId':'cache-warming','conversationId':'c'}
          viewer client operator | {'type':'chat.subscribe','conversationId':'c'}
          viewer client operator | {'type':'chat.unsubscribe','conversationId':'c'}
          client operator        | {'type':'invoke','surfaceId':'cache-warming','conversationId':'%s','actionId':'cache-warming/toggle','payload':true}
          client operator        | {'type':'chat.send','conversationId':'%s','message':'Hello'}
          """)
  void each_role_may_send_the_frames_in_the_table(String allowed, String frame) {
    for (var role : Set.of("viewer", "client", "operator")) {
      var conversation = role + Integer.toHexString(frame.hashCode());
      try (var client = SocketClient.at(server.port(), "/ws", header(role))) {
        client.send(frame.replace("%s", conversation));

        var errors =
            client.flush().stream()
                .filter(one -> one.path("type").asString().endsWith("error"))
                .map(JsonNode::toString)
                .toList();

        var known =
            server.get("/api/prompts/conversations/" + conversation, header("operator")).status();
        if (List.of(allowed.split(" ")).contains(role)) {
          assertThat(errors).as(role).isEmpty();
        } else {
          assertThat(errors).as(role).singleElement().asString().contains("of the role client or");
          assertThat(known).as("nothing has happened").isEqualTo(404);
        }
      }
    }
  }

  @Test
  void a_rejected_frame_is_answered_with_its_subject() {
    try (var viewer = SocketClient.at(server.port(), "/ws", header("viewer"))) {
      viewer.toggle("c", "true");
      assertThat(viewer.next("error").path("surfaceId").asString()).isEqualTo("cache-warming");
      viewer.send("{'type':'chat.send','conversationId':'c','message':'Hello'}");
      assertThat(viewer.next("chat.error").path("conversationId").asString()).isEqualTo("c");
    }
  }

  @Test
  void a_socket_is_closed_when_its_token_is_revoked() {
    var file = folder.resolve("tokens");
    var token = TestTokens.create(file, "leaving", "client");
    var shown = new String[] {"Authorization", "Bearer " + token};
    await().until(() -> server.get("/models", shown).status() == 200);
    try (var client = SocketClient.at(server.port(), "/ws", shown)) {
      client.next("catalog");

      TestTokens.revoke(file, "leaving");

      await().until(() -> server.get("/models", shown).status() == 401);
      assertThat(client.closeCode()).isEqualTo(1008);
    }
  }

  @Test
  @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void streams_of_a_revoked_token_end_without_another_request() {
    var file = folder.resolve("tokens");
    var token = TestTokens.create(file, "watching", "viewer");
    var shown = new String[] {"Authorization", "Bearer " + token};
    await().until(() -> server.get("/models", shown).status() == 200);
    try (var lines = server.lines("/api/overview/events", shown);
        var others = server.lines("/api/overview/events", header("viewer"))) {
      var stream = lines.iterator();
      var other = others.iterator();
      assertThat(stream.next()).isEqualTo("retry: 2000");
      assertThat(other.next()).isEqualTo("retry: 2000");

      TestTokens.revoke(file, "watching");

      readToTheEnd(stream);
      assertThat(other.hasNext()).as("that of somebody else goes on").isTrue();
    }
  }

  private static void readToTheEnd(Iterator<String> lines) {
    try {
      lines.forEachRemaining(_ -> {});
    } catch (UncheckedIOException _) {
      // It was cut, and that is an end, too.
    }
  }
}
