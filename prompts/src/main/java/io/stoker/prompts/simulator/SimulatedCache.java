package io.stoker.prompts.simulator;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.stoker.Time;
import java.time.Duration;

/// The simulator's cache of prompt prefixes, each with its own expiry. Thread-safe.
///
/// A prefix is identified by a 64-bit hash; about one prompt in 10^13 collides.
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

  /// Whether a prefix is cached.
  boolean holds(long prefix) {
    return entries.getIfPresent(prefix) != null;
  }

  /// Caches a prefix, or renews its expiry.
  void put(long prefix, Duration timeToLive) {
    entries.put(prefix, timeToLive);
  }

  void clear() {
    entries.invalidateAll();
  }

  /// The number of cached prefixes. Takes time proportional to it.
  long size() {
    return entries.asMap().keySet().stream().count();
  }
}
