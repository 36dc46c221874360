package io.stoker.server.overview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.StokerException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CachedProbeTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T12:00:00Z"));
  private final AtomicInteger reads = new AtomicInteger();

  private <T> CachedProbe<T> probe(Supplier<T> read) {
    return new CachedProbe<>("The store", FRESH, read, time);
  }

  @Test
  void a_fresh_result_is_served_without_another_read() throws InterruptedException {
    var probe = probe(reads::incrementAndGet);

    probe.start();
    assertThat(probe.await(LONG).value()).isEqualTo(1);
    probe.start();
    assertThat(probe.await(LONG).value()).isEqualTo(1);
    time.advance(FRESH);
    probe.start();

    assertThat(probe.await(LONG).value()).isEqualTo(2);
  }

  @Test
  void the_message_of_a_failure_is_reported() throws InterruptedException {
    var probe =
        probe(() -> {
          throw new StokerException(
              StokerException.Code.SOURCE_UNREACHABLE, "Nobody is there", null);
        });

    probe.start();

    var result = probe.await(LONG);
    assertThat(result.value()).isNull();
    assertThat(result.problem()).contains("Nobody is there");
  }

  @Test
  void after_an_internal_error_the_next_read_succeeds() throws InterruptedException {
    var probe =
        probe(() -> {
          if (reads.incrementAndGet() == 1) {
            throw new IllegalStateException("a fault");
          }
          return "well";
        });
    probe.start();
    assertThat(probe.await(LONG).problem()).contains("The store could not be read. See the log");

    time.advance(FRESH);
    probe.start();

    assertThat(probe.await(LONG).value()).isEqualTo("well");
  }

  @Test
  void a_first_read_that_hangs_is_reported() throws InterruptedException {
    var release = new CountDownLatch(1);
    var probe = probe(() -> waitFor(release));

    probe.start();

    assertThat(probe.await(Duration.ofMillis(1)).problem().orElse(""))
        .startsWith("The store does not answer");
    release.countDown();
    assertThat(probe.await(LONG).value()).isEqualTo("late");
  }

  @Test
  void a_stale_result_is_served_for_ten_seconds_while_a_read_hangs() throws InterruptedException {
    var release = new CountDownLatch(1);
    var probe = probe(() -> reads.incrementAndGet() == 1 ? "well" : waitFor(release));
    probe.start();
    assertThat(probe.await(LONG).value()).isEqualTo("well");
    time.advance(FRESH);
    probe.start();

    assertThat(probe.await(Duration.ofMillis(1)).value()).isEqualTo("well");
    time.advance(Duration.ofSeconds(10));

    assertThat(probe.await(Duration.ofMillis(1)).value()).isNull();
    release.countDown();
    await().until(() -> "late".equals(probe.await(LONG).value()));
  }

  @Test
  void a_slow_system_is_read_less_often() throws InterruptedException {
    var probe =
        probe(() -> {
          time.advance(Duration.ofSeconds(2));
          return reads.incrementAndGet();
        });
    probe.start();
    assertThat(probe.await(LONG).value()).isEqualTo(1);

    time.advance(Duration.ofSeconds(17));
    probe.start();
    assertThat(probe.await(LONG).value()).isEqualTo(1);
    time.advance(Duration.ofSeconds(1));
    probe.start();

    assertThat(probe.await(LONG).value()).isEqualTo(2);
  }

  private static String waitFor(CountDownLatch release) {
    try {
      release.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return "late";
  }
}
