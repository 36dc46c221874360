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

/// A run that shows the JVM what a server does, so that it can keep what it has loaded and linked
/// (`-XX:AOTCacheOutput`): starts one, has it answer what is asked first, and stops it. It is set
/// like no other, keeps what it writes in a folder of its own, which it removes, and talks to
/// nobody but itself.
public final class AotTrainingRun {

  private static final int OK = 2;

  private AotTrainingRun() {}

  /// Runs once.
  ///
  /// @throws IOException if the server does not answer as it should
  public static void run() throws IOException, InterruptedException {
    var folder = Files.createTempDirectory("stoker-training");
    try (var server = Server.start(new Configuration(Map.of(), settings(folder)));
        var http = HttpClient.newHttpClient()) {
      var port = server.getEnvironment().getRequiredProperty("local.server.port");
      var call = new Call(http, "http://127.0.0.1:" + port);
      call.get("/");
      call.get("/app/console.js");
      call.get("/health");
      call.get("/actuator/health/readiness");
      call.get("/api/prompts/conversations");
      call.get("/api/admin/warming/queue");
      var question = "{\"question\": \"How is a cache kept warm?\"}";
      call.post("/api/answers/ask", question);
      call.post("/api/answers/ask", question);
      call.post("/api/admin/warming/queue/manual", "{\"queries\": [\"What is a lease?\"]}");
      call.post("/chat", "{\"message\": \"Hello\"}");
      call.get("/actuator/prometheus");
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

  /// Somebody who asks.
  private record Call(HttpClient http, String place) {

    void get(String path) throws IOException, InterruptedException {
      send(path, HttpRequest.newBuilder(URI.create(place + path)).GET());
    }

    void post(String path, String json) throws IOException, InterruptedException {
      send(
          path,
          HttpRequest.newBuilder(URI.create(place + path))
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
