package io.stoker.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Two real servers on one Postgres and one Redis, each in a process of its own. One of them is
/// killed while it warms sessions, answers questions and keeps prompts warm; the other one is left.
@Tag("soak")
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class TwoServersTest {

  private static final int SESSIONS = 3000;
  private static final int QUESTIONS = 400;
  private static final int AT_ONCE = 4;
  private static final int CHATS = 12;
  private static final Duration INTERVAL = ofSeconds(12);
  private static final Duration PATIENCE = ofSeconds(100);

  private static final String QUEUE = "/api/admin/warming/";
  private static final Pattern QUESTION = Pattern.compile("question number \\d+");

  private static RealRedis redis;
  private static HttpServer application;
  private static ServerProcess other;

  /// How often the application was asked each question.
  private static final Map<String, AtomicInteger> ASKED = new ConcurrentHashMap<>();

  /// The application answers a quarter of the questions, and keeps the others waiting until then.
  private static final CountDownLatch GOES_ON = new CountDownLatch(1);

  private static final AtomicInteger QUARTER = new AtomicInteger(QUESTIONS / 4);

  private static long batch;
  private static Instant killedAt;

  @BeforeAll
  static void killOneOfTwo() throws IOException {
    redis = RealRedis.builder().start();
    application = application();
    var world = SessionEnvironment.with(SESSIONS, redis);
    var postgres = RealPostgres.shared();
    var variables =
        world.variables(
            "STOKER_ANSWERS_DATABASE_URL", postgres.url(postgres.newDatabase()),
            "STOKER_ANSWERS_PIPELINE_URL",
                "http://127.0.0.1:" + application.getAddress().getPort() + "/ask",
            "STOKER_PROMPTS_SIMULATOR_PACE", "0s",
            "STOKER_PROMPTS_SIMULATOR_LATENCY", "0s",
            "STOKER_SESSIONS_LIMIT", Integer.toString(SESSIONS),
            "STOKER_SESSIONS_BATCH_SIZE", "50",
            "STOKER_SESSIONS_LOOK_EVERY", "1s",
            "STOKER_SESSIONS_RATE", "20");
    var one = ServerProcess.start(variables);
    try {
      variables.put("STOKER_SESSIONS_RATE", "100000");
      other = ServerProcess.start(variables);
      for (int i = 0; i < 2 * CHATS; i++) {
        arm(i < CHATS ? one : other, "chat-" + i);
      }
      one.put(
          QUEUE + "settings",
          "{\"lease\": \"3s\", \"warming_delay\": \"20ms\", \"concurrency\": " + AT_ONCE + "}");
      batch = one.post(QUEUE + "queue/manual", questions()).path("id").asLong();
      await("work of both kinds going on in the first server")
          .atMost(PATIENCE)
          .until(() -> isHalfWay(one));
      assertThat(armed(one)).isEqualTo(CHATS);
    } finally {
      killedAt = Instant.now();
      one.close();
      GOES_ON.countDown();
    }
  }

  @AfterAll
  static void stop() {
    if (other != null) {
      other.close();
    }
    application.stop(0);
    redis.close();
  }

  private static HttpServer application() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/ask",
        exchange -> {
          var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          var question = QUESTION.matcher(body);
          if (question.find()) {
            ASKED.computeIfAbsent(question.group(), _ -> new AtomicInteger()).incrementAndGet();
          }
          if (QUARTER.decrementAndGet() < 0) {
            awaitGoing();
          }
          var answer = "{\"answer\": \"As you say.\"}".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          try (var out = exchange.getResponseBody()) {
            out.write(answer);
          }
        });
    server.start();
    return server;
  }

  private static void awaitGoing() {
    try {
      GOES_ON.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void arm(ServerProcess server, String chat) {
    server.chat(chat);
    server.put(
        "/api/prompts/conversations/" + chat + "/warming",
        "{\"enabled\": true, \"interval\": \"" + INTERVAL.toSeconds() + "s\"}");
  }

  private static String questions() {
    var all = IntStream.range(0, QUESTIONS).mapToObj(i -> "What is question number " + i + "?");
    return new JsonMapper().writeValueAsString(Map.of("queries", all.toList()));
  }

  private static boolean isHalfWay(ServerProcess one) {
    var run = one.get("/api/sessions/runs").path("runs").path(0);
    int answered = one.get(QUEUE + "batches/" + batch).path("processed").asInt();
    return run.path("state").asString().equals("running")
        && run.path("warmed").asInt() > 0
        && answered >= QUESTIONS / 4;
  }

  private static long armed(ServerProcess server) {
    return server
        .text("/actuator/prometheus")
        .lines()
        .filter(line -> line.startsWith("stoker_prompts_armed "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  @Test
  void the_other_server_warms_all_sessions_without_writing_one_twice() {
    await().atMost(PATIENCE).until(() -> lastRun().path("state").asString().equals("completed"));

    var run = lastRun();
    int before = run.path("skipped").path("already there").asInt();
    assertThat(before).isPositive();
    assertThat(run.path("warmed").asInt()).isEqualTo(SESSIONS - before);
    assertThat(run.path("failed")).isEmpty();
    assertThat(run.path("verified").path("share").asDouble()).isEqualTo(1.0);
  }

  private static JsonNode lastRun() {
    return other.get("/api/sessions/runs").path("runs").path(0);
  }

  @Test
  void every_question_is_answered_once_and_those_in_progress_are_retried() {
    await()
        .atMost(PATIENCE)
        .until(() ->
            other.get(QUEUE + "batches/" + batch).path("status").asString().equals("completed"));

    var done = other.get(QUEUE + "batches/" + batch);
    assertThat(done.path("completed").asInt()).isEqualTo(QUESTIONS);
    assertThat(done.path("failed").asInt()).isZero();
    assertThat(ASKED).hasSize(QUESTIONS);
    assertThat(ASKED.values().stream().filter(times -> times.get() > 1))
        .as("no more than what the killed server had in hand")
        .hasSizeLessThanOrEqualTo(AT_ONCE);
    assertThat(completions()).hasSize(QUESTIONS).doesNotHaveDuplicates();
  }

  /// Which questions the log of events says to be completed.
  private static List<String> completions() {
    var id = Pattern.compile("^data: ?\\{\"id\": ?(\\d+),.*\"status\": ?\"completed\"");
    return other
        .text(QUEUE + "progress?batch_id=" + batch + "&last_event_id=0")
        .lines()
        .map(id::matcher)
        .filter(found -> found.find())
        .map(found -> found.group(1))
        .toList();
  }

  @Test
  void the_other_server_keeps_conversations_warm_and_never_both() {
    await().atMost(PATIENCE).until(() -> armed(other) == 2L * CHATS);
    await()
        .atMost(PATIENCE)
        .until(() -> IntStream.range(0, CHATS).allMatch(i -> isWarmedSinceTheKill("chat-" + i)));

    for (int i = 0; i < 2 * CHATS; i++) {
      var starts = warms("chat-" + i);
      for (int k = 1; k < starts.size(); k++) {
        assertThat(Duration.between(starts.get(k), starts.get(k - 1)))
            .as("between two warms of chat-%d", i)
            .isGreaterThanOrEqualTo(INTERVAL.minusSeconds(1));
      }
    }
  }

  private static boolean isWarmedSinceTheKill(String chat) {
    return warms(chat).stream().anyMatch(killedAt::isBefore);
  }

  /// When they began, newest first.
  private static List<Instant> warms(String chat) {
    var starts = new ArrayList<Instant>();
    for (var warm : other.get("/api/prompts/conversations/" + chat + "/warms").path("warms")) {
      assertThat(warm.path("trouble").asString()).isEmpty();
      starts.add(Instant.parse(warm.path("started_at").asString()));
    }
    return starts;
  }
}
