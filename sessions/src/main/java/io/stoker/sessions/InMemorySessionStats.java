package io.stoker.sessions;

import io.stoker.Time;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Counts per minute, in memory. Thread-safe.
final class InMemorySessionStats implements SessionStats {

  private final Time time;
  private final NavigableMap<Long, LookupCounts> minutes = new TreeMap<>();

  InMemorySessionStats(Time time) {
    this.time = time;
  }

  @Override
  public synchronized void add(LookupCounts counts) {
    minutes.merge(minute(), counts, LookupCounts::plus);
    minutes.headMap(minute() - KEPT.toMinutes(), true).clear();
  }

  @Override
  public synchronized LookupCounts over(Duration window) {
    long minutesBack = Math.clamp(window.toMinutes(), 1, KEPT.toMinutes());
    return minutes.tailMap(minute() - minutesBack, false).values().stream()
        .reduce(LookupCounts.NONE, LookupCounts::plus);
  }

  private long minute() {
    return time.now().getEpochSecond() / 60;
  }
}
