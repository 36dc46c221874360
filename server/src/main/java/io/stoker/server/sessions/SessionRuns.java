package io.stoker.server.sessions;

import io.stoker.BackgroundTask;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.WarmCounts;
import io.stoker.server.sessions.WarmRun.Trigger;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionWarmer;
import io.stoker.sessions.WriteMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// The warm runs of this process: one at a time, and the last few remembered.
///
/// Whoever watches asks for [what changed][#changesAfter(long, Duration)] and gets the newest state
/// only, so that a slow viewer neither holds a run up nor piles anything up. Thread-safe.
public final class SessionRuns implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SessionRuns.class);
  private static final int REMEMBERED = 50;
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final SessionWarmer warmer;
  private final SessionEvents observer;
  private final Time time;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final SequencedMap<String, WarmRun> runs = new LinkedHashMap<>();
  private @Nullable String going;
  private boolean cancelled;
  private boolean closed;
  private long version;

  /// @param observer is told of every run as well
  public SessionRuns(SessionWarmer warmer, SessionEvents observer, Time time) {
    this.warmer = warmer;
    this.observer = observer.guarded();
    this.time = time;
  }

  /// What came of asking for a run.
  public sealed interface StartResult {
    /// It has begun.
    record Started(WarmRun run) implements StartResult {}

    /// This other one is going on.
    record Busy(WarmRun other) implements StartResult {}
  }

  /// Begins a run on a thread of its own, unless one is going on.
  public StartResult begin(SessionPlan plan, Trigger trigger) {
    var asked = add(plan, trigger);
    if (asked instanceof StartResult.Started(WarmRun run)) {
      // A platform thread: the run's own work would hold up virtual threads.
      BackgroundTask.platform("stoker-session-run", () -> carryOut(run)).start();
    }
    return asked;
  }

  /// Does a run on this thread; nothing if one is going on.
  Optional<SessionReport> run(SessionPlan plan, Trigger trigger) {
    return switch (add(plan, trigger)) {
      case StartResult.Started(WarmRun run) -> Optional.of(carryOut(run));
      case StartResult.Busy _ -> Optional.empty();
    };
  }

  /// Remembers a run that was over before it began.
  void note(SessionPlan plan, Trigger trigger, RunState state, String message) {
    if (add(plan, trigger) instanceof StartResult.Started(WarmRun run)) {
      var report = nothingDone(state, message);
      end(run, report);
      log(run, report);
    }
  }

  /// The last runs, newest first.
  public List<WarmRun> newest(int limit) {
    return locked(() -> runs.sequencedValues().reversed().stream().limit(limit).toList());
  }

  /// The run with this id, if it is remembered.
  public Optional<WarmRun> find(String id) {
    return locked(() -> Optional.ofNullable(runs.get(id)));
  }

  /// Asks a run to stop after the batch at hand; false if it is not going on.
  public boolean cancel(String id) {
    boolean asked =
        locked(() -> {
          cancelled |= id.equals(going);
          return id.equals(going);
        });
    if (asked) {
      warmer.cancel();
    }
    return asked;
  }

  /// The runs that changed since `version`, in the order of their last change; empty if none did
  /// within `patience`, or if there will be no more changes ([#isClosed()]).
  ///
  /// @throws InterruptedException if the thread is interrupted while it waits
  public List<WarmRun> changesAfter(long version, Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (this.version <= version && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return runs.values().stream()
          .filter(run -> run.version() > version)
          .sorted(Comparator.comparingLong(WarmRun::version))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /// Whether the server is going down.
  public boolean isClosed() {
    return locked(() -> closed);
  }

  /// Cancels the run that is going on, waits a little for its end, and sends viewers home.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      if (going != null) {
        cancelled = true;
        warmer.cancel();
        awaitEnd();
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitEnd() {
    try {
      long left = GRACE.toNanos();
      while (going != null && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private StartResult add(SessionPlan plan, Trigger trigger) {
    return locked(() -> {
      if (going != null) {
        return new StartResult.Busy(Objects.requireNonNull(runs.get(going)));
      }
      var run = WarmRun.begin(UUID.randomUUID().toString(), trigger, plan, now(), ++version);
      runs.put(run.id(), run);
      if (runs.size() > REMEMBERED) {
        runs.pollFirstEntry();
      }
      going = run.id();
      cancelled = closed;
      changed.signalAll();
      return new StartResult.Started(run);
    });
  }

  private SessionReport carryOut(WarmRun run) {
    try (var _ = MDC.putCloseable("run", run.id())) {
      return warm(run);
    }
  }

  private SessionReport warm(WarmRun run) {
    // The keeper refreshes every few minutes, which is too often to count first.
    if (run.trigger() != Trigger.KEEPER || run.plan().mode() != WriteMode.REFRESH) {
      BackgroundTask.start("stoker-session-estimate", () -> estimate(run));
    }
    SessionReport report;
    try {
      report = warmer.warm(run.plan(), new Follower(run));
    } catch (RuntimeException | Error e) {
      LOG.error("The warm run {} was aborted: internal error", run.id(), e);
      report = nothingDone(RunState.CANCELLED, "Aborted by an internal error; see Stoker's log");
    }
    end(run, report);
    log(run, report);
    return report;
  }

  /// Beside the run, since counting may take longer than warming.
  private void estimate(WarmRun run) {
    try {
      long selected = warmer.estimate(run.plan()).selected();
      change(run, known -> known.isOver() ? known : known.expecting(selected, ++version));
    } catch (StokerException e) {
      LOG.debug("How many sessions there are is not known: {}", e.getMessage());
    }
  }

  private static SessionReport nothingDone(RunState state, String message) {
    return new SessionReport(state, WarmCounts.NONE, 0, 0, 0, Duration.ZERO, null, message);
  }

  private void end(WarmRun run, SessionReport report) {
    change(
        run,
        known -> {
          going = null;
          return known.over(report, now(), ++version);
        });
  }

  private void change(WarmRun run, UnaryOperator<WarmRun> change) {
    lock.lock();
    try {
      runs.computeIfPresent(run.id(), (_, known) -> change.apply(known));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Instant now() {
    return time.now().truncatedTo(ChronoUnit.MILLIS);
  }

  private static void log(WarmRun run, SessionReport report) {
    LOG.info(
        "Warm run {} by {} is {} after {} ms: {} warmed, {} skipped, {} failed, {} of {} found{}",
        run.id(),
        run.trigger().label(),
        report.state().label(),
        report.took().toMillis(),
        report.counts().warmed(),
        report.counts().totalSkipped(),
        report.counts().totalFailed(),
        report.found(),
        report.sampled(),
        report.message().isEmpty() ? "" : ". " + report.message());
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  /// Takes down how a run goes.
  private final class Follower implements SessionEvents {

    private final WarmRun run;

    Follower(WarmRun run) {
      this.run = run;
    }

    @Override
    public void started(SessionPlan plan) {
      observer.started(plan);
    }

    @Override
    public void progress(WarmCounts counts, Duration took) {
      change(run, known -> known.at(counts, took, ++version));
      if (locked(() -> cancelled)) {
        warmer.cancel(); // again, since the first time may have been too early to reach the run
      }
      observer.progress(counts, took);
    }

    @Override
    public void ended(SessionReport report) {
      observer.ended(report);
    }
  }
}
