package io.stoker.prompts.policy;

import static io.stoker.prompts.policy.IdleGaps.BRIEF;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CachePricingTest {

  private static final Duration A_MOMENT = Duration.ofMillis(1);

  @ParameterizedTest
  @CsvSource({"1.25, 0.1, 0.087", "2, 0.1, 0.053", "1.25, 0.05, 0.042", "1, 1, 1", "1, 0.9, 1"})
  void a_warm_pays_from_the_break_even_probability_on(double write, double read, double chance) {
    assertThat(pricing(12, write, read).breakEven()).isCloseTo(chance, within(0.0005));
  }

  @ParameterizedTest
  @CsvSource({
    "100, 1.25, 0.1, 11",
    "100, 2, 0.1, 19",
    "100, 1.25, 0.05, 24",
    "100, 1.1, 0.1, 10",
    "7, 2, 0.1, 7",
    "12, 1, 1, 0",
    "12, 1.25, 0, 12"
  })
  void warms_never_cost_more_than_the_miss_that_they_avoid(
      int maxWarms, double write, double read, int clamp) {
    assertThat(pricing(maxWarms, write, read).maxWorthwhileWarms()).isEqualTo(clamp);
  }

  @Test
  void one_more_warm_than_the_maximum_would_cost_more_than_the_miss() {
    var random = new SplittableRandom(7);

    for (int i = 0; i < 10_000; i++) {
      double read = random.nextDouble(0.01, 1);
      var pricing = pricing(1_000, read + random.nextDouble(0, 3), read);

      assertThat(pricing.maxWorthwhileWarms() * read)
          .isLessThanOrEqualTo(pricing.missCost() + 1e-9);
      assertThat((pricing.maxWorthwhileWarms() + 1) * read).isGreaterThan(pricing.missCost());
    }
  }

  @Test
  void a_warm_interval_that_is_not_shorter_than_the_time_to_live_is_rejected() {
    var fiveMinutes = Duration.ofMinutes(5);

    assertThatThrownBy(() -> new CachePricing(fiveMinutes, fiveMinutes, 3, 1.25, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a warm interval below PT5M, got PT5M");
  }

  @Test
  void a_write_that_is_cheaper_than_a_read_is_rejected() {
    assertThatThrownBy(() -> pricing(3, 0.1, 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 <= read <= write");
  }

  @Test
  void a_warm_is_sent_only_while_the_user_is_away() {
    assertThat(BRIEF.warmsSent(ofSeconds(290), 3)).isZero();
    assertThat(BRIEF.warmsSent(ofSeconds(290).plus(A_MOMENT), 3)).isEqualTo(1);
    assertThat(BRIEF.warmsSent(ofSeconds(2 * 290), 3)).isEqualTo(1);
    assertThat(BRIEF.warmsSent(ofSeconds(2 * 290).plus(A_MOMENT), 3)).isEqualTo(2);
  }

  @Test
  void no_more_warms_are_sent_than_planned() {
    assertThat(BRIEF.warmsSent(ofSeconds(100_000), 3)).isEqualTo(3);
  }

  @Test
  void no_warm_is_sent_for_a_user_who_comes_back_at_once() {
    assertThat(BRIEF.warmsSent(Duration.ZERO, 3)).isZero();
  }

  @Test
  void an_entry_lives_from_the_start_of_the_last_warm() {
    assertThat(BRIEF.isCached(ofMinutes(5), 0)).isTrue();
    assertThat(BRIEF.isCached(ofMinutes(5).plus(A_MOMENT), 0)).isFalse();
    assertThat(BRIEF.isCached(ofSeconds(2 * 290 + 300), 2)).isTrue();
    assertThat(BRIEF.isCached(ofSeconds(2 * 290 + 300).plus(A_MOMENT), 2)).isFalse();
  }

  private static CachePricing pricing(int maxWarms, double write, double read) {
    return new CachePricing(Duration.ofMinutes(5), Duration.ofSeconds(290), maxWarms, write, read);
  }
}
