package io.stoker.examples.anthropicchat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.testing.StubLlm;
import io.stoker.testing.StubLlm.Counts;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Against a stand-in for Anthropic, over real HTTP.
@Timeout(30)
class AnthropicChatTest {

  private static final Instant MORNING = Instant.parse("2026-03-02T09:00:00Z");
  private static final Duration TICK = Duration.ofMillis(20);

  private final ManualTime time = new ManualTime(MORNING);
  private final StubLlm anthropic = StubLlm.start();
  private final StringBuilder screen = new StringBuilder();
  private AnthropicChat chat;

  @BeforeEach
  void begin() {
    anthropic.says("The dinosaurs", " are upstairs.");
    anthropic.counts(new Counts(10, 5000, 40, 8));
    var environment =
        Map.of("ANTHROPIC_API_KEY", "a-key", "ANTHROPIC_BASE_URL", anthropic.uri().toString());
    chat = new AnthropicChat(AnthropicChat.settings(environment), "claude-haiku-4-5", time);
  }

  @AfterEach
  void end() {
    chat.close();
    anthropic.close();
  }

  @Test
  void the_answer_is_shown_as_it_comes_and_a_warm_is_due_in_four_minutes() {
    chat.say("Where are the dinosaurs?", screen::append);

    assertThat(screen).hasToString("The dinosaurs are upstairs.");
    assertThat(chat.state().warming().nextWarmAt()).isEqualTo(MORNING.plus(Duration.ofMinutes(4)));
  }

  @Test
  void a_warm_says_all_that_the_turn_said_and_asks_for_nothing() throws InterruptedException {
    chat.say("Where are the dinosaurs?", screen::append);
    warm();

    var turn = body(0);
    var warm = body(1);
    assertThat(anthropic.requests()).hasSize(2).allMatch(one -> one.path().equals("/v1/messages"));
    assertThat(warm.get("system")).isEqualTo(turn.get("system"));
    assertThat(warm.get("model")).isEqualTo(turn.get("model"));
    assertThat(text(warm, 0)).isEqualTo(text(turn, 0)).isEqualTo("Where are the dinosaurs?");
    assertThat(text(warm, 1)).isEqualTo("The dinosaurs are upstairs.");
    assertThat(warm.get("max_tokens").asInt()).isZero();
  }

  /// To the byte, or the provider would not find it in its cache.
  @Test
  void the_next_turn_begins_with_all_that_the_warm_said() throws InterruptedException {
    chat.say("Where are the dinosaurs?", screen::append);
    warm();

    chat.say("And the exit?", screen::append);

    var warm = body(1);
    var next = body(2);
    assertThat(next.get("system")).isEqualTo(warm.get("system"));
    assertThat(next.get("messages").get(0)).isEqualTo(warm.get("messages").get(0));
    assertThat(next.get("messages").get(1)).isEqualTo(warm.get("messages").get(1));
    assertThat(text(next, 2)).isEqualTo("And the exit?");
  }

  @Test
  void nothing_is_sent_once_the_chat_is_closed() throws InterruptedException {
    chat.say("Where are the dinosaurs?", screen::append);
    warm();

    chat.close();
    time.advance(Duration.ofHours(1));

    assertThat(anthropic.requests()).hasSize(2);
  }

  @Test
  void trouble_is_shown_in_the_place_of_the_answer() {
    anthropic.next(new StubLlm.Replies(401, Map.of(), "{\"error\":{\"message\":\"bad key\"}}"));

    chat.say("Where are the dinosaurs?", screen::append);

    assertThat(screen.toString()).contains("bad key").doesNotContain("a-key");
  }

  @Test
  void without_a_key_it_says_what_is_missing() {
    assertThatThrownBy(() -> AnthropicChat.settings(Map.of()))
        .hasMessage("expected a key of Anthropic, got none");
  }

  /// Lets four minutes pass, and waits until the warm is in the books. A timer may be set a moment
  /// after its time can be seen; it rings with the next tick then.
  private void warm() {
    time.advance(Duration.ofMinutes(4));
    await()
        .until(() -> {
          time.advance(TICK);
          return chat.state().warming().lastWarm() != null;
        });
    assertThat(chat.state().warming().lastWarm().cached()).hasValue(99);
  }

  private JsonNode body(int request) {
    return JsonMapper.shared().readTree(anthropic.requests().get(request).body());
  }

  private static String text(JsonNode body, int message) {
    var content = body.get("messages").get(message).get("content");
    return content.isString() ? content.asString() : content.get(0).get("text").asString();
  }
}
