package io.stoker.prompts.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TierTermsTest {

  @ParameterizedTest
  @CsvSource({"1.25, 0.1, 0.087", "2, 0.1, 0.053", "1.25, 0.05, 0.042", "1, 1, 1", "1, 0.9, 1"})
  void a_ping_pays_from_the_break_even_chance_on(double write, double read, double chance) {
    assertThat(terms(12, write, read).breakEven()).isCloseTo(chance, within(0.0005));
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
  void pings_never_cost_more_than_the_loss_that_they_avert(
      int mostPings, double write, double read, int clamp) {
    assertThat(terms(mostPings, write, read).clamp()).isEqualTo(clamp);
  }

  @Test
  void one_ping_more_than_the_clamp_would_cost_more_than_the_loss() {
    var random = new SplittableRandom(7);

    for (int i = 0; i < 10_000; i++) {
      double read = random.nextDouble(0.01, 1);
      var terms = terms(1_000, read + random.nextDouble(0, 3), read);

      assertThat(terms.clamp() * read).isLessThanOrEqualTo(terms.loss() + 1e-9);
      assertThat((terms.clamp() + 1) * read).isGreaterThan(terms.loss());
    }
  }

  @Test
  void a_ping_that_comes_when_the_entry_is_dead_is_refused() {
    var fiveMinutes = Duration.ofMinutes(5);

    assertThatThrownBy(() -> new TierTerms(fiveMinutes, fiveMinutes, 3, 1.25, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected pings sooner than every PT5M, got PT5M");
  }

  @Test
  void a_write_that_is_cheaper_than_a_read_is_refused() {
    assertThatThrownBy(() -> terms(3, 0.1, 0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 <= read <= write");
  }

  private static TierTerms terms(int mostPings, double write, double read) {
    return new TierTerms(Duration.ofMinutes(5), Duration.ofSeconds(290), mostPings, write, read);
  }
}
