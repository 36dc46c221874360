package io.stoker.server.http;

import io.github.bucket4j.Bucket;
import io.stoker.Time;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts tokens and tickets that are not in force, and tells the log from where they come: ten
/// lines a minute at the most, and nothing of what was shown. Thread-safe.
final class FailedAuthentications {

  private static final Logger LOG = LoggerFactory.getLogger(FailedAuthentications.class);
  private static final int LINES = 10;

  private final LongAdder count = new LongAdder();
  private final Bucket lines;

  FailedAuthentications(Time time) {
    this.lines =
        Bucket.builder()
            .withCustomTimePrecision(new RateLimits.Meter(time))
            .addLimit(limit -> limit.capacity(LINES).refillGreedy(LINES, Duration.ofMinutes(1)))
            .build();
  }

  long count() {
    return count.sum();
  }

  /// @param address where one came from
  void note(String address) {
    count.increment();
    if (lines.tryConsume(1)) {
      LOG.warn(
          "A token or ticket that is not in force came from {}; so far: {}", address, count.sum());
    }
  }
}
