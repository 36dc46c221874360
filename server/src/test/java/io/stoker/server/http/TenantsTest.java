package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.RunningServer;
import io.stoker.server.RunningServer.Answer;
import io.stoker.server.TestTokens;
import io.stoker.server.access.TokenRestriction;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Tries every operation of the OpenAPI document and every socket frame with tokens restricted to
/// tenants and scopes, on their own and on each other's conversations. The expectations are listed
/// here, independent of the code.
class TenantsTest {

  private static final String SECRET = "the acme merger";

  /// About one conversation, and what their bodies are. They create nothing: what is another's is
  /// answered like what there is not.
  private static final Map<String, String> LOOKS =
      Map.of(
          "GET /conversations/{id}", "",
          "GET /conversations/{id}/metrics", "",
          "GET /conversations/{id}/cwd", "",
          "GET /conversations/{id}/lsp", "",
          "POST /conversations/{id}/close", "",
          "POST /chat/warm", "{\"conversationId\": \"{id}\"}",
          "GET /api/prompts/conversations/{id}", "",
          "GET /api/prompts/conversations/{id}/warms", "",
          "POST /api/prompts/conversations/{id}/hint", "{\"focused\": true}",
          "POST /api/prompts/conversations/{id}/warm", "");

  /// The operation that deletes a conversation.
  private static final String DELETE = "DELETE /conversations/{id}";

  /// Operations on one conversation, which create it if it does not exist.
  private static final Map<String, String> CREATES =
      Map.of(
          "POST /chat", "{\"conversationId\": \"{id}\", \"message\": \"Hello\"}",
          "PUT /conversations/{id}/cwd", "{\"cwd\": \"/somewhere\"}",
          "PUT /api/prompts/conversations/{id}/warming", "{\"enabled\": true}");

  /// Operations on the figures of a tenant.
  private static final Set<String> FIGURES =
      Set.of(
          "GET /api/prompts/ledger", "GET /api/prompts/ledger/entries", "GET /api/prompts/budgets");

  /// Operations that concern no conversation or answer.
  private static final Set<String> FOR_ALL =
      Set.of(
          "GET /",
          "GET /stoker.css",
          "GET /app/{file}",
          "GET /lib/{library}/{file}",
          "GET /health",
          "GET /api/session",
          "POST /api/session",
          "DELETE /api/session",
          "POST /api/tickets",
          "GET /ws",
          "GET /models");

  /// Operations in scopes.
  private static final Set<String> SCOPED = Set.of("POST /api/answers/ask");

  /// Operations that concern all users.
  private static final Set<String> UNBOUND = Set.of("POST /api/sessions/revocations");

  @TempDir private static Path folder;

  private static final Map<String, String> TOKENS = new HashMap<>();
  private static final AtomicInteger COUNT = new AtomicInteger();

  private static RunningServer server;
  private static JsonNode document;

  /// A conversation of acme, new for each test.
  private String own = "";

  @BeforeAll
  static void start() {
    var file = folder.resolve("tokens");
    bind(file, "acme", new TokenRestriction("acme", List.of("acme")));
    bind(file, "globex", new TokenRestriction("globex", List.of("globex", "shared")));
    bind(file, "scoped", new TokenRestriction("", List.of("shared")));
    bind(file, "unscoped", new TokenRestriction("initech", List.of()));
    bind(file, "free", TokenRestriction.NONE);
    TOKENS.put("operator", TestTokens.create(file, "the-operator", "operator"));
    server =
        RunningServer.with(
            Map.of(
                "STOKER_ANSWERS_DATA", folder.toString(),
                "STOKER_PROMPTS_SIMULATOR_PACE", "0s",
                "STOKER_RATELIMIT", "0"));
    document = as("operator", "GET", "/v3/api-docs", "").json();
  }

  private static void bind(Path file, String name, TokenRestriction restriction) {
    TOKENS.put(name, TestTokens.create(file, name, "client", restriction));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String[] header(String caller) {
    return new String[] {"Authorization", "Bearer " + TOKENS.get(caller)};
  }

  private static Answer as(String caller, String method, String path, String body) {
    return server.send(
        server
            .request(path, header(caller))
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
  }

  private static Answer chat(String caller, String id, String text) {
    return as(
        caller,
        "POST",
        "/chat",
        "{\"conversationId\": \"%s\", \"message\": \"%s\"}".formatted(id, text));
  }

  @BeforeEach
  void talk() {
    own = newId();
    var said = chat("acme", own, SECRET);
    assertThat(said.status()).as(said.response().body()).isEqualTo(200);
    as("acme", "PUT", "/conversations/" + own + "/cwd", "{\"cwd\": \"/home/acme\"}");
  }

  private static String newId() {
    return "chat-" + COUNT.incrementAndGet();
  }

  /// Everything that an operator can read of a conversation.
  private static String state(String id) {
    return Stream.of(
            "/conversations/" + id,
            "/api/prompts/conversations/" + id,
            "/conversations/" + id + "/cwd")
        .map(path -> as("operator", "GET", path, "").response().body())
        .toList()
        .toString();
  }

  static Set<String> looks() {
    var looks = new TreeSet<>(LOOKS.keySet());
    looks.add(DELETE);
    return looks;
  }

  static Set<String> creates() {
    return new TreeSet<>(CREATES.keySet());
  }

  private static Answer ask(String caller, Map<String, String> table, String route, String id) {
    var parts = route.split(" ", 2);
    var body = table.getOrDefault(route, "").replace("{id}", id);
    return as(caller, parts[0], parts[1].replace("{id}", id), body);
  }

  @Test
  void every_operation_that_clients_have_is_tried() {
    var clients = new TreeSet<String>();
    document
        .path("paths")
        .forEachEntry((path, item) ->
            item.forEachEntry((method, operation) -> {
              var roles = operation.path("x-stoker-roles").valueStream().map(JsonNode::asString);
              if (roles.anyMatch("client"::equals)) {
                clients.add(method.toUpperCase(Locale.ROOT) + " " + path);
              }
            }));
    var tried = new LinkedHashSet<>(looks());
    Stream.of(CREATES.keySet(), FIGURES, FOR_ALL, SCOPED, UNBOUND).forEach(tried::addAll);

    assertThat(tried).containsExactlyInAnyOrderElementsOf(clients);
  }

  @ParameterizedTest
  @MethodSource("looks")
  void another_tenant_s_conversation_looks_unknown(String route) {
    var before = state(own);

    var foreign = ask("globex", LOOKS, route, own);
    var unknown = ask("globex", LOOKS, route, "none");

    assertThat(foreign.status()).isEqualTo(unknown.status());
    assertThat(foreign.response().body().replace(own, "none")).isEqualTo(unknown.response().body());
    assertThat(foreign.response().body()).doesNotContain(SECRET);
    assertThat(state(own)).as("nothing has changed").isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("creates")
  void another_tenant_s_conversation_is_not_created_again(String route) {
    var before = state(own);

    for (var caller : List.of("globex", "scoped")) {
      var foreign = ask(caller, CREATES, route, own);

      assertThat(foreign.status()).as(caller).isEqualTo(caller.equals("globex") ? 404 : 403);
      assertThat(foreign.text("code"))
          .isEqualTo(caller.equals("globex") ? "unknown-conversation" : "other-tenant");
    }
    assertThat(state(own)).as("nothing has changed").isEqualTo(before);
  }

  @Test
  void all_operations_work_on_the_tenant_s_own_conversation() {
    for (var caller : List.of("acme", "free", "operator")) {
      Stream.of(LOOKS, CREATES)
          .forEach(table ->
              table
                  .keySet()
                  .forEach(route -> {
                    var answer = ask(caller, table, route, own);
                    assertThat(answer.status())
                        .as("%s: %s: %s", caller, route, answer.response().body())
                        .isEqualTo(200);
                  }));
    }
    assertThat(ask("acme", LOOKS, "GET /conversations/{id}", own).response().body())
        .contains(SECRET);
    assertThat(ask("acme", LOOKS, DELETE, own).status()).isEqualTo(204);
  }

  @Test
  void a_new_conversation_belongs_to_the_tenant_that_creates_it() {
    for (var route : creates()) {
      var id = newId();

      assertThat(ask("globex", CREATES, route, id).status()).as(route).isEqualTo(200);

      assertThat(ask("operator", LOOKS, "GET /api/prompts/conversations/{id}", id).text("tenant"))
          .isEqualTo("globex");
      assertThat(ask("acme", LOOKS, "GET /api/prompts/conversations/{id}", id).status())
          .isEqualTo(404);
    }
  }

  @Test
  void a_conversation_without_a_tenant_is_unknown_to_every_tenant() {
    var id = newId();
    chat("free", id, "hello");

    assertThat(ask("acme", LOOKS, "GET /api/prompts/conversations/{id}", id).status())
        .isEqualTo(404);
    assertThat(chat("acme", id, "hello").status()).isEqualTo(404);
  }

  @Test
  void another_tenant_or_scope_is_rejected_with_a_message() {
    var chat = as("acme", "POST", "/chat", "{\"message\": \"hello\", \"tenant\": \"globex\"}");
    var ask =
        as(
            "acme",
            "POST",
            "/api/answers/ask",
            "{\"question\": \"What is a lease?\", \"scope\": \"globex\"}");

    assertThat(chat.status()).isEqualTo(403);
    assertThat(chat.text("code")).isEqualTo("other-tenant");
    assertThat(chat.text("detail"))
        .startsWith("tenant: expected acme, which this token is bound to");
    assertThat(ask.status()).isEqualTo(403);
    assertThat(ask.text("code")).isEqualTo("other-scope");
    assertThat(ask.text("detail")).contains("expected one that this token is bound to, acme");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          acme     | acme   | 200
          acme     | ''     | 200
          acme     | shared | 403
          globex   | globex | 200
          globex   | shared | 200
          globex   | ''     | 403
          globex   | acme   | 403
          scoped   | ''     | 200
          unscoped | ''     | 403
          unscoped | acme   | 403
          free     | ''     | 200
          free     | acme   | 200
          """)
  void questions_are_asked_only_in_the_token_s_scopes(String caller, String scope, int status) {
    var body = "{\"question\": \"What is a lease?\", \"scope\": \"%s\"}".formatted(scope);

    assertThat(as(caller, "POST", "/api/answers/ask", body).status()).isEqualTo(status);
  }

  @Test
  void a_client_of_one_scope_need_not_name_it() {
    var question = "Where is the lighthouse of acme?";
    as(
        "operator",
        "POST",
        "/api/documents",
        "{\"id\": \"places\", \"scope\": \"acme\","
            + " \"text\": \"The lighthouse of acme is in the bay.\"}");
    as("acme", "POST", "/api/answers/ask", "{\"question\": \"%s\"}".formatted(question));

    var entries = as("operator", "GET", "/api/cache/entries?scope=acme", "").response().body();

    assertThat(entries).contains(question);
  }

  @Test
  void figures_are_those_of_the_token_s_tenant() {
    chat("globex", newId(), "hello");

    for (var tenant : List.of("acme", "globex")) {
      var sums = as(tenant, "GET", "/api/prompts/ledger?by=tenant", "").json();
      var all = as("operator", "GET", "/api/prompts/ledger?by=tenant&tenant=" + tenant, "").json();
      var lines = as(tenant, "GET", "/api/prompts/ledger/entries", "").json();
      var budgets = as(tenant, "GET", "/api/prompts/budgets", "").json();

      assertThat(sums).isEqualTo(all);
      assertThat(sums.path("sums").path("turns").asInt()).isPositive();
      assertThat(lines.path("entries").valueStream().map(line -> line.path("tenant").asString()))
          .isNotEmpty()
          .containsOnly(tenant);
      assertThat(budgets.path("tenants").valueStream().map(one -> one.path("tenant").asString()))
          .containsExactly(tenant);
    }
  }

  @Test
  void figures_of_another_tenant_or_conversation_are_empty() {
    for (var query : List.of("tenant=acme", "conversation=" + own)) {
      var sums = as("globex", "GET", "/api/prompts/ledger?by=conversation&" + query, "").json();
      var lines = as("globex", "GET", "/api/prompts/ledger/entries?" + query, "").json();

      assertThat(sums.path("sums").path("turns").asInt()).isZero();
      assertThat(sums.path("groups").isEmpty()).isTrue();
      assertThat(lines.path("entries").valueStream()).isEmpty();
    }
  }

  @Test
  void clients_without_a_tenant_cannot_read_figures() {
    for (var route : FIGURES) {
      for (var caller : List.of("free", "scoped")) {
        var answer = ask(caller, Map.of(), route, "");

        assertThat(answer.status()).as("%s: %s", caller, route).isEqualTo(403);
        assertThat(answer.text("code")).isEqualTo("unbound-token");
      }
    }
  }

  @Test
  void restricted_tokens_cannot_revoke_sessions() {
    var answer = as("acme", "POST", "/api/sessions/revocations", "{\"user_id\": \"42\"}");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("code")).isEqualTo("bound-token");
  }

  // --- sockets ---

  private static SocketClient socket(String caller) {
    var client = SocketClient.at(server.port(), "/ws", header(caller));
    client.next("catalog");
    return client;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          There is no conversation %s | {'type':'invoke','surfaceId':'cache-warming','conversationId':'%s','actionId':'cache-warming/toggle','payload':true}
          There is no conversation %s | {'type':'invoke','surfaceId':'cache-warming','conversationId':'%s','actionId':'cache-warming/set-interval','payload':60}
          There is no conversation %s | {'type':'invoke','surfaceId':'cache-warming','conversationId':'%s','actionId':'cache-warming/warm'}
          There is no conversation %s | {'type':'chat.send','conversationId':'%s','message':'Hello'}
          tenant: expected globex       | {'type':'chat.send','conversationId':'new','message':'Hello','tenant':'acme'}
          """)
  void frames_cannot_change_another_tenant_s_conversation(String problem, String frame) {
    var before = state(own);
    try (var client = socket("globex")) {
      client.send(frame.replace("%s", own));

      var errors =
          client.flush().stream()
              .filter(one -> one.path("type").asString().endsWith("error"))
              .map(JsonNode::toString)
              .toList();

      assertThat(errors).singleElement().asString().contains(problem.replace("%s", own));
      assertThat(state(own)).isEqualTo(before);
    }
  }

  @Test
  void subscriptions_to_another_tenant_s_conversation_look_like_those_to_an_unknown_one() {
    try (var client = socket("globex")) {
      client.subscribe("none");
      var unknown = client.next("surface").path("spec");
      client.subscribe(own);
      var foreign = client.next("surface").path("spec");
      client.send("{'type':'chat.subscribe','conversationId':'%s'}".formatted(own));
      client.flush();

      as("acme", "PUT", "/api/prompts/conversations/" + own + "/warming", "{\"enabled\": true}");
      chat("acme", own, SECRET + " again");

      assertThat(foreign).isEqualTo(unknown);
      assertThat(client.flush()).isEmpty();
    }
  }

  @Test
  void a_subscription_made_before_another_tenant_creates_the_conversation_gets_nothing() {
    var id = newId();
    try (var client = socket("globex");
        var owner = socket("acme")) {
      for (var one : List.of(client, owner)) {
        one.subscribe(id);
        one.next("surface");
        one.send("{'type':'chat.subscribe','conversationId':'%s'}".formatted(id));
        one.flush();
      }

      chat("acme", id, SECRET);
      as("acme", "PUT", "/api/prompts/conversations/" + id + "/warming", "{\"enabled\": true}");

      assertThat(client.flush()).isEmpty();
      assertThat(owner.flush().toString()).contains(SECRET, "chat.delta", "surface");
    }
  }

  @Test
  void the_tenant_s_own_conversation_works_on_sockets() {
    var id = newId();
    try (var client = socket("globex")) {
      client.send("{'type':'chat.send','conversationId':'%s','message':'Hello'}".formatted(id));
      assertThat(client.eventsUntil("turn-sealed")).isNotEmpty();
      client.toggle(id, "true");
      assertThat(client.flush().toString()).doesNotContain("error");

      var state = ask("globex", LOOKS, "GET /api/prompts/conversations/{id}", id);
      assertThat(state.text("tenant")).isEqualTo("globex");
      assertThat(state.json().path("enabled").asBoolean()).isTrue();
    }
  }

  @Test
  void a_ticket_has_the_restriction_of_its_token() {
    var ticket = as("globex", "POST", "/api/tickets", "").text("ticket");
    try (var client = SocketClient.at(server.port(), "/ws?ticket=" + ticket)) {
      client.next("catalog");
      client.send("{'type':'chat.send','conversationId':'%s','message':'Hello'}".formatted(own));

      assertThat(client.next("chat.error").path("message").asString())
          .contains("There is no conversation");
    }
  }

  @Test
  void a_token_whose_restriction_changes_is_a_different_one() {
    var file = folder.resolve("tokens");
    var token =
        TestTokens.create(file, "moving", "client", new TokenRestriction("acme", List.of()));
    TOKENS.put("moving", token);
    await().until(() -> as("moving", "GET", "/models", "").status() == 200);
    try (var client = socket("moving")) {
      TestTokens.revoke(file, "moving");
      TestTokens.create(file, "moving", "client", new TokenRestriction("globex", List.of()), token);

      assertThat(client.closeCode()).isEqualTo(1008);
      await()
          .until(() ->
              ask("moving", LOOKS, "GET /api/prompts/conversations/{id}", own).status() == 404);
    }
  }
}
