package io.stoker.prompts;

import static io.stoker.DurationRules.shorter;

import io.stoker.prompts.WarmingEvent.WarmFailed;
import java.time.Duration;
import java.time.Instant;

/// The delay after a failed warm.
final class RetryDelayRules {

  /// The delay after the first failure; it doubles with each further one.
  static final Duration FIRST_BACKOFF = Duration.ofSeconds(5);

  /// The longest delay of the backoff.
  static final Duration MAX_BACKOFF = Duration.ofMinutes(5);

  private static final int MAX_DOUBLINGS = 16;
  private static final double MAX_JITTER = 0.25;

  private RetryDelayRules() {}

  /// The backoff, if the entry is still cached then; else the interval. Never shorter than the
  /// provider asked for.
  static Duration byInterval(WarmingState state, WarmFailed failed, Instant now) {
    var soon = soon(state, failed);
    var then = now.plus(soon).plus(PromptSchedule.MARGIN);
    boolean inTime = state.coldAt().filter(then::isBefore).isPresent();
    return inTime || soon.compareTo(state.interval()) > 0 ? soon : state.interval();
  }

  /// The backoff plus up to a quarter of jitter; never shorter than the provider asked for.
  static Duration soon(WarmingState state, WarmFailed failed) {
    var soon = jittered(backoff(state.failures()), failed.jitter());
    var retryAfter = failed.retryAfter();
    return retryAfter != null && retryAfter.compareTo(soon) > 0
        ? shorter(retryAfter, WarmingState.MAX_INTERVAL)
        : soon;
  }

  private static Duration backoff(int failuresBefore) {
    var doubled = FIRST_BACKOFF.multipliedBy(1L << Math.min(failuresBefore, MAX_DOUBLINGS));
    return shorter(doubled, MAX_BACKOFF);
  }

  private static Duration jittered(Duration length, double jitter) {
    return length.plusMillis((long) (length.toMillis() * MAX_JITTER * Math.clamp(jitter, 0, 1)));
  }
}
