package io.stoker.sessions;

import static io.stoker.DurationRules.shorter;

import io.stoker.DurationRules;
import io.stoker.StokerException;
import io.stoker.TextRules;
import io.stoker.Time;
import io.stoker.WarmCounts;
import io.stoker.WarmOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The state of one warm run: its counts, and how it ends.
///
/// Confined to the run's thread, except for [#cancel()] and [#leaseLost()].
final class SessionRun {

  private static final WarmOutcome EXPIRED = new WarmOutcome.Skipped("expired");
  private static final WarmOutcome DRY_RUN = new WarmOutcome.Skipped("dry run");
  private static final String CANCELLED = "Cancelled. What was warmed stays warm";
  private static final Duration MAX_PAUSE = Duration.ofMillis(100);
  private static final int MAX_RESTARTS = 2;

  private final SessionPlan plan;
  private final SessionEvents events;
  private final Time time;
  private final RandomGenerator random;
  private final Duration started;
  private WarmCounts.Counter counter = new WarmCounts.Counter();
  private final List<Sampled> sample = new ArrayList<>();
  private long sampledFrom;
  private long bytes;
  private int resent;
  private int startedOver;
  private int found;
  private boolean verified;
  private @Nullable Long total;
  private @Nullable Duration firstAfter;
  private RunState state = RunState.RUNNING;
  private String message = "";
  private volatile boolean cancelled;
  private volatile boolean leaseLost;

  SessionRun(SessionPlan plan, SessionEvents events, Time time, RandomGenerator random) {
    this.plan = plan;
    this.events = events;
    this.time = time;
    this.random = random;
    this.started = time.ticks();
    events.started(plan);
  }

  SessionPlan plan() {
    return plan;
  }

  void cancel() {
    cancelled = true;
  }

  /// On a virtual thread, an interrupt looks like a failure of the cache, since it closes the
  /// socket.
  void interrupted() {
    if (state == RunState.RUNNING || state == RunState.CACHE_UNREACHABLE) {
      stop(RunState.CANCELLED, CANCELLED);
    }
  }

  void leaseLost() {
    leaseLost = true;
  }

  /// Whether the run may continue; if it is cancelled or past its deadline, ends it.
  boolean mayContinue() {
    if (state == RunState.RUNNING) {
      if (cancelled) {
        stop(RunState.CANCELLED, CANCELLED);
      } else if (leaseLost) {
        stop(
            RunState.SKIPPED_OTHER_NODE,
            "Another node took the warming lock, which had not been renewed, and warms instead");
      } else if (took().compareTo(plan.deadline()) >= 0) {
        stop(
            RunState.TIMED_OUT,
            "The deadline of "
                + DurationRules.text(plan.deadline())
                + " came first. Raise it, or lower the limit");
      }
    }
    return state == RunState.RUNNING;
  }

  /// Whether the run may wait for a cache that does not answer: it is neither cancelled nor late.
  boolean mayWait() {
    return !cancelled && !leaseLost && took().compareTo(plan.deadline()) < 0;
  }

  /// Some of the chunk at hand got no reply, and is sent again.
  void resent() {
    resent++;
  }

  /// The writes for a chunk. Counts at once the entries that are unreadable, expired or part of a
  /// dry run.
  List<SessionWrite> writes(SessionChunk chunk) {
    for (var unreadable : chunk.unreadable()) {
      counter.add(unreadable);
      sample(null, false);
    }
    var writes = new ArrayList<SessionWrite>(chunk.entries().size());
    for (var entry : chunk.entries()) {
      var timeToLive =
          SessionRules.timeToLive(
              entry.expiresAt(), chunk.asOf(), plan.timeToLiveCap(), plan.jitter(), random);
      if (timeToLive.isZero()) {
        counter.add(EXPIRED);
      } else if (plan.dryRun()) {
        counter.add(DRY_RUN);
      } else {
        writes.add(new SessionWrite(entry, timeToLive));
      }
    }
    return writes;
  }

  void count(List<SessionWrite> writes, List<WarmOutcome> outcomes) {
    int unanswered = 0;
    for (int i = 0; i < writes.size(); i++) {
      var entry = writes.get(i).entry();
      switch (outcomes.get(i)) {
        case WarmOutcome.Warmed _ -> {
          bytes += entry.value().length;
          present(entry);
        }
        case WarmOutcome.Skipped skipped when skipped.equals(SessionRules.ENDED) -> {
          // It is not there, and should not be.
        }
        case WarmOutcome.Skipped _ -> present(entry);
        case WarmOutcome.Failed(_, boolean unreachable) -> {
          unanswered += unreachable ? 1 : 0;
          sample(entry.key(), false);
        }
      }
      counter.add(outcomes.get(i));
    }
    if (unanswered > 0 && unanswered == writes.size() && !cancelled && !leaseLost) {
      stop(
          RunState.CACHE_UNREACHABLE,
          outcomes.getFirst() instanceof WarmOutcome.Failed(String reason, _)
                  && !reason.equals(RedisErrors.UNANSWERED)
              ? "A whole chunk of sessions failed: " + reason
              : "Redis did not answer a whole chunk of sessions. Check that it runs and REDIS_URL is"
                  + " right");
    }
  }

  private void present(SessionEntry entry) {
    if (firstAfter == null) {
      firstAfter = took();
    }
    sample(entry.key(), true);
  }

  /// Every session that should be found afterwards may be in the sample, however its write ended.
  private void sample(@Nullable SessionKey key, boolean cached) {
    var sampled = new Sampled(key, cached);
    SessionRules.sample(sample, plan.sampleSize(), sampledFrom++, sampled, random);
  }

  /// A selected session of the sample.
  ///
  /// @param key null if its row was unreadable
  /// @param cached whether the cache acknowledged it
  private record Sampled(@Nullable SessionKey key, boolean cached) {}

  /// Reports progress, and pauses if the run is ahead of its rate.
  void pace() throws InterruptedException {
    var counts = counter.counts();
    if (counts.selected() == 0) {
      return;
    }
    events.progress(counts, took());
    var rate = plan.rowsPerSecond();
    if (rate != null) {
      var least = SessionRules.leastDuration(counts.selected(), rate);
      while (mayContinue() && took().compareTo(least) < 0) {
        var left = least.minus(took());
        time.pause(shorter(left, MAX_PAUSE));
      }
    }
  }

  void complete() {
    var counts = counter.counts();
    total = counts.selected();
    if (counts.selected() == 0) {
      stop(
          RunState.NOTHING_ELIGIBLE,
          "No session is alive and was active within " + DurationRules.text(plan.activeWithin()));
    } else if (counts.totalFailed() > 0) {
      stop(
          RunState.COMPLETED_WITH_FAILURES,
          TextRules.phrase("Some sessions failed: " + counts.failed() + ". " + notes()));
    } else {
      stop(RunState.COMPLETED, notes());
    }
  }

  /// Events worth reporting that are not failures; empty if there are none.
  private String notes() {
    var notes = new ArrayList<String>();
    if (startedOver > 0) {
      notes.add(
          "Redis lost what the run had warmed, which then started over: it was emptied or restarted,"
              + " or it evicts");
    }
    if (resent > 0) {
      notes.add(
          "Redis did not answer for a while: "
              + (resent == 1 ? "1 chunk was sent again" : resent + " chunks were sent again"));
    }
    return String.join(". ", notes);
  }

  /// Whether the run may start over after the cache was emptied. The number of restarts is limited,
  /// because a cache that evicts everything looks the same.
  boolean mayStartOver() {
    return startedOver < MAX_RESTARTS;
  }

  /// Resets the counts after the cache was emptied; deadline and retry time are not reset.
  void startOver() {
    startedOver++;
    state = RunState.RUNNING;
    message = "";
    counter = new WarmCounts.Counter();
    sample.clear();
    sampledFrom = 0;
    total = null;
    bytes = 0;
  }

  void skip() {
    stop(RunState.SKIPPED_OTHER_NODE, "Another node is warming this cache");
  }

  void fail(StokerException e) {
    stop(
        switch (e.code()) {
          case SOURCE_UNREACHABLE, SOURCE_REFUSED -> RunState.SOURCE_UNREACHABLE;
          case CACHE_UNREACHABLE, CACHE_REFUSED -> RunState.CACHE_UNREACHABLE;
        },
        String.valueOf(e.getMessage()));
  }

  /// Whether every eligible session was tried.
  boolean isComplete() {
    return state.isComplete();
  }

  /// Whether every eligible session is in the cache or has ended there.
  boolean isDone() {
    return state == RunState.COMPLETED;
  }

  /// The marker for what this run, once complete, has warmed.
  WarmLock.Mark mark(Instant now) {
    boolean all = counter.counts().selected() < plan.limit();
    return new WarmLock.Mark(now, all ? SessionPlan.ALL : plan.limit(), plan.activeWithin());
  }

  /// What to look up to verify the run.
  List<SessionKey> sample() {
    return state == RunState.CACHE_UNREACHABLE ? List.of() : keys(false);
  }

  /// The sampled sessions that the cache has acknowledged.
  List<SessionKey> cachedSample() {
    return state == RunState.CACHE_UNREACHABLE ? List.of() : keys(true);
  }

  private List<SessionKey> keys(boolean onlyCached) {
    var keys = new ArrayList<SessionKey>(sample.size());
    for (var sampled : sample) {
      if (sampled.key != null && (sampled.cached || !onlyCached)) {
        keys.add(sampled.key);
      }
    }
    return keys;
  }

  /// Whether there is anything to verify, even if no key of it is known.
  boolean isVerifiable() {
    return state != RunState.CACHE_UNREACHABLE && !sample.isEmpty();
  }

  void verified(int found) {
    this.found = found;
    this.verified = true;
  }

  SessionReport end() {
    var report =
        new SessionReport(
            state,
            counter.counts(),
            total,
            verified ? sample.size() : 0,
            found,
            bytes,
            took(),
            firstAfter,
            message);
    events.ended(report);
    return report;
  }

  private Duration took() {
    return time.ticks().minus(started);
  }

  private void stop(RunState end, String why) {
    state = end;
    message = why;
  }
}
