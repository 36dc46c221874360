package io.stoker.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server in its own process, with an HTTP client. It can be killed. Confined to one thread.
public final class ServerProcess implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern LISTENS = Pattern.compile("Stoker listens on port (\\d+)");

  private final Process process;
  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();

  private ServerProcess(Process process) {
    this.process = process;
    this.port = port(process);
  }

  /// Starts a server on a free port, and returns once it listens.
  public static ServerProcess start(Map<String, String> variables) {
    return start(variables, List.of());
  }

  /// The same with further options of the JVM.
  public static ServerProcess start(Map<String, String> variables, List<String> javaOptions) {
    var all = new HashMap<>(variables);
    all.put("SERVER_PORT", "0");
    var options =
        new ArrayList<>(
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
    options.addAll(javaOptions);
    return new ServerProcess(launch(all, options, "serve"));
  }

  public int port() {
    return port;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long id() {
    return process.pid();
  }

  /// How much memory the operating system has given it, in kB, as Linux has it.
  public long residentKilobytes() {
    try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      var line = lines.filter(one -> one.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Starts the program with these arguments, its complaints among what it says.
  public static Process launch(
      Map<String, String> variables, List<String> javaOptions, String... arguments) {
    // Whoever runs these tests in the background may have made them deaf to SIGINT.
    var command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    // The umask of most systems, whatever that of whoever runs these tests is.
    command.addAll(List.of("sh", "-c", "umask 022; exec \"$@\"", "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("io.stoker.server.Launcher");
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(variables);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int port(Process process) {
    var said = new StringBuilder();
    var lines = process.inputReader(UTF_8);
    try {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        said.append(line).append('\n');
        var listens = LISTENS.matcher(line);
        if (listens.find()) {
          Thread.ofVirtual().name("server-output").start(() -> lines.lines().forEach(_ -> {}));
          return Integer.parseInt(listens.group(1));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("the server did not start: " + said);
  }

  public JsonNode get(String path) {
    return JSON.readTree(text(path));
  }

  public String text(String path) {
    return send(request(path).GET());
  }

  public JsonNode post(String path, String json) {
    return JSON.readTree(send(request(path).POST(BodyPublishers.ofString(json))));
  }

  public JsonNode put(String path, String json) {
    return JSON.readTree(send(request(path).PUT(BodyPublishers.ofString(json))));
  }

  /// Sends a chat message and waits for the end of the answer.
  public void chat(String conversation) {
    var json = "{\"message\": \"hello\", \"conversationId\": \"" + conversation + "\"}";
    var _ = send(request("/chat").POST(BodyPublishers.ofString(json)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Content-Type", "application/json");
  }

  private String send(HttpRequest.Builder request) {
    try {
      var response = client.send(request.build(), BodyHandlers.ofString());
      if (response.statusCode() >= 300) {
        throw new IllegalStateException(response.statusCode() + ": " + response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while calling the server", e);
    }
  }

  /// Kills it (SIGKILL), and returns once it is gone.
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    kill();
    client.shutdownNow();
  }
}
