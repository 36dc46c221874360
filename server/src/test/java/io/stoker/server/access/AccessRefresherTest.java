package io.stoker.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Access is refreshed without any request.
class AccessRefresherTest {

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T16:00:00Z"));

  @Test
  void each_refresh_runs_once_a_second_whatever_another_throws() throws InterruptedException {
    var refreshes = new AtomicInteger();
    Runnable broken =
        () -> {
          throw new StackOverflowError("as a test");
        };
    try (var _ = new AccessRefresher(List.of(broken, refreshes::incrementAndGet), time)) {
      for (int i = 1; i <= 3; i++) {
        time.awaitPausing(1);
        assertThat(refreshes).hasValue(i - 1);
        time.advance(Duration.ofSeconds(1));
      }
      time.awaitPausing(1);
      assertThat(refreshes).hasValue(3);
    }
  }
}
