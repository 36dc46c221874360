package io.stoker.answers;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import io.stoker.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/// Leaves a pipeline alone while it is out of order or asked too often. Thread-safe.
///
/// Three calls in a row that found it unavailable count as an outage. It is then tried again with
/// one query at a time, after ten seconds, then after twice as long each time, up to two minutes.
final class PipelineGate {

  private static final int OUTAGE = 3;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

  /// How long a pipeline is left alone that says it was asked too often, but not for how long.
  private static final Duration PARKED = Duration.ofSeconds(30);

  private final Time time;
  private final CircuitBreaker breaker;
  private Instant parkedUntil = Instant.MIN;

  PipelineGate(Time time) {
    this.time = time;
    this.breaker =
        CircuitBreaker.of(
            "pipeline",
            CircuitBreakerConfig.custom()
                .slidingWindow(OUTAGE, OUTAGE, SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(100)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitIntervalFunctionInOpenState(
                    IntervalFunction.ofExponentialBackoff(FIRST_WAIT, 2, LONGEST_WAIT))
                .clock(time.clock())
                .currentTimestampFunction(_ -> time.ticks().toNanos(), TimeUnit.NANOSECONDS)
                .build());
  }

  /// How many of `wanted` calls may be made now. Each that is granted must be reported by one of
  /// the other methods.
  int admit(int wanted) {
    if (isParked()) {
      return 0;
    }
    int admitted = 0;
    while (admitted < wanted && breaker.tryAcquirePermission()) {
      admitted++;
    }
    return admitted;
  }

  /// A call that was admitted is not made after all, or says nothing of the pipeline.
  void unused() {
    breaker.releasePermission();
  }

  /// A call was answered.
  void answered() {
    breaker.onSuccess(0, TimeUnit.NANOSECONDS);
  }

  /// A call was not answered.
  ///
  /// @return whether the pipeline counts as out of order now
  boolean failed(PipelineException trouble) {
    switch (trouble.code()) {
      case UNAVAILABLE -> breaker.onError(0, TimeUnit.NANOSECONDS, trouble);
      case RATE_LIMITED -> {
        park(trouble);
        breaker.releasePermission();
      }
      case TIMED_OUT -> breaker.releasePermission();
      case REFUSED, BAD_ANSWER -> answered();
    }
    return !isClosed();
  }

  /// Whether the pipeline is believed to work.
  boolean isClosed() {
    return breaker.getState() == CircuitBreaker.State.CLOSED;
  }

  private synchronized boolean isParked() {
    return time.now().isBefore(parkedUntil);
  }

  private synchronized void park(PipelineException trouble) {
    var wait = trouble.retryAfter() == null ? PARKED : trouble.retryAfter();
    var until = time.now().plus(wait);
    if (until.isAfter(parkedUntil)) {
      parkedUntil = until;
    }
  }

  /// Why nothing is admitted, for people; empty if something is.
  String trouble() {
    if (isParked()) {
      return "the pipeline was asked too often and is left alone until " + parkedUntil();
    }
    return isClosed() ? "" : "the pipeline is out of order and tried again from time to time";
  }

  private synchronized Instant parkedUntil() {
    return parkedUntil;
  }
}
