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

/// Keeps calls from a pipeline that does not answer or limits the rate. Thread-safe.
///
/// Three different questions in a row that got no answer count as an outage, and so do three calls
/// in a row that did not reach the pipeline at all. One question alone never does, however often it
/// fails: it may be to blame itself. The pipeline is then tried with one question at a time, after
/// ten seconds, then after twice as long each time, up to two minutes. Any answer ends an outage,
/// also one to a caller outside the queue. A pipeline that limits the rate gets no calls for as
/// long as it says, and is then tried in the same way.
///
/// One question alone may be rate limited each time, since it is too large. Once others were
/// answered in between, it delays no others: its next try is put off, longer each time, until it
/// fails.
final class PipelineBreaker {

  private static final Logger LOG = LoggerFactory.getLogger(PipelineBreaker.class);

  private static final int OUTAGE = 3;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
  private static final Duration MAX_WAIT = Duration.ofMinutes(2);

  private static final Duration MIN_WAIT = Duration.ofSeconds(1);

  /// How long a pipeline gets no calls that limits the rate and does not say for how long.
  private static final Duration UNSAID = Duration.ofSeconds(30);

  /// How often one question may be rate limited while others get their answers. A real limit that
  /// meets the same question ten times in a row is unheard of.
  private static final int MAX_LIMITED = 10;

  private static final Duration MAX_DEFERRAL = Duration.ofMinutes(5);

  private static final int MAX_REMEMBERED = 10_000;

  private final Time time;

  /// What failed since the last answer: questions, and calls that were never sent.
  private final Set<Object> failing = new HashSet<>();

  private final Map<Long, Limited> limited = new LinkedHashMap<>();
  private long lastLimited;
  private long answers;
  private @Nullable Halt halt;
  private Duration wait = FIRST_WAIT;
  private boolean trying;

  PipelineBreaker(Time time) {
    this.time = time;
  }

  /// Why nothing is admitted.
  ///
  /// @param until in ticks
  private record Halt(Cause cause, Instant since, Duration until, String lastError) {}

  /// How often a question was rate limited while others were answered.
  ///
  /// @param first how many answers had been given when it was rate limited for the first time
  /// @param last how many when it was told so last
  private record Limited(int times, long first, long last) {}

  /// What a failure means for its question.
  ///
  /// @param counts whether the try counts, since the question may be to blame
  /// @param deferral for how long others are asked instead; zero for no longer than all must wait
  record Penalty(boolean counts, Duration deferral) {

    private static final Penalty NONE = new Penalty(false, Duration.ZERO);

    private static Penalty ofTry(boolean counts) {
      return new Penalty(counts, Duration.ZERO);
    }
  }

  /// What may be begun now.
  ///
  /// @param probe whether it is the one call that tries a pipeline that did not answer. Then
  ///   [#probeEnded()] must be called once that is known
  record Admission(int calls, boolean probe) {}

  /// How many of `wanted` calls may be made now.
  synchronized Admission admit(int wanted) {
    var now = halt;
    if (now == null) {
      return new Admission(wanted, false);
    }
    if (trying || now.until.compareTo(time.ticks()) > 0) {
      return new Admission(0, false);
    }
    trying = true;
    return new Admission(1, true);
  }

  /// The probe is over, or was not made after all.
  synchronized void probeEnded() {
    trying = false;
  }

  /// A call was answered.
  ///
  /// @param probe whether it was the one that tried the pipeline; false also for a caller outside
  ///   the queue
  /// @return whether calls are admitted again that were not before
  synchronized boolean answered(boolean probe) {
    answers++;
    failing.clear();
    var now = halt;
    // A call that was under way when the rate was limited says nothing of later ones.
    if (now == null || (now.cause == Cause.RATE_LIMITED && !probe)) {
      return false;
    }
    halt = null;
    wait = FIRST_WAIT;
    LOG.info("The pipeline answers again, and the queue goes on");
    return true;
  }

  /// A call was not answered.
  ///
  /// @param question which one it was for
  synchronized Penalty failed(long question, CallException trouble, boolean probe) {
    return switch (trouble.code()) {
      case REFUSED -> {
        var _ = answered(probe);
        yield Penalty.ofTry(true);
      }
      case RATE_LIMITED -> limited(question, trouble);
      case UNREACHABLE, UNAVAILABLE, DENIED, TIMED_OUT, BAD_ANSWER -> {
        boolean sent = trouble.code() != Code.UNREACHABLE;
        noAnswer(sent ? question : new Object(), trouble, probe);
        yield Penalty.ofTry(sent && (!probe || isAboutTheQuestion(trouble)));
      }
    };
  }

  /// Whether the failure of the one call of an outage says something of its question: whenever the
  /// pipeline answered, and not if the connection broke.
  private static boolean isAboutTheQuestion(CallException trouble) {
    return !(trouble.getCause() instanceof IOException);
  }

  private void noAnswer(Object what, CallException trouble, boolean probe) {
    failing.add(what);
    if (halt == null && failing.size() >= OUTAGE) {
      halt(Cause.PIPELINE_DOWN, wait, trouble);
    } else if (halt != null && probe) {
      wait = halt.cause == Cause.PIPELINE_DOWN ? shorter(wait.multipliedBy(2), MAX_WAIT) : wait;
      halt(Cause.PIPELINE_DOWN, wait, trouble);
    }
  }

  private void halt(Cause cause, Duration least, CallException trouble) {
    var retryAfter = trouble.retryAfter();
    var until =
        time.ticks()
            .plus(retryAfter != null && retryAfter.compareTo(least) > 0 ? retryAfter : least);
    var before = halt;
    failing.clear();
    halt =
        new Halt(
            cause,
            before == null ? time.now() : before.since,
            before != null && before.cause == cause && before.until.compareTo(until) > 0
                ? before.until
                : until,
            String.valueOf(trouble.getMessage()));
    if (before == null) {
      LOG.warn(
          "The pipeline {}; no question is claimed until the next try at {}; last error: {}",
          cause == Cause.RATE_LIMITED ? "is rate limited" : "does not answer",
          time.now().plus(halt.until.minus(time.ticks())).truncatedTo(ChronoUnit.SECONDS),
          halt.lastError);
    }
  }

  private Penalty limited(long question, CallException trouble) {
    var before = limited.get(question);
    boolean others = before != null && othersWereAnswered(question, before);
    int times = (before == null ? 0 : before.times) + (others ? 1 : 0);
    limited.put(question, new Limited(times, before == null ? answers : before.first, answers));
    if (limited.size() > MAX_REMEMBERED) {
      limited.remove(limited.keySet().iterator().next());
    }
    lastLimited = question;
    if (!others || trouble.retryAfter() != null) {
      halt(Cause.RATE_LIMITED, trouble.retryAfter() == null ? UNSAID : MIN_WAIT, trouble);
    }
    return others ? new Penalty(times >= MAX_LIMITED, deferral(times)) : Penalty.NONE;
  }

  /// Since the last time, or since the first if no other was rate limited meanwhile.
  private boolean othersWereAnswered(long question, Limited before) {
    return answers > before.last || (lastLimited == question && answers > before.first);
  }

  private static Duration deferral(int times) {
    return shorter(UNSAID.multipliedBy(1L << times), MAX_DEFERRAL);
  }

  /// Ends the wait: the pipeline is tried at once.
  synchronized void tryNow() {
    var now = halt;
    if (now != null) {
      halt = new Halt(now.cause, now.since, time.ticks(), now.lastError);
    }
  }

  /// Why nothing is admitted, if nothing is.
  synchronized Optional<AnswerWorker.Wait> waiting() {
    return Optional.ofNullable(halt)
        .map(now ->
            new AnswerWorker.Wait(
                now.cause,
                now.since,
                time.now().plus(now.until.minus(time.ticks())),
                now.lastError));
  }
}
