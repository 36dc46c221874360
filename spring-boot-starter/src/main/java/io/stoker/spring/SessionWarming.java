package io.stoker.spring;

import io.stoker.Time;
import io.stoker.WarmCounts;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionKeeper;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionWarmer;
import io.stoker.sessions.WarmLock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Keeps sessions warm in the background while the application context runs, with a
/// [SessionKeeper], and stores the last report.
///
/// Starts before the web server and stops after it, so that it runs during every request. Neither
/// delays the start nor makes it fail: failures are in the report. Thread-safe.
public final class SessionWarming implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(SessionWarming.class);

  /// How long a stop waits for a cancelled run.
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final SessionWarmer warmer;
  private final WarmLock lock;
  private final SessionKeeper.Settings settings;
  private final SessionEvents events;
  private final Time time;
  private final ReentrantLock warming = new ReentrantLock();
  private volatile @Nullable SessionKeeper keeper;
  private volatile @Nullable Run last;

  /// A completed run.
  ///
  /// @param endedAt when it ended, or found the cache warm
  public record Run(Instant endedAt, SessionReport report) {}

  /// Warming, not yet started.
  ///
  /// @param listeners listeners for every run
  public SessionWarming(
      SessionWarmer warmer,
      WarmLock lock,
      SessionKeeper.Settings settings,
      List<SessionEvents> listeners,
      Time time) {
    this.warmer = warmer;
    this.lock = lock;
    this.settings = settings;
    this.events = new AllListeners(listeners.stream().map(SessionEvents::guarded).toList());
    this.time = time;
  }

  /// The last run of this application; empty before the first is over.
  public Optional<Run> lastRun() {
    return Optional.ofNullable(last);
  }

  @Override
  public void start() {
    var started = new SessionKeeper(new Recorder(), lock, settings, time);
    keeper = started;
    started.start();
  }

  /// Cancels the current run, and waits briefly for it to end, since it still uses Postgres and
  /// Redis.
  @Override
  public void stop() {
    var stopping = keeper;
    keeper = null;
    if (stopping != null) {
      stopping.close();
      awaitEnd();
    }
  }

  private void awaitEnd() {
    try {
      if (warming.tryLock(STOP_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
        warming.unlock();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return keeper != null;
  }

  /// Before web servers, which start late.
  @Override
  public int getPhase() {
    return 0;
  }

  private SessionReport warm(SessionPlan plan) {
    warming.lock();
    try {
      var report = warmer.warm(plan, events);
      record(report);
      return report;
    } finally {
      warming.unlock();
    }
  }

  private void record(SessionReport report) {
    last = new Run(time.now().truncatedTo(ChronoUnit.MILLIS), report);
    LOG.info(
        "Sessions: {} after {} ms: {} warmed, {} skipped, {} failed, {} of {} found{}",
        report.state().label(),
        report.took().toMillis(),
        report.counts().warmed(),
        report.counts().totalSkipped(),
        report.counts().totalFailed(),
        report.found(),
        report.sampled(),
        report.message().isEmpty() ? "" : ". " + report.message());
  }

  /// Executes the keeper's runs, and stores their reports.
  private final class Recorder implements SessionKeeper.Runner {

    @Override
    public SessionReport warm(SessionPlan plan) {
      return SessionWarming.this.warm(plan);
    }

    @Override
    public void alreadyWarm(SessionPlan plan, Instant since) {
      record(
          new SessionReport(
              RunState.ALREADY_WARM,
              WarmCounts.NONE,
              null,
              0,
              0,
              0,
              Duration.ZERO,
              null,
              "Warm already, since " + since));
    }
  }

  /// Combines several listeners.
  private record AllListeners(List<SessionEvents> listeners) implements SessionEvents {

    @Override
    public void started(SessionPlan plan) {
      listeners.forEach(listener -> listener.started(plan));
    }

    @Override
    public void progress(WarmCounts counts, Duration took) {
      listeners.forEach(listener -> listener.progress(counts, took));
    }

    @Override
    public void ended(SessionReport report) {
      listeners.forEach(listener -> listener.ended(report));
    }
  }
}
