package io.stoker.answers;

import io.stoker.CallException;
import io.stoker.answers.AnswerClaims.Claim;
import io.stoker.answers.AnswerClaims.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Decides how a question is settled when the pipeline gives no answer.
final class RetryRules {

  /// The largest random share added to a delay, so that questions that failed together are not
  /// retried together.
  private static final double JITTER = 0.2;

  /// How many workers may die or freeze while they answer a question. It has to end if it kills
  /// each of its workers; fewer could be a bad day.
  private static final int MAX_LOST_WORKERS = 10;

  private static final Duration AFTER_PROBE = Duration.ofSeconds(1);

  private RetryRules() {}

  /// The verdict on a question that must not be attempted again; empty if it may be.
  static Optional<Verdict> beforeAttempt(Claim claim) {
    return claim.expiredLeases() < MAX_LOST_WORKERS
        ? Optional.empty()
        : Optional.of(
            new Verdict.End(
                AnswerOutcome.FAILED,
                "worker_lost: "
                    + claim.expiredLeases()
                    + " workers were killed or frozen with this question in hand"));
  }

  /// The verdict on a question after a failed attempt.
  ///
  /// An attempt that does not count is released. A question that is refused fails at once, and so
  /// does one that alone is rate limited too often. All others are retried after the configured
  /// delays, and fail after the last one, whether or not the pipeline answers other questions.
  ///
  /// @param attempt number of this attempt, from 1
  /// @param admittedAt when calls are admitted again; null if they are now. The question is not
  ///   retried until a second later, so that another question is the first
  static Verdict afterFailure(
      CallException failure,
      PipelineBreaker.Penalty penalty,
      int attempt,
      Instant now,
      @Nullable Instant admittedAt,
      AnswerSettings settings,
      RandomGenerator random) {
    var detail = detail(failure);
    if (!penalty.countsAttempt()) {
      boolean atOnce = penalty.deferral().isZero();
      return new Verdict.Release(
          atOnce ? null : notBefore(now.plus(penalty.deferral()), admittedAt), detail);
    }
    var delays = settings.retries();
    boolean isFinal =
        switch (failure.code()) {
          case RATE_LIMITED, REFUSED -> true;
          case UNREACHABLE, UNAVAILABLE, DENIED, TIMED_OUT, BAD_ANSWER -> attempt > delays.size();
        };
    if (isFinal) {
      return new Verdict.End(AnswerOutcome.FAILED, detail);
    }
    var notBefore = now.plus(jittered(delays.get(attempt - 1), random));
    return new Verdict.Retry(notBefore(notBefore, admittedAt), detail);
  }

  private static Instant notBefore(Instant delayed, @Nullable Instant admittedAt) {
    var earliest = admittedAt == null ? delayed : admittedAt.plus(AFTER_PROBE);
    return delayed.isBefore(earliest) ? earliest : delayed;
  }

  private static Duration jittered(Duration delay, RandomGenerator random) {
    return delay.plusMillis((long) (delay.toMillis() * JITTER * random.nextDouble()));
  }

  /// `unavailable: the chat model ...`
  private static String detail(CallException failure) {
    return failure.code().name().toLowerCase(Locale.ROOT) + ": " + failure.getMessage();
  }
}
