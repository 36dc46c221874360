package io.stoker.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.prompts.CacheProfile;
import io.stoker.prompts.WarmingState;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.PolicyMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarmingTextTest {

  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private static WarmingState resting(PauseReason pauseReason, String why) {
    return new WarmingState(
        true,
        Duration.ofMinutes(4),
        Activity.IDLE,
        1,
        null,
        null,
        null,
        0,
        "",
        pauseReason,
        CacheProfile.UNKNOWN,
        null,
        null,
        why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NOT_WORTH_IT | 8.7 % needed    | Left alone; the next warm would cost more than it is expected to save
          TOO_SHORT    | the prompt has 12 tokens | No warms; the prompt has 12 tokens
          WROTE        |                 | Stopped; a warm found the cache gone: it was pushed out early, or the beginning of the prompt has changed
          OVER_BUDGET  | the daily budget of $5.00 is spent | Stopped; the daily budget of $5.00 is spent
          SWITCHED_OFF |                 | No warms; the policy is off. Choose interval or adaptive to have them
          """)
  void a_conversation_without_warms_says_why(PauseReason pauseReason, String why, String words) {
    var warming = resting(pauseReason, why == null ? "" : why);

    assertThat(WarmingText.status(warming, NOW)).isEqualTo(words);
  }

  @Test
  void each_reason_has_its_own_text() {
    var words =
        Arrays.stream(PauseReason.values()).map(rest -> WarmingText.status(resting(rest, ""), NOW));

    assertThat(words).doesNotHaveDuplicates();
  }

  @Test
  void a_policy_says_why_if_it_made_the_decision() {
    var odds = "4.2 % chance that the next warm saves the cache";

    assertThat(WarmingText.policy(resting(PauseReason.NOT_WORTH_IT, odds), PolicyMode.ADAPTIVE))
        .isEqualTo("adaptive: " + odds);
    assertThat(WarmingText.policy(resting(PauseReason.OVER_BUDGET, odds), PolicyMode.ADAPTIVE))
        .isEqualTo("adaptive");
    assertThat(WarmingText.policy(resting(PauseReason.NONE, ""), PolicyMode.INTERVAL))
        .isEqualTo("interval");
  }
}
