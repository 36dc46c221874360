package io.stoker.bench;

import io.stoker.Time;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Stoker's server, as `./stoker serve` starts it, in its own process and folder.
final class ServerProcess implements AutoCloseable {

  private static final String LOG = "server.log";
  private static final int LINES = 20;
  private static final Duration LONGEST_START = Duration.ofMinutes(2);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final List<String> SETTINGS = List.of("STOKER_", "DATABASE_", "REDIS_", "SERVER_");

  private final Process process;
  private final int port;

  private ServerProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Starts the server, and returns when it is healthy.
  ///
  /// @param folder the folder of its data and its log
  static ServerProcess start(Path folder) throws InterruptedException {
    var started = launch(folder, freePort());
    try (var client = HttpClient.newHttpClient()) {
      var time = Time.system();
      var end = time.ticks().plus(LONGEST_START);
      while (!started.answers(client)) {
        if (!started.process.isAlive() || time.ticks().compareTo(end) > 0) {
          started.close();
          throw new IllegalStateException(
              "the server did not start; its log ends with\n" + lastLines(folder));
        }
        time.pause(BETWEEN_LOOKS);
      }
    }
    return started;
  }

  private static ServerProcess launch(Path folder, int port) {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var classes =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(path -> Path.of(path).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    var main = "io.stoker.server.Launcher";
    var process =
        new ProcessBuilder(
                java, "--enable-native-access=ALL-UNNAMED", "-cp", classes, main, "serve")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(LOG).toFile());
    var variables = process.environment();
    variables.keySet().removeIf(name -> SETTINGS.stream().anyMatch(name::startsWith));
    variables.put("SERVER_PORT", Integer.toString(port));
    try {
      return new ServerProcess(process.start(), port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean answers(HttpClient client) throws InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"));
    try {
      return client.send(request.build(), BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  private static String lastLines(Path folder) {
    try {
      var lines = Files.readAllLines(folder.resolve(LOG));
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The address of its WebSockets.
  URI sockets() {
    return URI.create("ws://127.0.0.1:" + port + "/ws");
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Stops the server.
  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
