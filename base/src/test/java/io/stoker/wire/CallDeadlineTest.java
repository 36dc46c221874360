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
  void silence_may_last_as_long_as_at_the_beginning_while_bytes_come() {
    time.advance(Duration.ofMinutes(7));

    assertThat(deadline.remaining()).isEqualTo(Duration.ofMinutes(2));
    assertThat(deadline.timedOut()).hasMessage("it was silent for 120 s");
  }

  @Test
  void a_call_that_trickles_ends_when_its_whole_time_is_up() {
    time.advance(Duration.ofMinutes(9));

    assertThat(deadline.remaining()).isEqualTo(Duration.ofMinutes(1));

    time.advance(Duration.ofMinutes(2));

    assertThat(deadline.remaining()).isNegative();
    assertThat(deadline.timedOut()).hasMessage("it was not done within 600 s");
  }
}
