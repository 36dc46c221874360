package io.stoker;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.CallException.Code;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CallExceptionTest {

  @ParameterizedTest
  @CsvSource({
    "RATE_LIMITED, RATE_LIMITED",
    "UNREACHABLE, UNAVAILABLE",
    "UNAVAILABLE, UNAVAILABLE",
    "DENIED, REFUSED",
    "TIMED_OUT, TIMED_OUT",
    "REFUSED, REFUSED",
    "BAD_ANSWER, BAD_ANSWER"
  })
  void broad_codes_omit_the_finer_distinctions(Code code, Code broad) {
    assertThat(code.broad()).isEqualTo(broad);
  }

  @Test
  void a_wait_is_clamped_to_between_zero_and_a_day() {
    assertThat(failed(Duration.ofSeconds(-1)).retryAfter()).isEqualTo(Duration.ZERO);
    assertThat(failed(Duration.ofDays(9)).retryAfter()).isEqualTo(Duration.ofDays(1));
    assertThat(failed(Duration.ofSeconds(17)).retryAfter()).isEqualTo(Duration.ofSeconds(17));
  }

  @Test
  void a_message_contains_no_character_that_a_database_cannot_store() {
    assertThat(new CallException(Code.REFUSED, "a\0b", null, null)).hasMessage("a\uFFFDb");
  }

  private static CallException failed(Duration retryAfter) {
    return new CallException(Code.RATE_LIMITED, "slow down", retryAfter, null);
  }
}
