package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class RateRulesTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  @Test
  void a_slow_rate_allows_one_at_a_time() {
    assertThat(RateRules.allowed(Instant.EPOCH, 60, NOW)).isEqualTo(1);
    assertThat(RateRules.after(1, Instant.EPOCH, 60, NOW)).isEqualTo(NOW.plusSeconds(1));
    assertThat(RateRules.allowed(NOW.plusSeconds(1), 60, NOW)).isZero();
  }

  @Test
  void a_fast_rate_saves_up_for_a_second() {
    assertThat(RateRules.allowed(Instant.EPOCH, 600, NOW)).isEqualTo(10);
    assertThat(RateRules.after(10, Instant.EPOCH, 600, NOW)).isEqualTo(NOW.plusMillis(100));
    assertThat(RateRules.allowed(NOW.minusMillis(250), 600, NOW)).isEqualTo(3);
  }
}
