package io.stoker.sessions;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/// The decisions of a warm run; no clock, no I/O.
final class SessionRules {

  /// The share of sampled sessions that must be found for a run to have met its target.
  static final double TARGET = 0.9;

  private static final Duration LONGEST_RETRY_DELAY = Duration.ofMinutes(2);

  private SessionRules() {}

  /// How long to keep a session in the cache: never beyond its own end, never beyond the cap, and
  /// shortened by a random part of up to `jitter`, so that sessions warmed together do not expire
  /// together. Whole seconds, rounded down; zero if the session is as good as over.
  ///
  /// @param jitter the largest part to take away, from 0 to 1
  static Duration timeToLive(
      Instant expiresAt, Instant now, Duration cap, double jitter, RandomGenerator random) {
    var left = Duration.between(now, expiresAt);
    var longest = left.compareTo(cap) < 0 ? left : cap;
    if (longest.toSeconds() < 1) {
      return Duration.ZERO;
    }
    double share = 1 - jitter * random.nextDouble();
    return Duration.ofSeconds(Math.max(1, (long) (longest.toSeconds() * share)));
  }

  /// Puts a key into a sample in which each of the keys seen so far is with the same probability
  /// (Vitter, "Random Sampling with a Reservoir", 1985, algorithm R).
  ///
  /// @param seen how many keys came before this one
  static void sample(
      List<SessionKey> sample, int size, long seen, SessionKey key, RandomGenerator random) {
    if (sample.size() < size) {
      sample.add(key);
      return;
    }
    long place = random.nextLong(seen + 1);
    if (place < size) {
      sample.set((int) place, key);
    }
  }

  /// How long a keeper waits after a run before it may start another: not at all after a complete
  /// one; after a cancelled one until the next refresh is due; after a failed one as long as
  /// between two looks, and twice as long each time, up to two minutes.
  ///
  /// @param last the delay after the run before
  static Duration retryDelay(RunState state, Duration last, SessionKeeper.Settings settings) {
    return switch (state) {
      case COMPLETED, COMPLETED_WITH_FAILURES, NOTHING_ELIGIBLE, ALREADY_WARM -> Duration.ZERO;
      case CANCELLED -> settings.refreshEvery();
      case RUNNING, TIMED_OUT, SOURCE_UNREACHABLE, CACHE_UNREACHABLE, SKIPPED_OTHER_NODE -> {
        var next = last.isZero() ? settings.lookEvery() : last.multipliedBy(2);
        yield next.compareTo(LONGEST_RETRY_DELAY) < 0 ? next : LONGEST_RETRY_DELAY;
      }
    };
  }

  /// How long a run must have taken at least to keep to a rate.
  static Duration leastDuration(long rows, long rowsPerSecond) {
    return Duration.ofSeconds(rows).dividedBy(rowsPerSecond);
  }
}
