package io.stoker.server.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.server.ServerProcess;
import io.stoker.server.SessionEnvironment;
import io.stoker.server.TestTokens;
import io.stoker.testing.RealPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// An hour's worth of strangers and viewers who mean no good, all at once, against a real server
/// with a heap of 256 MB: health answers all the time, and afterwards nothing of them is left.
@Tag("soak")
class AbuseSoakTest {

  private static final long SEED =
      Long.getLong("fuzz.seed", ThreadLocalRandom.current().nextLong(1_000_000_000));
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int MEGABYTE = 1 << 20;

  @TempDir private Path folder;

  private ServerProcess server;
  private String viewer;
  private OddRequests requests;

  private final AtomicBoolean isOver = new AtomicBoolean();

  @BeforeEach
  void start() throws IOException {
    var file = folder.resolve("tokens");
    viewer = TestTokens.create(file, "the-viewer", "viewer");
    TestTokens.create(file, "the-operator", "operator");
    var postgres = RealPostgres.shared();
    server =
        ServerProcess.start(
            SessionEnvironment.with(1_000)
                .variables(
                    "STOKER_ANSWERS_DATABASE_URL",
                    postgres.url(postgres.newDatabase()),
                    "STOKER_ANSWERS_DATA",
                    folder.toString(),
                    "STOKER_TOKENS_FILE",
                    file.toString(),
                    "SERVER_ADDRESS",
                    "0.0.0.0",
                    "STOKER_PROMPTS_SIMULATOR_PACE",
                    "0s",
                    "STOKER_RATELIMIT",
                    "0"),
            List.of("-Xmx256m"));
    var bytes = get("/v3/api-docs").body().getBytes(ISO_8859_1);
    var ids = List.of("1", "2", "none-such");
    requests = new OddRequests(SEED, new JsonMapper().readTree(bytes), ids);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RawCall.Reply get(String path) throws IOException {
    var request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
            + viewer
            + "\r\nConnection: close\r\n\r\n";
    return RawCall.send(server.port(), request, true, true);
  }

  @Test
  void an_hour_s_worth_of_abuse_leaves_nothing_behind() throws Exception {
    abuse(1);
    var before = awaitFigures(_ -> true);

    var slowest = abuse(10);

    var after =
        awaitFigures(figures ->
            figures.heap() <= before.heap() * 1.1
                && figures.threads() <= before.threads() + 10
                && figures.files() <= before.files() + 20);
    System.out.println("Soak: before " + before);
    System.out.println("Soak: after " + after);
    System.out.println("Soak: the slowest answer of health took " + slowest.toMillis() + " ms");
    assertThat(get("/actuator/health").status()).isEqualTo(200);
  }

  private ProcessFigures awaitFigures(Predicate<ProcessFigures> fit) {
    return await().atMost(PATIENCE).until(() -> ProcessFigures.of(server.id()), fit);
  }

  /// All kinds of it at once.
  ///
  /// @return how long the slowest answer of health took
  private Duration abuse(int times) throws Exception {
    isOver.set(false);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var deeds = new ArrayList<Callable<Void>>();
      deeds.add(() -> odd(FuzzedServer.NOBODY, "", 2_000 * times));
      deeds.add(() -> odd("viewer", viewer, 2_000 * times));
      deeds.add(() -> frames(100 * times));
      deeds.add(() -> largeBodies(100 * times));
      deeds.add(() -> largeBodies(100 * times));
      deeds.add(() -> cut(300 * times));
      deeds.add(() -> cutStreams(100 * times));
      var health = threads.submit(this::watchHealth);
      var idle = IntStream.range(0, 150).mapToObj(_ -> threads.submit(this::half)).toList();
      var slow = IntStream.range(0, 75).mapToObj(_ -> threads.submit(this::drip)).toList();
      for (var deed : threads.invokeAll(deeds)) {
        get(deed);
      }
      isOver.set(true);
      for (var one : idle) {
        get(one);
      }
      for (var one : slow) {
        get(one);
      }
      return get(health);
    }
  }

  private static <T> T get(Future<T> future) throws Exception {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new AssertionError("with the seed " + SEED, e.getCause());
    }
  }

  /// Requests as [FuzzTest] has them, with other numbers each time.
  private Void odd(String caller, String token, int count) throws IOException {
    for (int number = 0; number < count; number++) {
      var sample = requests.sample(caller, number, token);
      var reply = RawCall.send(server.port(), sample.bytes(), sample.isHttp(), sample.hasBody());
      assertThat(reply.status())
          .as("%s:%d %s", caller, number, reply.body())
          .isNotIn(500, 502, 504);
    }
    return null;
  }

  /// Frames as [FuzzSocketTest] has them.
  private Void frames(int clients) throws IOException {
    var frames = new OddFrames(SEED);
    for (int number = 0; number < clients; number++) {
      try (var socket = new RawSocket(server.port(), viewer)) {
        socket.say(frames.sample(number, 10).frames(), "the last");
      }
    }
    return null;
  }

  /// Bodies of some megabytes that nobody asked for, of strangers.
  private Void largeBodies(int count) throws IOException {
    var types =
        List.of(
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x");
    for (int i = 0; i < count; i++) {
      var body = "x=1&".repeat((1 + i % 5) * MEGABYTE / 4);
      var request =
          "PUT "
              + (i % 2 == 0 ? "/" : "/api/session")
              + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
              + types.get(i % types.size())
              + "\r\nContent-Length: "
              + body.length()
              + "\r\nConnection: close\r\n\r\n"
              + body;
      var status = RawCall.send(server.port(), request, true, true).status();
      assertThat(status).as("of a large body").isNotIn(500, 502, 504);
    }
    return null;
  }

  /// Connections that are reset in the middle of a request, or of its answer.
  private Void cut(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.setSoLinger(true, 0);
        var request =
            "POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Content-Length: 40\r\n\r\n{\"token\": \"0123456789012345678901234\"}   ";
        int length = 1 + i % request.length();
        socket.getOutputStream().write(request.substring(0, length).getBytes(ISO_8859_1));
      }
    }
    return null;
  }

  /// Streams of events whose readers are gone.
  private Void cutStreams(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        socket.setSoLinger(true, 0);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        var request =
            "GET "
                + (i % 2 == 0 ? "/api/overview/events" : "/api/admin/warming/events")
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                + viewer
                + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        assertThat(socket.getInputStream().read()).as("the beginning of a stream").isPositive();
      }
    }
    return null;
  }

  /// A connection that says half of something, and then nothing.
  private Void half() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: ".getBytes(ISO_8859_1));
      while (!isOver.get() && isOpen(socket)) {
        // Waits for the server to lose its patience.
      }
    }
    return null;
  }

  /// A connection that sends a byte at a time.
  private Void drip() throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      var head = "POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(ISO_8859_1));
      while (!isOver.get() && isOpen(socket)) {
        socket.getOutputStream().write(' ');
      }
    } catch (IOException _) {
      // The server has closed it, as it should.
    }
    return null;
  }

  private static boolean isOpen(Socket socket) throws IOException {
    socket.setSoTimeout(200);
    try {
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException _) {
      return true;
    }
  }

  /// Asks for health as long as it goes on.
  ///
  /// @return how long the slowest answer took
  private Duration watchHealth() throws IOException {
    var slowest = Duration.ZERO;
    while (!isOver.get()) {
      long begun = System.nanoTime();
      var reply = get("/actuator/health/liveness");
      assertThat(reply.status()).as("health: %s", reply).isEqualTo(200);
      var took = Duration.ofNanos(System.nanoTime() - begun);
      slowest = took.compareTo(slowest) > 0 ? took : slowest;
    }
    return slowest;
  }
}
