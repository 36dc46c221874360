package io.stoker.server.http;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.stoker.Time;
import java.time.Duration;

/// The rate limits: requests and frames per caller, and failed authentications per address. Keeps a
/// bounded number of callers and addresses. Thread-safe.
final class RateLimits {

  /// The problem code of a request that exceeds a limit.
  static final String CODE = "too-many";

  private static final int MAX_BUCKETS = 10_000;
  private static final Duration BUCKET_TTL = Duration.ofMinutes(5);
  private static final int FAILURES_PER_MINUTE = 20;
  private static final int FRAME_BURST = 100_000;

  /// Frames allowed per allowed request: a front end that reconnects subscribes to hundreds at
  /// once.
  private static final int FRAMES_PER_REQUEST = 20;

  private final LoadingCache<String, Bucket> requests;
  private final LoadingCache<String, Bucket> frames;
  private final LoadingCache<String, Bucket> failures;
  private final boolean isLimited;

  /// @param perSecond the requests per second and caller, with bursts of twice as many; 0 for no
  ///   limit
  RateLimits(int perSecond, Time time) {
    this.isLimited = perSecond > 0;
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
                .capacity(FRAME_BURST)
                .refillGreedy((long) FRAMES_PER_REQUEST * rate, Duration.ofSeconds(1))
                .build(),
            time);
    this.failures =
        buckets(
            Bandwidth.builder()
                .capacity(FAILURES_PER_MINUTE)
                .refillGreedy(FAILURES_PER_MINUTE, Duration.ofMinutes(1))
                .build(),
            time);
  }

  private static LoadingCache<String, Bucket> buckets(Bandwidth limit, Time time) {
    var meter = new Meter(time);
    return Caffeine.newBuilder()
        .maximumSize(MAX_BUCKETS)
        .expireAfterAccess(BUCKET_TTL)
        .ticker(meter::currentTimeNanos)
        .build(_ -> Bucket.builder().withCustomTimePrecision(meter).addLimit(limit).build());
  }

  /// Adapts [Time] to Bucket4j.
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
  /// @return the wait until the next one is allowed; zero if this one is
  Duration request(String caller) {
    return isLimited ? count(requests.get(caller)) : Duration.ZERO;
  }

  /// Counts a frame of a caller's socket; false if it exceeds the limit.
  boolean frame(String caller) {
    return !isLimited || frames.get(caller).tryConsume(1);
  }

  /// Counts a failed authentication.
  ///
  /// @return the wait until the address may try again; zero if it is within the limit
  Duration failure(String address) {
    return count(failures.get(address));
  }

  private static Duration count(Bucket bucket) {
    return Duration.ofNanos(bucket.tryConsumeAndReturnRemaining(1).getNanosToWaitForRefill());
  }
}
