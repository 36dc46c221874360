package io.stoker.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.CallTimeouts;
import io.stoker.ManualTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CallDeadlineTest {

  private final ManualTime time = new ManualTime(Instant.EPOCH);
  private final CallDeadline deadline =
      new CallDeadline("it", new CallTimeouts(Duration.ofMinutes(2), Duration.ofMinutes(10)), time);

  @Test
  void the_idle_timeout_restarts_with_every_byte() {
    time.advance(Duration.ofMinutes(7));

    assertThat(deadline.remaining()).isEqualTo(Duration.ofMinutes(2));
    assertThat(deadline.timedOut()).hasMessage("it sent nothing for 120 s");
  }

  @Test
  void a_trickling_call_ends_at_its_total_timeout() {
    time.advance(Duration.ofMinutes(9));

    assertThat(deadline.remaining()).isEqualTo(Duration.ofMinutes(1));

    time.advance(Duration.ofMinutes(2));

    assertThat(deadline.remaining()).isNegative();
    assertThat(deadline.timedOut()).hasMessage("it did not finish within 600 s");
  }
}
