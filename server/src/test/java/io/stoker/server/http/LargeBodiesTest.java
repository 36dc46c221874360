package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.ServerProcess;
import io.stoker.server.http.RawConnection.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Anonymous clients that send large bodies to a server with little memory, in its own process.
class LargeBodiesTest {

  private static final List<String> TYPES =
      List.of(
          "application/x-www-form-urlencoded",
          "application/x-www-form-urlencoded;charset=UTF-16",
          "multipart/form-data; boundary=b",
          "multipart/mixed; boundary=b",
          "application/json",
          "application/octet-stream",
          "text/plain",
          "no type",
          "");

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "DANCE");

  private static final List<String> OPEN =
      List.of(
          "/",
          "/stoker.css",
          "/app/stoker.js",
          "/lib/lit/index.js",
          "/api/session",
          "/health",
          "/actuator/health",
          "/actuator/health/liveness",
          "/actuator/health/readiness",
          "/ws",
          "/error",
          "/api/documents",
          "/nothing");

  private static final int SENDERS = 4;

  @TempDir private Path folder;
  private ServerProcess server;

  @BeforeEach
  void start() {
    server = smallServer(folder);
  }

  static ServerProcess smallServer(Path folder) {
    return ServerProcess.start(
        Map.of(
            "STOKER_TOKEN",
            "correct-horse-battery-staple",
            "STOKER_ANSWERS_DATA",
            folder.toString()),
        List.of("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String head(String method, String path, String type, String length) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\n"
        + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n")
        + length
        + "\r\n\r\n";
  }

  private record Request(String method, String path, String type) {}

  private static Stream<Request> requests() {
    return OPEN.stream()
        .flatMap(path ->
            METHODS.stream()
                .flatMap(method -> TYPES.stream().map(type -> new Request(method, path, type))));
  }

  /// Sends up to 20 MB until there is a response.
  private Reply send(Request request) {
    var piece = "a=b&".repeat(16 * 1024);
    int pieces = 20 * 1024 * 1024 / piece.length();
    try (var connection = new RawConnection(server.port())) {
      connection.send(
          head(
              request.method,
              request.path,
              request.type,
              "Content-Length: " + pieces * piece.length()));
      for (int i = 0; i < pieces && !connection.hasNews(); i++) {
        connection.send(piece);
      }
      return connection.head();
    }
  }

  @Test
  void no_open_path_reads_a_large_body_whatever_it_is_called() throws Exception {
    var failed = new ConcurrentLinkedQueue<String>();

    inParallel(
        requests().toList(),
        request -> {
          var reply = send(request);
          if (reply.status() < 200 || reply.status() >= 500) {
            failed.add(request + ": " + reply);
          }
        });

    assertThat(failed).isEmpty();
    assertThat(server.isAlive()).isTrue();
    assertThat(RawConnection.ask(server.port(), head("GET", "/health", "", "")).status())
        .isEqualTo(200);
  }

  @Test
  @Tag("soak")
  void rejected_bodies_leave_no_memory_allocated() throws Exception {
    refuse(server, 500, 256 * 1024);
    long before = server.residentKilobytes();

    refuse(server, 2_000, 256 * 1024);

    assertThat(server.residentKilobytes()).isLessThan(before + before / 10);
  }

  /// Sends complete bodies that no route reads, half of them chunked.
  static void refuse(ServerProcess server, int count, int size) throws Exception {
    var body = "x".repeat(size);
    var requests = requests().filter(one -> !one.method.equals("HEAD")).toList();
    var all = new ArrayList<Request>();
    for (int i = 0; i < count; i++) {
      all.add(requests.get(i * 7 % requests.size()));
    }
    var chunk = Integer.toHexString(size) + "\r\n" + body + "\r\n0\r\n\r\n";

    inParallel(
        all,
        request -> {
          try (var connection = new RawConnection(server.port())) {
            boolean inChunks = request.type.length() % 2 == 0;
            connection.send(
                head(
                    request.method,
                    request.path,
                    request.type,
                    inChunks ? "Transfer-Encoding: chunked" : "Content-Length: " + size));
            connection.send(inChunks ? chunk : body);
            var _ = connection.reply();
          }
        });
  }

  private interface Act {

    void on(Request request);
  }

  private static void inParallel(List<Request> requests, Act act) throws Exception {
    try (var senders = Executors.newFixedThreadPool(SENDERS)) {
      var sent = requests.stream().map(one -> senders.submit(() -> act.on(one))).toList();
      for (var one : sent) {
        one.get();
      }
    }
  }
}
