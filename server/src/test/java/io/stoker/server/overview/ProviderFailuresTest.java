package io.stoker.server.overview;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.WarmingState;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.server.overview.OverviewWire.Trouble;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProviderFailuresTest {

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T12:00:00Z"));
  private final ProviderFailures failures = new ProviderFailures(time);

  private void tell(String id, String model, Activity activity, String trouble) {
    var off = WarmingState.off(WarmingState.STANDARD_INTERVAL);
    var warming =
        new WarmingState(
            true,
            off.interval(),
            activity,
            off.number(),
            null,
            null,
            null,
            trouble.isEmpty() ? 0 : 1,
            trouble,
            off.pauseReason(),
            off.cacheProfile(),
            null,
            null,
            "");
    failures.changed(new Conversation(id, model, "", warming));
  }

  private void warm(String id, String model, String trouble) {
    tell(id, model, Activity.WARMING, "");
    tell(id, model, Activity.IDLE, trouble);
  }

  @Test
  void a_failed_warm_is_a_problem_of_its_provider() {
    warm("plans", "anthropic/claude", "It is overloaded");

    assertThat(failures.now())
        .containsExactly(
            new Trouble(
                "provider",
                "A warm by anthropic failed: It is overloaded. The page Armed shows the"
                    + " waiting conversations and why",
                time.now()));
  }

  @Test
  void the_next_successful_warm_of_any_conversation_ends_it() {
    warm("plans", "anthropic/claude", "It is overloaded");
    warm("other", "openai/gpt", "");
    assertThat(failures.now()).hasSize(1);

    warm("more", "anthropic/claude", "");

    assertThat(failures.now()).isEmpty();
  }

  @Test
  void it_expires_after_ten_minutes() {
    warm("plans", "anthropic/claude", "It is overloaded");
    time.advance(Duration.ofMinutes(10));
    assertThat(failures.now()).hasSize(1);

    time.advance(Duration.ofMillis(1));

    assertThat(failures.now()).isEmpty();
  }

  @Test
  void another_change_does_not_report_an_old_failure_again() {
    warm("plans", "anthropic/claude", "It is overloaded");
    time.advance(Duration.ofMinutes(11));

    tell("plans", "anthropic/claude", Activity.IDLE, "It is overloaded");

    assertThat(failures.now()).isEmpty();
  }

  @Test
  void a_warm_aborted_by_a_turn_is_not_a_failure() {
    tell("plans", "anthropic/claude", Activity.WARMING, "");
    tell("plans", "anthropic/claude", Activity.GENERATING, "of long ago");
    tell("plans", "anthropic/claude", Activity.IDLE, "of long ago");

    assertThat(failures.now()).isEmpty();
  }
}
