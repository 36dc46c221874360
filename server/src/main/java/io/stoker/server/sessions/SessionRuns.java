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

/// The warm runs of this process: the current one, and the last 50 for viewers.
///
/// Viewers poll for [changed runs][#changesAfter(long, Duration)] and get the newest state only, so
/// that a slow viewer neither blocks a run nor fills a queue. Thread-safe.
public final class SessionRuns implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SessionRuns.class);
  private static final int REMEMBERED = 50;
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(5);

  private final SessionWarmer warmer;
  private final SessionEvents observer;
  private final Time time;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final SequencedMap<String, WarmRun> runs = new LinkedHashMap<>();
  private @Nullable String runningId;
  private boolean cancelled;
  private boolean closed;
  private long version;

  /// @param observer also receives the events of every run
  public SessionRuns(SessionWarmer warmer, SessionEvents observer, Time time) {
    this.warmer = warmer;
    this.observer = observer.guarded();
    this.time = time;
  }

  /// The result of a request to start a run.
  public sealed interface StartResult {
    record Started(WarmRun run) implements StartResult {}

    /// Another run is in progress.
    record Busy(WarmRun other) implements StartResult {}
  }

  /// Starts a run on a thread of its own, unless one is in progress.
  public StartResult start(SessionPlan plan, Trigger trigger) {
    var result = add(plan, trigger);
    if (result instanceof StartResult.Started(WarmRun run)) {
      // A platform thread, because a run uses the CPU enough to starve virtual threads.
      BackgroundTask.platform("stoker-session-run", () -> execute(run)).start();
    }
    return result;
  }

  /// Runs on the calling thread; empty if another run is in progress.
  Optional<SessionReport> run(SessionPlan plan, Trigger trigger) {
    return switch (add(plan, trigger)) {
      case StartResult.Started(WarmRun run) -> Optional.of(execute(run));
      case StartResult.Busy _ -> Optional.empty();
    };
  }

  /// Records a run that ended without doing anything.
  void record(SessionPlan plan, Trigger trigger, RunState state, String message) {
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

  public Optional<WarmRun> find(String id) {
    return locked(() -> Optional.ofNullable(runs.get(id)));
  }

  /// Asks a run to stop after its current chunk.
  ///
  /// @return false if it is not running
  public boolean cancel(String id) {
    boolean isRunning =
        locked(() -> {
          cancelled |= id.equals(runningId);
          return id.equals(runningId);
        });
    if (isRunning) {
      warmer.cancel();
    }
    return isRunning;
  }

  /// Waits for changes and returns the runs that changed since `version`, in the order of their
  /// last change; empty after `timeout`, or if this is [closed][#isClosed()].
  ///
  /// @throws InterruptedException if the thread is interrupted while it waits
  public List<WarmRun> changesAfter(long version, Duration timeout) throws InterruptedException {
    lock.lock();
    try {
      long left = timeout.toNanos();
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

  /// Whether the server is shutting down.
  public boolean isClosed() {
    return locked(() -> closed);
  }

  /// Wakes all viewers, cancels the current run and waits up to 5 s for its end.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      if (runningId != null) {
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
      long left = SHUTDOWN_TIMEOUT.toNanos();
      while (runningId != null && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private StartResult add(SessionPlan plan, Trigger trigger) {
    return locked(() -> {
      if (runningId != null) {
        return new StartResult.Busy(Objects.requireNonNull(runs.get(runningId)));
      }
      var run = WarmRun.start(UUID.randomUUID().toString(), trigger, plan, now(), ++version);
      runs.put(run.id(), run);
      if (runs.size() > REMEMBERED) {
        runs.pollFirstEntry();
      }
      runningId = run.id();
      cancelled = closed;
      changed.signalAll();
      return new StartResult.Started(run);
    });
  }

  private SessionReport execute(WarmRun run) {
    try (var _ = MDC.putCloseable("run", run.id())) {
      return warm(run);
    }
  }

  private SessionReport warm(WarmRun run) {
    // The keeper refreshes every few minutes, too often to count all sessions each time.
    if (run.trigger() != Trigger.KEEPER || run.plan().mode() != WriteMode.REFRESH) {
      BackgroundTask.start("stoker-session-estimate", () -> estimate(run));
    }
    SessionReport report;
    try {
      report = warmer.warm(run.plan(), new RunRecorder(run));
    } catch (RuntimeException | Error e) {
      LOG.error("The warm run {} was aborted: internal error", run.id(), e);
      report = nothingDone(RunState.CANCELLED, "Aborted by an internal error; see Stoker's log");
    }
    end(run, report);
    log(run, report);
    return report;
  }

  /// Concurrent with the run, because counting may take longer than warming.
  private void estimate(WarmRun run) {
    try {
      long selected = warmer.estimate(run.plan()).selected();
      update(run, latest -> latest.isOver() ? latest : latest.withTotal(selected, ++version));
    } catch (StokerException e) {
      LOG.debug("The number of sessions could not be estimated: {}", e.getMessage());
    }
  }

  private static SessionReport nothingDone(RunState state, String message) {
    return new SessionReport(state, WarmCounts.NONE, null, 0, 0, 0, Duration.ZERO, null, message);
  }

  private void end(WarmRun run, SessionReport report) {
    update(
        run,
        latest -> {
          runningId = null;
          return latest.ended(report.withTotal(latest.total()), now(), ++version);
        });
  }

  private void update(WarmRun run, UnaryOperator<WarmRun> update) {
    lock.lock();
    try {
      runs.computeIfPresent(run.id(), (_, latest) -> update.apply(latest));
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

  /// Updates the snapshot of a run.
  private final class RunRecorder implements SessionEvents {

    private final WarmRun run;

    RunRecorder(WarmRun run) {
      this.run = run;
    }

    @Override
    public void started(SessionPlan plan) {
      observer.started(plan);
    }

    @Override
    public void progress(WarmCounts counts, Duration took) {
      update(run, latest -> latest.withProgress(counts, took, ++version));
      if (locked(() -> cancelled)) {
        warmer.cancel(); // again, because the run may not have begun at the first call
      }
      observer.progress(counts, took);
    }

    @Override
    public void ended(SessionReport report) {
      observer.ended(report);
    }
  }
}
