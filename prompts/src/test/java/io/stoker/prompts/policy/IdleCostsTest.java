package io.stoker.prompts.policy;

import static io.stoker.prompts.policy.Gaps.BRIEF;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class IdleCostsTest {

  private static final Duration A_MOMENT = ofMillis(1);

  @Test
  void a_ping_is_sent_only_while_the_user_is_away() {
    assertThat(IdleCosts.pings(BRIEF, ofSeconds(290), 3)).isZero();
    assertThat(IdleCosts.pings(BRIEF, ofSeconds(290).plus(A_MOMENT), 3)).isEqualTo(1);
    assertThat(IdleCosts.pings(BRIEF, ofSeconds(2 * 290), 3)).isEqualTo(1);
    assertThat(IdleCosts.pings(BRIEF, ofSeconds(2 * 290).plus(A_MOMENT), 3)).isEqualTo(2);
  }

  @Test
  void no_more_pings_are_sent_than_were_decided() {
    assertThat(IdleCosts.pings(BRIEF, ofSeconds(100_000), 3)).isEqualTo(3);
  }

  @Test
  void a_user_who_comes_back_at_once_is_not_pinged_for() {
    assertThat(IdleCosts.pings(BRIEF, Duration.ZERO, 3)).isZero();
  }

  @Test
  void an_entry_lives_from_the_start_of_the_last_ping() {
    assertThat(IdleCosts.isKept(BRIEF, ofMinutes(5), 0)).isTrue();
    assertThat(IdleCosts.isKept(BRIEF, ofMinutes(5).plus(A_MOMENT), 0)).isFalse();
    assertThat(IdleCosts.isKept(BRIEF, ofSeconds(2 * 290 + 300), 2)).isTrue();
    assertThat(IdleCosts.isKept(BRIEF, ofSeconds(2 * 290 + 300).plus(A_MOMENT), 2)).isFalse();
  }
}
