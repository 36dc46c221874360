package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The errors of clients that exceed the limits of storage.
class PromptLimitsTest {

  private static RunningServer server;

  @BeforeAll
  static void start() {
    server =
        RunningServer.with(
            Map.of(
                "STOKER_PROMPTS_SIMULATOR_PACE", "1ms",
                "STOKER_PROMPTS_SIMULATOR_LATENCY", "0s",
                "STOKER_PROMPTS_MOSTCONVERSATIONSOFTENANT", "1",
                "STOKER_PROMPTS_MOSTCHUNKS", "2"));
    say("kept");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static RunningServer.Answer say(String chat) {
    return server.post(
        "/chat", "{\"message\":\"Go on\",\"conversationId\":\"%s\"}".formatted(chat));
  }

  @Test
  void one_conversation_too_many_is_a_conflict() {
    var refused = say("another");
    var settings = server.put("/api/prompts/conversations/another/warming", "{\"enabled\":true}");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("code")).isEqualTo("too-many-conversations");
    assertThat(refused.text("detail")).contains("at most 1", "Delete some first");
    assertThat(settings.status()).isEqualTo(409);
    assertThat(server.get("/api/prompts/conversations/another").status()).isEqualTo(404);
  }

  @Test
  void a_full_conversation_is_a_conflict() {
    var refused = say("kept");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("code")).isEqualTo("conversation-full");
    assertThat(refused.text("detail")).contains("Begin another one, or delete it");
  }

  @Test
  void sockets_get_the_same_messages() {
    try (var client = SocketClient.to(server)) {
      client.send("{'type':'chat.send','message':'Go on','conversationId':'another'}");

      assertThat(client.next("chat.error").path("message").asString()).contains("at most 1");
    }
  }
}
