package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Many concurrent turns: each response is complete.
class ManyTurnsTest {

  private static final int CLIENTS = Integer.getInteger("clients", 24);
  private static final int TURNS = Integer.getInteger("turns", 20);

  private final ConcurrentLinkedQueue<String> incomplete = new ConcurrentLinkedQueue<>();

  @Test
  void each_turn_ends_its_response() throws Exception {
    try (var server =
            RunningServer.with(
                Map.of(
                    "STOKER_PROMPTS_SIMULATOR_PACE", "1ms",
                    "STOKER_PROMPTS_SIMULATOR_LATENCY", "0s"));
        var client = HttpClient.newHttpClient();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        var chat = "chat " + i;
        var _ = threads.submit(() -> talk(server, client, chat));
      }
    }

    assertThat(incomplete).isEmpty();
  }

  private void talk(RunningServer server, HttpClient client, String chat) {
    for (int turn = 0; turn < TURNS; turn++) {
      var body =
          "{\"message\":\"Say %d\",\"conversationId\":\"%s\",\"model\":\"simulator/small\"}"
              .formatted(turn, chat);
      try {
        var response =
            client
                .sendAsync(
                    server
                        .request("/chat", "Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                    BodyHandlers.ofString())
                .get(2, TimeUnit.MINUTES);
        if (!response.body().contains("turn-sealed")) {
          incomplete.add(
              chat + ", turn " + turn + ": " + response.statusCode() + " " + response.body());
        }
      } catch (Exception e) {
        incomplete.add(chat + ", turn " + turn + ": " + e);
      }
    }
  }
}
