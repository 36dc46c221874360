package io.stoker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ManualTimeTest {

  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private final ManualTime time = new ManualTime(NOON);

  @Test
  void it_stands_still_until_it_is_advanced() {
    assertThat(time.now()).isEqualTo(NOON);

    time.advance(Duration.ofMinutes(4));

    assertThat(time.now()).isEqualTo(NOON.plusSeconds(240));
    assertThat(time.ticks()).isEqualTo(Duration.ofMinutes(4));
    assertThat(time.clock().instant()).isEqualTo(time.now());
  }

  @Test
  void a_jump_of_the_wall_clock_leaves_the_ticks_alone() {
    time.jumpTo(NOON.minusSeconds(3600));

    assertThat(time.now()).isEqualTo(NOON.minusSeconds(3600));
    assertThat(time.ticks()).isZero();
  }

  @Test
  void a_pause_ends_when_the_clock_is_advanced_far_enough() throws InterruptedException {
    var over = new CompletableFuture<Instant>();
    var pausing =
        Thread.ofVirtual()
            .start(() -> {
              try {
                time.pause(Duration.ofSeconds(10));
                over.complete(time.now());
              } catch (InterruptedException e) {
                over.completeExceptionally(e);
              }
            });
    time.awaitPausing(1);

    time.advance(Duration.ofSeconds(9));
    assertThat(over).isNotDone();
    time.advance(Duration.ofSeconds(1));
    pausing.join();

    assertThat(over).isCompletedWithValue(NOON.plusSeconds(10));
  }

  @Test
  void it_never_goes_back() {
    assertThatThrownBy(() -> time.advance(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-1S");
  }
}
