package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A turn during the shutdown of its server.
class StoppedTurnTest {

  @TempDir private Path folder;

  private RunningServer start() {
    return RunningServer.with(
        Map.of(
            "STOKER_ANSWERS_DATA", folder.toString(),
            "STOKER_PROMPTS_SIMULATOR_LATENCY", "0s",
            "STOKER_PROMPTS_SIMULATOR_PACE", "5ms"));
  }

  @Test
  void a_turn_that_goes_on_when_the_server_ends_is_broken_off_and_kept() {
    try (var server = start();
        var client = SocketClient.to(server)) {
      client.send(
          "{'type':'chat.send','message':'Go on','conversationId':'c','model':'simulator/long'}");
      for (int i = 0; i < 10; i++) {
        client.next("chat.delta");
      }
    }

    try (var again = start()) {
      var history = again.get("/conversations/c").json().path("chunks");
      var turns = again.get("/conversations/c/metrics").json().path("turns");

      assertThat(history.size()).isEqualTo(2);
      assertThat(history.path(1).path("chunk").path("text").asString()).isNotEmpty();
      assertThat(turns.size()).isEqualTo(1);
    }
  }
}
