package io.stoker;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A clock that tests advance by hand.
///
/// [#pause(Duration)] blocks until other threads have [advanced][#advance(Duration)] the clock far
/// enough. Thread-safe.
public final class ManualTime implements Time {

  private Instant now;
  private Duration ticks = Duration.ZERO;
  private final List<Duration> pauseEnds = new ArrayList<>();

  /// A clock set to `start`.
  public ManualTime(Instant start) {
    this.now = start;
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public synchronized Duration ticks() {
    return ticks;
  }

  @Override
  public synchronized void pause(Duration length) throws InterruptedException {
    pauseUntil(ticks.plus(length));
  }

  @Override
  public synchronized void pauseUntil(Duration end) throws InterruptedException {
    pauseEnds.add(end);
    notifyAll();
    try {
      while (ticks.compareTo(end) < 0) {
        wait();
      }
    } finally {
      pauseEnds.remove(end);
    }
  }

  /// Moves both readings forward and wakes the threads whose pause is over.
  public synchronized void advance(Duration length) {
    if (length.isNegative()) {
      throw new IllegalArgumentException("expected a length of zero or more, got " + length);
    }
    now = now.plus(length);
    ticks = ticks.plus(length);
    notifyAll();
  }

  /// Sets the wall clock alone, as an administrator or NTP would; [#ticks()] does not notice.
  public synchronized void jumpTo(Instant instant) {
    now = instant;
  }

  /// Blocks until at least `threads` threads are in a [#pause(Duration)] that has not ended yet:
  /// the moment at which advancing the clock is certain to reach them.
  ///
  /// @throws InterruptedException if the calling thread is interrupted while it waits
  public synchronized void awaitPausing(int threads) throws InterruptedException {
    while (pauseEnds.stream().filter(end -> end.compareTo(ticks) > 0).count() < threads) {
      wait();
    }
  }
}
