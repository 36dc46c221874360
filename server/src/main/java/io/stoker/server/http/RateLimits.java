package io.stoker.server.http;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.stoker.Time;
import java.time.Duration;

/// How many requests each caller may send, and how often each address may show a token that is
/// none. Remembers a bounded number of both. Thread-safe.
final class RateLimits {

  /// What a refusal is called.
  static final String CODE = "too-many";

  private static final int MOST_REMEMBERED = 10_000;
  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(5);
  private static final int TRIES = 20;
  private static final int MOST_FRAMES = 100_000;

  /// Frames beside a request. A front end that connects again subscribes to hundreds at once.
  private static final int FRAMES = 20;

  private final LoadingCache<String, Bucket> requests;
  private final LoadingCache<String, Bucket> frames;
  private final LoadingCache<String, Bucket> tries;
  private final boolean areSet;

  /// @param perSecond how many requests a caller may send in a second, and twice that at once; 0
  ///   for any number
  RateLimits(int perSecond, Time time) {
    this.areSet = perSecond > 0;
    int rate = Math.max(1, perSecond);
    this.requests =
        buckets(
            Bandwidth.builder()
                .capacity(2L * rate)
                .refillGreedy(rate, Duration.ofSeconds(1))
                .build(),
            time);
    this.frames =
        buckets(
            Bandwidth.builder()
                .capacity(MOST_FRAMES)
                .refillGreedy((long) FRAMES * rate, Duration.ofSeconds(1))
                .build(),
            time);
    this.tries =
        buckets(
            Bandwidth.builder().capacity(TRIES).refillGreedy(TRIES, Duration.ofMinutes(1)).build(),
            time);
  }

  private static LoadingCache<String, Bucket> buckets(Bandwidth limit, Time time) {
    var meter = new Meter(time);
    return Caffeine.newBuilder()
        .maximumSize(MOST_REMEMBERED)
        .expireAfterAccess(REMEMBERED_FOR)
        .ticker(meter::currentTimeNanos)
        .build(_ -> Bucket.builder().withCustomTimePrecision(meter).addLimit(limit).build());
  }

  /// Our time as Bucket4j wants it.
  record Meter(Time time) implements TimeMeter {

    @Override
    public long currentTimeNanos() {
      return time.ticks().toNanos();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }

  /// Counts a request of a caller.
  ///
  /// @return how long it has to wait for the next; zero if this one is within its limit
  Duration request(String caller) {
    return areSet ? count(requests.get(caller)) : Duration.ZERO;
  }

  /// Counts a frame of a caller's socket.
  ///
  /// @return whether it is within the limit
  boolean frame(String caller) {
    return !areSet || frames.get(caller).tryConsume(1);
  }

  /// Counts a token that is none.
  ///
  /// @return how long the address has to wait for its next try; zero if this one may be answered
  Duration failedTry(String address) {
    return count(tries.get(address));
  }

  private static Duration count(Bucket bucket) {
    return Duration.ofNanos(bucket.tryConsumeAndReturnRemaining(1).getNanosToWaitForRefill());
  }
}
