package io.stoker.server.console;

import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import io.stoker.server.RunningServer;
import io.stoker.server.SessionEnvironment;
import io.stoker.sessions.LookupCounts;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A server with data of its three jobs: real sessions, answers and warms.
final class BusyServer implements AutoCloseable {

  static final int SESSIONS = 1200;

  private static final List<String> QUESTIONS =
      List.of(
          "What is a lease?",
          "What is a TTL?",
          "What is a cache stampede?",
          "How does the queue work?",
          "What is a fencing token?",
          "How long is a session kept?");

  private static final List<String> OPERATIONS =
      List.of(
          "What is a hit rate?",
          "What is prompt caching?",
          "How do retries work?",
          "What happens when a document changes?",
          "What is confidence?",
          "How are login sessions warmed?",
          "What happens when Redis is down?",
          "How long does an answer live?");

  private static final List<String> OTHERS =
      List.of("What is a cache?", "What is a stale answer?", "What is a worker?");

  /// Long enough to be cached by a provider.
  private static final String SYSTEM =
      "You plan holidays by train, for people who would rather arrive rested than early. "
          .repeat(60);

  private final RunningServer server;

  private final SessionEnvironment world;

  private BusyServer(RunningServer server, SessionEnvironment world) {
    this.server = server;
    this.world = world;
  }

  /// Starts a server with its data in this folder.
  static BusyServer in(Path folder) {
    LedgerFixture.month(folder);
    var world = SessionEnvironment.with(SESSIONS);
    var variables =
        new HashMap<>(
            world.variables(
                "STOKER_SESSIONS_WARM_AT_START", "false", "STOKER_SESSIONS_KEEP_WARM", "false"));
    variables.putAll(
        Map.of(
            "STOKER_ANSWERS_DATA", folder.toString(),
            "STOKER_PROMPTS_SIMULATOR_PACE", "1ms",
            "STOKER_PROMPTS_SYSTEM", SYSTEM,
            "STOKER_PROMPTS_DAILYBUDGET", "0.50",
            "STOKER_PROMPTS_TENANTS_GLOBEX_POLICY", "adaptive",
            "STOKER_PROMPTS_TENANTS_ACME_DAILYBUDGET", "0.10"));
    var busy = new BusyServer(RunningServer.with(variables), world);
    busy.warmSessions();
    busy.lookSessionsUp();
    busy.answerQuestions();
    busy.warmPrompt();
    return busy;
  }

  RunningServer server() {
    return server;
  }

  private void warmSessions() {
    for (var wish : List.of("{\"dry_run\": true}", "{\"count\": 400}", "{}")) {
      var id = server.post("/api/sessions/warm", wish).text("id");
      await()
          .until(() -> server.get("/api/sessions/runs/" + id).json().path("ended_at").isString());
    }
  }

  /// Counts look-ups as applications do, in the Redis that all tests share and some of them flush.
  void lookSessionsUp() {
    try (var client = world.redisClient()) {
      world.redisSessions(client).stats().add(new LookupCounts(4052, 5891, 36, 25, 0, 0, 1));
    }
  }

  private void answerQuestions() {
    Browser.pace(server, "0s");
    var done = queue("Support, the week's first fifty", QUESTIONS);
    await().until(() -> server.get(batch(done)).text("status").equals("completed"));
    for (var question : QUESTIONS.subList(0, 4)) {
      server.post("/api/answers/ask", "{\"question\": \"" + question + "\"}");
    }
    server.post("/api/answers/ask", "{\"question\": \"Who invented the cache?\"}");
    await().until(() -> server.get("/api/cache/stats").json().path("asked").asInt() == 5);
    Browser.pace(server, "1h");
    var going = queue("Operations", OPERATIONS);
    await().until(() -> server.get(batch(going)).json().path("processed").asInt() > 0);
    var paused = queue("Everything else", OTHERS);
    server.post(batch(paused) + "/pause", "{\"reason\": \"until tonight\"}");
  }

  private long queue(String name, List<String> questions) {
    return server
        .post(
            "/api/admin/warming/queue/manual",
            "{\"queries\": [\""
                + String.join("\", \"", questions)
                + "\"], \"options\": {\"name\": \""
                + name
                + "\"}}")
        .json()
        .path("id")
        .asLong();
  }

  private static String batch(long id) {
    return "/api/admin/warming/batches/" + id;
  }

  private void warmPrompt() {
    for (var message : List.of("Where shall we go?", "And how do we get to the sea?")) {
      server.post("/chat", "{\"message\": \"" + message + "\", \"conversationId\": \"plans\"}");
    }
    server.put("/api/prompts/conversations/plans/warming", "{\"enabled\": true}");
    server.post("/api/prompts/conversations/plans/warm", "");
    server.post("/api/prompts/conversations/plans/warm", "");
  }

  /// Gives a page an hour of made-up points that end in its actual figures.
  static void giveHistory(Page page) {
    page.evaluate(
        """
        async () => {
          const { serverEvents } = await import('/app/events.js');
          const { latest: now } = (await import('/app/store.js')).overviewStore;
          const last = 359;
          const points = Array.from({ length: last + 1 }, (_, i) => ({
            at: new Date(Date.now() - 10_000 * (last - i)).toISOString(),
            session_hit_rate: i < 12 ? null : now.sessions.hit_rate * (1.0215 - 0.4 / Math.sqrt(i - 11)),
            answer_hit_rate: i < 40 ? null : now.answers.hit_rate * (0.6 + 0.4 * Math.sqrt(i / last)),
            answered_per_minute: i % 130 < 50 ? 54 + 12 * Math.round(Math.sin(i / 3)) : 0,
            saved_micros: Math.round((now.prompts.saved_micros * Math.floor(i / 23)) / 15),
            spent_micros: Math.round((now.prompts.spent_micros * Math.floor(i / 11)) / 32),
            armed: i < 200 ? Math.ceil(i / 30) : i === last ? now.prompts.armed : 7 - Math.ceil((i - 200) / 27),
          }));
          const history = { ...now.history, since: points[0].at, points };
          serverEvents.dispatchEvent(new CustomEvent('overview', { detail: { history } }));
        }
        """);
  }

  @Override
  public void close() {
    server.close();
  }
}
