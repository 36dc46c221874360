package io.stoker.server;

import io.stoker.server.settings.Configuration;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.springframework.util.FileSystemUtils;

/// A training run for the JVM's AOT cache (`-XX:AOTCacheOutput`): starts a server, sends it typical
/// requests and stops it.
///
/// It ignores the configuration of this machine, uses a temporary data folder, and connects to no
/// other service.
public final class AotTrainingRun {

  private static final int OK = 2;

  private AotTrainingRun() {}

  /// Runs once.
  ///
  /// @throws IOException if a request is not answered with 2xx
  public static void run() throws IOException, InterruptedException {
    var folder = Files.createTempDirectory("stoker-training");
    try (var server = Server.start(new Configuration(Map.of(), settings(folder)));
        var http = HttpClient.newHttpClient()) {
      var port = server.getEnvironment().getRequiredProperty("local.server.port");
      var client = new Client(http, "http://127.0.0.1:" + port);
      client.get("/");
      client.get("/app/console.js");
      client.get("/health");
      client.get("/actuator/health/readiness");
      client.get("/api/prompts/conversations");
      client.get("/api/admin/warming/queue");
      var question = "{\"question\": \"How is a cache kept warm?\"}";
      client.post("/api/answers/ask", question);
      client.post("/api/answers/ask", question);
      client.post("/api/admin/warming/queue/manual", "{\"queries\": [\"What is a lease?\"]}");
      client.post("/chat", "{\"message\": \"Hello\"}");
      client.get("/actuator/prometheus");
    } finally {
      FileSystemUtils.deleteRecursively(folder);
    }
  }

  private static Map<String, String> settings(Path folder) {
    var settings = new HashMap<String, String>();
    settings.put("spring.config.location", "classpath:/");
    settings.put("server.address", "127.0.0.1");
    settings.put("server.port", "0");
    settings.put("stoker.answers.data", folder.toString());
    settings.put("stoker.prompts.simulator.latency", "0s");
    settings.put("stoker.prompts.simulator.pace", "0s");
    return settings;
  }

  private record Client(HttpClient http, String origin) {

    void get(String path) throws IOException, InterruptedException {
      send(path, HttpRequest.newBuilder(URI.create(origin + path)).GET());
    }

    void post(String path, String json) throws IOException, InterruptedException {
      send(
          path,
          HttpRequest.newBuilder(URI.create(origin + path))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(json)));
    }

    private void send(String path, HttpRequest.Builder request)
        throws IOException, InterruptedException {
      var reply = http.send(request.build(), BodyHandlers.ofString());
      if (reply.statusCode() / 100 != OK) {
        throw new IOException(path + " answered HTTP " + reply.statusCode() + ": " + reply.body());
      }
    }
  }
}
