package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RateRulesTest {

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  @Test
  void a_slow_rate_allows_one_at_a_time() {
    assertThat(RateRules.allowed(Instant.EPOCH, 60, NOW)).isEqualTo(1);
    assertThat(RateRules.after(1, Instant.EPOCH, 60, NOW)).isEqualTo(NOW.plusSeconds(1));
    assertThat(RateRules.allowed(NOW.plusSeconds(1), 60, NOW)).isZero();
  }

  @Test
  void a_fast_rate_has_a_burst_of_one_second() {
    assertThat(RateRules.allowed(Instant.EPOCH, 600, NOW)).isEqualTo(10);
    assertThat(RateRules.after(10, Instant.EPOCH, 600, NOW)).isEqualTo(NOW.plusMillis(100));
    assertThat(RateRules.allowed(NOW.minusMillis(250), 600, NOW)).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {61, 90, 110, 119, 120, 121, 150, 601, 6000})
  void a_late_claim_gets_the_whole_burst_of_a_second(int perMinute) {
    var interval = Duration.ofMinutes(1).dividedBy(perMinute);
    var late = Duration.ofSeconds(1).minus(interval);
    var due = NOW;
    var now = NOW;
    long allowed = 0;

    while (now.isBefore(NOW.plusSeconds(600))) {
      int some = RateRules.allowed(due, perMinute, now);
      due = some == 0 ? due : RateRules.after(some, due, perMinute, now);
      allowed += some;
      now = now.plus(late);
    }

    assertThat(allowed).isEqualTo(1 + Duration.between(NOW, now.minus(late)).dividedBy(interval));
  }
}
