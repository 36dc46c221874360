package io.stoker.server.http;

import io.github.bucket4j.Bucket;
import io.stoker.Time;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts invalid tokens and tickets, and logs the addresses that sent them, at most ten lines a
/// minute and never the tokens. Thread-safe.
final class FailedAuthentications {

  private static final Logger LOG = LoggerFactory.getLogger(FailedAuthentications.class);
  private static final int LINES_PER_MINUTE = 10;

  private final LongAdder count = new LongAdder();
  private final Bucket lines;

  FailedAuthentications(Time time) {
    this.lines =
        Bucket.builder()
            .withCustomTimePrecision(new RateLimits.Meter(time))
            .addLimit(limit ->
                limit
                    .capacity(LINES_PER_MINUTE)
                    .refillGreedy(LINES_PER_MINUTE, Duration.ofMinutes(1)))
            .build();
  }

  long count() {
    return count.sum();
  }

  void record(String address) {
    count.increment();
    if (lines.tryConsume(1)) {
      LOG.warn(
          "Invalid token or ticket from {}; {} since the server started", address, count.sum());
    }
  }
}
