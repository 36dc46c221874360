package io.stoker.server.console;

import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import io.stoker.server.RunningServer;
import io.stoker.server.World;
import io.stoker.sessions.SessionCounts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A server that has had some work in each of its three jobs: real sessions, answers and warms.
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

  private final RunningServer server;

  private final World world;

  private BusyServer(RunningServer server, World world) {
    this.server = server;
    this.world = world;
  }

  /// Starts one that keeps everything in this folder.
  static BusyServer in(Path folder) {
    Books.month(folder);
    var world = World.with(SESSIONS);
    var variables =
        new HashMap<>(
            world.variables(
                "STOKER_SESSIONS_WARM_AT_START", "false", "STOKER_SESSIONS_KEEP_WARM", "false"));
    variables.putAll(
        Map.of(
            "STOKER_ANSWERS_DATA", folder.toString(),
            "STOKER_PROMPTS_SIMULATOR_PACE", "1ms",
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
    for (var wish : List.of("{\"dry_run\": true}", "{\"count\": 1000}", "{\"refresh\": true}")) {
      var id = server.post("/api/sessions/warm", wish).text("id");
      await()
          .until(() -> server.get("/api/sessions/runs/" + id).json().path("ended_at").isString());
    }
  }

  /// Counts look-ups as applications do, in the Redis that all tests share and some empty.
  void lookSessionsUp() {
    try (var client = world.redisClient()) {
      world.redisSessions(client).stats().add(new SessionCounts(4052, 5891, 36, 25, 0, 0, 1));
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
    var going = queue("Billing", numbered(40));
    await().until(() -> server.get(batch(going)).json().path("processed").asInt() > 0);
    var paused = queue("Everything else", numbered(12));
    server.post(batch(paused) + "/pause", "{\"reason\": \"until tonight\"}");
  }

  private static List<String> numbered(int count) {
    var questions = new ArrayList<String>();
    for (int i = 1; i <= count; i++) {
      var question = QUESTIONS.get(i % QUESTIONS.size());
      questions.add(question.replace("?", ", in case " + i + "?"));
    }
    return questions;
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
    server.post("/chat", "{\"message\": \"Where shall we go?\", \"conversationId\": \"plans\"}");
    server.put("/api/prompts/conversations/plans/warming", "{\"enabled\": true}");
    server.post("/api/prompts/conversations/plans/warm", "");
  }

  /// Shows a page an hour of made-up points, since nobody waits for real ones.
  static void giveHistory(Page page) {
    var now = Instant.parse(page.evaluate("new Date().toISOString()").toString());
    var points = new ArrayList<Map<String, Object>>();
    for (int i = 0; i < 360; i++) {
      var at = now.minus(Duration.ofSeconds(10L * (359 - i)));
      var point = new HashMap<String, Object>();
      point.put("at", at.truncatedTo(ChronoUnit.MILLIS).toString());
      point.put("session_hit_rate", i < 12 ? null : Math.min(0.9939, 0.71 + i * 0.004));
      point.put("answer_hit_rate", i < 40 ? null : 0.5 + 0.3 * i / 360.0);
      point.put("answered_per_minute", i % 120 < 70 ? 54 + 18 * Math.sin(i / 7.0) : 0.0);
      point.put("saved_micros", 7300 * (i / 9));
      point.put("spent_micros", 1100 * (i / 6));
      point.put("armed", 4 + (i / 40) % 9);
      points.add(point);
    }
    page.evaluate(
        """
        async (points) => {
          const { live } = await import('/app/live.js');
          const { glance } = await import('/app/glance.js');
          const history = { ...glance.now.history, since: points[0].at, points };
          live.dispatchEvent(new CustomEvent('overview', { detail: { history } }));
        }
        """,
        points);
  }

  @Override
  public void close() {
    server.close();
  }
}
