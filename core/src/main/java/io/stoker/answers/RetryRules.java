package io.stoker.answers;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What follows when a pipeline gives no answer.
final class RetryRules {

  /// The part of a wait that chance may add, so that queries that failed together are not tried
  /// again together.
  private static final double JITTER = 0.2;

  /// How many workers may be lost with a query in hand. More than a bad day takes; a query that
  /// takes its worker's life each time must come to an end.
  private static final int MOST_LOST = 10;

  private RetryRules() {}

  /// What is to become of a query before it is tried; nothing if it may be.
  static Optional<Verdict> before(Claim claim) {
    return claim.lost() < MOST_LOST
        ? Optional.empty()
        : Optional.of(
            new Verdict.End(
                AnswerOutcome.FAILED,
                "worker_lost: "
                    + claim.lost()
                    + " workers were killed or frozen with this query in hand"));
  }

  /// What is to become of the query.
  ///
  /// Whoever is asked too often or is out of order is left alone by the worker; the query is not to
  /// blame and its try does not count. A question that is refused fails at once. Everything else is
  /// tried again after the waits that the settings give, and fails when those are used up.
  ///
  /// @param outage whether the pipeline counts as out of order
  /// @param attempt which try this was, from 1
  static Verdict after(
      PipelineException trouble,
      boolean outage,
      int attempt,
      Instant now,
      AnswerSettings settings,
      RandomGenerator random) {
    var detail = detail(trouble);
    return switch (trouble.code()) {
      case RATE_LIMITED -> new Verdict.HandBack(detail);
      case REFUSED -> new Verdict.End(AnswerOutcome.FAILED, detail);
      case UNAVAILABLE ->
          outage ? new Verdict.HandBack(detail) : again(detail, attempt, now, settings, random);
      case TIMED_OUT, BAD_ANSWER -> again(detail, attempt, now, settings, random);
    };
  }

  /// What is to become of a query after a fault of the program's own.
  static Verdict afterFault(
      Throwable fault, int attempt, Instant now, AnswerSettings settings, RandomGenerator random) {
    return again("fault: " + fault, attempt, now, settings, random);
  }

  private static Verdict again(
      String detail, int attempt, Instant now, AnswerSettings settings, RandomGenerator random) {
    var waits = settings.retries();
    if (attempt > waits.size()) {
      return new Verdict.End(AnswerOutcome.FAILED, detail);
    }
    return new Verdict.TryAgain(now.plus(jittered(waits.get(attempt - 1), random)), detail);
  }

  private static Duration jittered(Duration wait, RandomGenerator random) {
    return wait.plusMillis((long) (wait.toMillis() * JITTER * random.nextDouble()));
  }

  /// `unavailable: the chat model ...`
  private static String detail(PipelineException trouble) {
    return trouble.code().name().toLowerCase(Locale.ROOT) + ": " + trouble.getMessage();
  }
}
