package io.stoker;

import java.time.Duration;
import java.time.Instant;

/// The machine's clock. No other class reads it.
enum SystemTime implements Time {
  INSTANCE;

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Duration ticks() {
    return Duration.ofNanos(System.nanoTime());
  }

  @Override
  public void pause(Duration length) throws InterruptedException {
    if (length.isPositive()) {
      Thread.sleep(length);
    }
  }
}
