package io.stoker.prompts.simulator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.stoker.Time;
import java.time.Duration;

/// The beginnings of prompts that the simulator's cache holds, each until a time of its own.
/// Thread-safe.
///
/// A beginning is known by a hash of 64 bits; on one prompt in about 10^13 it will be wrong.
final class SimulatedCache {

  private final Cache<Long, Duration> entries;

  SimulatedCache(Time time) {
    this.entries =
        Caffeine.newBuilder()
            .ticker(() -> time.ticks().toNanos())
            .executor(Runnable::run)
            .expireAfter(Expiry.<Long, Duration>writing((_, timeToLive) -> timeToLive))
            .build();
  }

  /// Whether it holds a beginning.
  boolean holds(long prefix) {
    return entries.getIfPresent(prefix) != null;
  }

  /// Holds a beginning for so long from now on.
  void keep(long prefix, Duration timeToLive) {
    entries.put(prefix, timeToLive);
  }

  /// Forgets everything.
  void clear() {
    entries.invalidateAll();
  }

  /// How many beginnings it holds. Looks at each.
  long size() {
    return entries.asMap().keySet().stream().count();
  }
}
