package io.stoker.sessions;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.Time;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A circuit breaker around a dependency: opens at 70 % errors over 10 s with at least 10 calls,
/// where a call of more than a second counts as an error, and lets trial calls through after 15 s.
/// Thread-safe.
final class CircuitBreaker {

  private static final float ERROR_PERCENT = 70;
  private static final int WINDOW_SECONDS = 10;
  private static final int LEAST_CALLS = 10;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration OPEN_FOR = Duration.ofSeconds(15);
  private static final int TRIAL_CALLS = 3;

  private final io.github.resilience4j.circuitbreaker.CircuitBreaker breaker;
  private final Code whenOpen;

  /// @param name the dependency, for messages
  /// @param whenOpen the code of the exception while the breaker is open
  CircuitBreaker(String name, Code whenOpen, Time time) {
    this.whenOpen = whenOpen;
    this.breaker =
        io.github.resilience4j.circuitbreaker.CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindow(WINDOW_SECONDS, LEAST_CALLS, SlidingWindowType.TIME_BASED)
                .failureRateThreshold(ERROR_PERCENT)
                .slowCallRateThreshold(ERROR_PERCENT)
                .slowCallDurationThreshold(CALL_TIMEOUT)
                .waitDurationInOpenState(OPEN_FOR)
                .permittedNumberOfCallsInHalfOpenState(TRIAL_CALLS)
                .clock(time.clock())
                .currentTimestampFunction(_ -> time.ticks().toNanos(), TimeUnit.NANOSECONDS)
                .build());
  }

  /// @throws StokerException as the call does, or at once while the breaker is open
  <T> T call(Supplier<T> supplier) {
    try {
      return breaker.executeSupplier(supplier);
    } catch (CallNotPermittedException e) {
      throw new StokerException(
          whenOpen,
          breaker.getName()
              + " failed too often. Next try in at most "
              + OPEN_FOR.toSeconds()
              + " s",
          e);
    }
  }
}
