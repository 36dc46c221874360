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

/// What follows when a pipeline gives no answer.
final class RetryRules {

  /// The part of a wait that chance may add, so that questions that failed together are not tried
  /// again together.
  private static final double JITTER = 0.2;

  /// How many workers may be lost with a question in hand. More than a bad day takes; a question
  /// that takes its worker's life each time must come to an end.
  private static final int MAX_EXPIRED_LEASES = 10;

  private static final Duration AFTER_OTHERS = Duration.ofSeconds(1);

  private RetryRules() {}

  /// What is to become of a question before it is tried; nothing if it may be.
  static Optional<Verdict> before(Claim claim) {
    return claim.lost() < MAX_EXPIRED_LEASES
        ? Optional.empty()
        : Optional.of(
            new Verdict.End(
                AnswerOutcome.FAILED,
                "worker_lost: "
                    + claim.lost()
                    + " workers were killed or frozen with this question in hand"));
  }

  /// What is to become of the question.
  ///
  /// A try that does not count is handed back. A question that is refused fails at once, and so
  /// does one that alone is told too often that the pipeline was asked too often. Everything else
  /// is tried again after the waits that the settings give, and fails when those are used up,
  /// whether or not the pipeline answers others.
  ///
  /// @param attempt which try this was, from 1
  /// @param free when calls are admitted again; null if they are. The question is not tried before
  ///   the second after, so that the first to be tried is another one
  static Verdict after(
      CallException trouble,
      PipelineBreaker.Penalty penalty,
      int attempt,
      Instant now,
      @Nullable Instant free,
      AnswerSettings settings,
      RandomGenerator random) {
    var detail = detail(trouble);
    if (!penalty.counts()) {
      boolean atOnce = penalty.deferral().isZero();
      return new Verdict.Release(atOnce ? null : later(now.plus(penalty.deferral()), free), detail);
    }
    var waits = settings.retries();
    boolean isFinal =
        switch (trouble.code()) {
          case RATE_LIMITED, REFUSED -> true;
          case UNREACHABLE, UNAVAILABLE, DENIED, TIMED_OUT, BAD_ANSWER -> attempt > waits.size();
        };
    if (isFinal) {
      return new Verdict.End(AnswerOutcome.FAILED, detail);
    }
    var notBefore = now.plus(jittered(waits.get(attempt - 1), random));
    return new Verdict.Retry(later(notBefore, free), detail);
  }

  private static Instant later(Instant notBefore, @Nullable Instant free) {
    var afterOthers = free == null ? notBefore : free.plus(AFTER_OTHERS);
    return notBefore.isBefore(afterOthers) ? afterOthers : notBefore;
  }

  private static Duration jittered(Duration wait, RandomGenerator random) {
    return wait.plusMillis((long) (wait.toMillis() * JITTER * random.nextDouble()));
  }

  /// `unavailable: the chat model ...`
  private static String detail(CallException trouble) {
    return trouble.code().name().toLowerCase(Locale.ROOT) + ": " + trouble.getMessage();
  }
}
