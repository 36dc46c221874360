package io.stoker.answers;

import static io.stoker.DurationRules.shorter;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.Time;
import io.stoker.answers.AnswerWorker.Wait.Cause;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The circuit breaker of a pipeline, which also respects its rate limit. Thread-safe.
///
/// Opens after three different questions in a row without an answer, or three calls in a row that
/// did not reach the pipeline. One question alone never opens it, however often it fails, since the
/// question may be the cause. It is then half-open for one question at a time: after ten seconds,
/// then after twice as long each time, up to two minutes. Any answer closes it, even one to a
/// caller outside the queue. When the pipeline limits the rate, the breaker opens for as long as
/// the pipeline says, and is then half-open in the same way.
///
/// One question alone may be rate limited each time because it is too large. Once othersAnswered
/// have been answered in between, it no longer opens the breaker: its own retry is deferred, longer
/// each time, until it fails.
final class PipelineBreaker {

  private static final Logger LOG = LoggerFactory.getLogger(PipelineBreaker.class);

  private static final int FAILURES_TO_OPEN = 3;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
  private static final Duration MAX_WAIT = Duration.ofMinutes(2);

  private static final Duration MIN_WAIT = Duration.ofSeconds(1);

  /// If the pipeline limits the rate without saying for how long.
  private static final Duration DEFAULT_RATE_LIMIT_WAIT = Duration.ofSeconds(30);

  /// How often one question may be rate limited while others are answered. A real rate limit does
  /// not hit the same question ten times in a row.
  private static final int MAX_RATE_LIMITED = 10;

  private static final Duration MAX_DEFERRAL = Duration.ofMinutes(5);

  private static final int MAX_REMEMBERED = 10_000;

  private final Time time;

  /// Failures since the last answer: questions, and calls that were never sent.
  private final Set<Object> failures = new HashSet<>();

  private final Map<Long, RateLimited> rateLimited = new LinkedHashMap<>();
  private long lastRateLimited;
  private long answers;
  private @Nullable OpenState open;
  private Duration wait = FIRST_WAIT;
  private boolean probing;

  PipelineBreaker(Time time) {
    this.time = time;
  }

  /// Why and until when no calls are admitted.
  ///
  /// @param until in ticks
  private record OpenState(Cause cause, Instant since, Duration until, String lastError) {}

  /// How often a question was rate limited while others were answered.
  ///
  /// @param first the number of answers when it was first rate limited
  /// @param last the number of answers when it was last rate limited
  private record RateLimited(int times, long first, long last) {}

  /// The consequence of a failed call for its question.
  ///
  /// @param countsAttempt whether the attempt counts, since the question may be the cause
  /// @param deferral extra delay of its retry; zero for none
  record Penalty(boolean countsAttempt, Duration deferral) {

    private static final Penalty NONE = new Penalty(false, Duration.ZERO);

    private static Penalty ofAttempt(boolean countsAttempt) {
      return new Penalty(countsAttempt, Duration.ZERO);
    }
  }

  /// The calls that may be started now.
  ///
  /// @param probe whether it is the single call of a half-open breaker. [#probeEnded()] must then
  ///   be called afterwards
  record Admission(int calls, boolean probe) {}

  /// Admits up to `wanted` calls.
  synchronized Admission admit(int wanted) {
    var now = open;
    if (now == null) {
      return new Admission(wanted, false);
    }
    if (probing || now.until.compareTo(time.ticks()) > 0) {
      return new Admission(0, false);
    }
    probing = true;
    return new Admission(1, true);
  }

  /// Called after the probe, even if it was not made.
  synchronized void probeEnded() {
    probing = false;
  }

  /// Called after each answer.
  ///
  /// @param probe whether the call was the probe; false for a caller outside the queue
  /// @return whether the breaker has just closed
  synchronized boolean answered(boolean probe) {
    answers++;
    failures.clear();
    var now = open;
    // A call that started before the rate limit says nothing about later calls.
    if (now == null || (now.cause == Cause.RATE_LIMITED && !probe)) {
      return false;
    }
    open = null;
    wait = FIRST_WAIT;
    LOG.info("The pipeline answers again; questions are claimed again");
    return true;
  }

  /// Called after each call without an answer.
  ///
  /// @param question the question of the call
  synchronized Penalty failed(long question, CallException failure, boolean probe) {
    return switch (failure.code()) {
      case REFUSED -> {
        var _ = answered(probe);
        yield Penalty.ofAttempt(true);
      }
      case RATE_LIMITED -> rateLimited(question, failure);
      case UNREACHABLE, UNAVAILABLE, DENIED, TIMED_OUT, BAD_ANSWER -> {
        boolean sent = failure.code() != Code.UNREACHABLE;
        noAnswer(sent ? question : new Object(), failure, probe);
        yield Penalty.ofAttempt(sent && (!probe || mayBeCausedByQuestion(failure)));
      }
    };
  }

  /// Whether the failure of a probe may be caused by its question: if the pipeline responded, not
  /// if the connection broke.
  private static boolean mayBeCausedByQuestion(CallException failure) {
    return !(failure.getCause() instanceof IOException);
  }

  private void noAnswer(Object cause, CallException failure, boolean probe) {
    failures.add(cause);
    if (open == null && failures.size() >= FAILURES_TO_OPEN) {
      open(Cause.PIPELINE_DOWN, wait, failure);
    } else if (open != null && probe) {
      wait = open.cause == Cause.PIPELINE_DOWN ? shorter(wait.multipliedBy(2), MAX_WAIT) : wait;
      open(Cause.PIPELINE_DOWN, wait, failure);
    }
  }

  private void open(Cause cause, Duration minimum, CallException failure) {
    var retryAfter = failure.retryAfter();
    var until =
        time.ticks()
            .plus(retryAfter != null && retryAfter.compareTo(minimum) > 0 ? retryAfter : minimum);
    var before = open;
    failures.clear();
    open =
        new OpenState(
            cause,
            before == null ? time.now() : before.since,
            before != null && before.cause == cause && before.until.compareTo(until) > 0
                ? before.until
                : until,
            String.valueOf(failure.getMessage()));
    if (before == null) {
      LOG.warn(
          "The pipeline {}; no question is claimed until the next try at {}; last error: {}",
          cause == Cause.RATE_LIMITED ? "is rate limited" : "does not answer",
          time.now().plus(open.until.minus(time.ticks())).truncatedTo(ChronoUnit.SECONDS),
          open.lastError);
    }
  }

  private Penalty rateLimited(long question, CallException failure) {
    var before = rateLimited.get(question);
    boolean othersAnswered = before != null && othersWereAnswered(question, before);
    int times = (before == null ? 0 : before.times) + (othersAnswered ? 1 : 0);
    rateLimited.put(
        question, new RateLimited(times, before == null ? answers : before.first, answers));
    if (rateLimited.size() > MAX_REMEMBERED) {
      rateLimited.remove(rateLimited.keySet().iterator().next());
    }
    lastRateLimited = question;
    if (!othersAnswered || failure.retryAfter() != null) {
      open(
          Cause.RATE_LIMITED,
          failure.retryAfter() == null ? DEFAULT_RATE_LIMIT_WAIT : MIN_WAIT,
          failure);
    }
    return othersAnswered ? new Penalty(times >= MAX_RATE_LIMITED, deferral(times)) : Penalty.NONE;
  }

  /// Since its last rate limit, or since its first if no other question was rate limited meanwhile.
  private boolean othersWereAnswered(long question, RateLimited before) {
    return answers > before.last || (lastRateLimited == question && answers > before.first);
  }

  private static Duration deferral(int times) {
    return shorter(DEFAULT_RATE_LIMIT_WAIT.multipliedBy(1L << times), MAX_DEFERRAL);
  }

  /// Makes the breaker half-open at once.
  synchronized void tryNow() {
    var now = open;
    if (now != null) {
      open = new OpenState(now.cause, now.since, time.ticks(), now.lastError);
    }
  }

  /// Why no calls are admitted; empty if they are.
  synchronized Optional<AnswerWorker.Wait> waiting() {
    return Optional.ofNullable(open)
        .map(now ->
            new AnswerWorker.Wait(
                now.cause,
                now.since,
                time.now().plus(now.until.minus(time.ticks())),
                now.lastError));
  }
}
