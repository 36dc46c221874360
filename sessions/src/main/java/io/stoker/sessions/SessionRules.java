package io.stoker.sessions;

import static io.stoker.DurationRules.shorter;

import io.stoker.WarmOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/// The decisions of a warm run, without clock or I/O.
final class SessionRules {

  /// The target for the verified share of a run.
  static final double TARGET = 0.9;

  /// The outcome of a session that was migrated before and is no longer in the cache.
  static final WarmOutcome.Skipped ENDED = new WarmOutcome.Skipped("ended since it was migrated");

  private static final Duration MAX_RETRY_DELAY = Duration.ofMinutes(2);

  private static final Duration FIRST_RESEND_DELAY = Duration.ofMillis(100);
  private static final Duration MAX_RESEND_DELAY = Duration.ofSeconds(5);
  private static final int MAX_DOUBLINGS = 10;

  private SessionRules() {}

  /// The TTL of a session: its remaining lifetime or the cap, whichever is shorter, minus a random
  /// share of up to `jitter`, so that sessions warmed together do not expire together. Whole
  /// seconds, rounded down; zero if less than a second is left.
  ///
  /// @param jitter the largest share to subtract, from 0 to 1
  static Duration timeToLive(
      Instant expiresAt, Instant now, Duration cap, double jitter, RandomGenerator random) {
    var left = Duration.between(now, expiresAt);
    var longest = shorter(left, cap);
    if (longest.toSeconds() < 1) {
      return Duration.ZERO;
    }
    double share = 1 - jitter * random.nextDouble();
    return Duration.ofSeconds(Math.max(1, (long) (longest.toSeconds() * share)));
  }

  /// Reservoir sampling: offers an item to a sample that contains each item seen so far with equal
  /// probability (Vitter, "Random Sampling with a Reservoir", 1985, algorithm R).
  ///
  /// @param seen how many items came before this one
  static <T> void sample(List<T> sample, int size, long seen, T item, RandomGenerator random) {
    if (sample.size() < size) {
      sample.add(item);
      return;
    }
    long place = random.nextLong(seen + 1);
    if (place < size) {
      sample.set((int) place, item);
    }
  }

  /// How long a keeper waits after a run before it may start another: not at all after a complete
  /// one; until the next refresh is due after a cancelled one; after a failed one with exponential
  /// backoff, from the interval between checks up to two minutes.
  ///
  /// @param last the delay after the previous run
  static Duration retryDelay(RunState state, Duration last, SessionKeeper.Settings settings) {
    return switch (state) {
      case COMPLETED, COMPLETED_WITH_FAILURES, NOTHING_ELIGIBLE, ALREADY_WARM -> Duration.ZERO;
      case CANCELLED -> settings.refreshEvery();
      case RUNNING, TIMED_OUT, SOURCE_UNREACHABLE, CACHE_UNREACHABLE, SKIPPED_OTHER_NODE -> {
        var next = last.isZero() ? settings.lookEvery() : last.multipliedBy(2);
        yield shorter(next, MAX_RETRY_DELAY);
      }
    };
  }

  /// How long a run waits before it sends again what the cache did not answer: 100 ms the first
  /// time, then twice as long each time, up to 5 s.
  ///
  /// @param attempt 1 for the first time
  static Duration resendDelay(int attempt) {
    var delay = FIRST_RESEND_DELAY.multipliedBy(1L << Math.min(attempt - 1, MAX_DOUBLINGS));
    return shorter(delay, MAX_RESEND_DELAY);
  }

  /// The least duration of a run that keeps to a rate.
  static Duration leastDuration(long rows, long rowsPerSecond) {
    return Duration.ofSeconds(rows).dividedBy(rowsPerSecond);
  }
}
