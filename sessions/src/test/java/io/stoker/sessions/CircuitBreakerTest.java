package io.stoker.sessions;

import static io.stoker.sessions.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.ManualTime;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

  private final ManualTime time = new ManualTime(NOON);
  private final CircuitBreaker breaker = new CircuitBreaker("Redis", Code.CACHE_UNREACHABLE, time);
  private int calls;

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      assertThatThrownBy(() ->
              breaker.call(() -> {
                calls++;
                throw new StokerException(Code.CACHE_UNREACHABLE, "down", null);
              }))
          .hasMessage("down");
    }
  }

  private String succeed() {
    return breaker.call(() -> {
      calls++;
      return "fine";
    });
  }

  @Test
  void below_ten_calls_it_stays_closed() {
    fail(9);

    assertThat(succeed()).isEqualTo("fine");
  }

  @Test
  void at_seventy_percent_errors_it_opens() {
    succeed();
    succeed();
    succeed();
    fail(7);

    assertThatThrownBy(this::succeed)
        .isInstanceOf(StokerException.class)
        .hasMessageContaining("Redis failed too often");
    assertThat(calls).isEqualTo(10);
  }

  @Test
  void calls_of_more_than_a_second_count_as_errors() {
    succeed();
    succeed();
    succeed();

    for (int i = 0; i < 7; i++) {
      assertThat(breaker.call(this::slowly)).isEqualTo("slow");
    }

    assertThatThrownBy(this::succeed).isInstanceOf(StokerException.class);
  }

  private String slowly() {
    time.advance(Duration.ofMillis(1001));
    return "slow";
  }

  @Test
  void after_fifteen_seconds_it_allows_trial_calls_and_closes_if_they_succeed() {
    fail(10);

    time.advance(Duration.ofMillis(15_001));

    for (int i = 0; i < 20; i++) {
      assertThat(succeed()).isEqualTo("fine");
    }
  }

  @Test
  void errors_older_than_ten_seconds_do_not_count() {
    fail(9);
    time.advance(Duration.ofSeconds(11));

    fail(1);

    assertThat(succeed()).isEqualTo("fine");
  }
}
