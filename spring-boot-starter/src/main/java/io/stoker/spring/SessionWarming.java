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

/// Keeps sessions warm in the background for as long as the application context runs, by a
/// [SessionKeeper], and remembers how the last run went.
///
/// Begins before the web server does and ends after it, so that it is there for every request.
/// Neither delays nor fails the start: trouble outside is in the report. Thread-safe.
public final class SessionWarming implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(SessionWarming.class);

  /// How long a stop waits for a run that was cancelled.
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  private final SessionWarmer warmer;
  private final WarmLock lock;
  private final SessionKeeper.Settings settings;
  private final SessionEvents events;
  private final Time time;
  private final ReentrantLock warming = new ReentrantLock();
  private volatile @Nullable SessionKeeper keeper;
  private volatile @Nullable Run last;

  /// A run that is over.
  ///
  /// @param endedAt when it was over, or found to have nothing to do
  public record Run(Instant endedAt, SessionReport report) {}

  /// Warming that has not begun yet.
  ///
  /// @param observers of every run
  public SessionWarming(
      SessionWarmer warmer,
      WarmLock lock,
      SessionKeeper.Settings settings,
      List<SessionEvents> observers,
      Time time) {
    this.warmer = warmer;
    this.lock = lock;
    this.settings = settings;
    this.events = new AllObservers(observers.stream().map(SessionEvents::guarded).toList());
    this.time = time;
  }

  /// The last run of this application; nothing before the first is over.
  public Optional<Run> lastRun() {
    return Optional.ofNullable(last);
  }

  @Override
  public void start() {
    var fresh = new SessionKeeper(new Recorder(), lock, settings, time);
    keeper = fresh;
    fresh.start();
  }

  /// Cancels the current run, and waits a little for its end, since it still uses Postgres and
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

  /// Before what starts late, such as web servers.
  @Override
  public int getPhase() {
    return 0;
  }

  private SessionReport warm(SessionPlan plan) {
    warming.lock();
    try {
      var report = warmer.warm(plan, events);
      remember(report);
      return report;
    } finally {
      warming.unlock();
    }
  }

  private void remember(SessionReport report) {
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

  /// Warms for the keeper.
  private final class Recorder implements SessionKeeper.Runner {

    @Override
    public SessionReport warm(SessionPlan plan) {
      return SessionWarming.this.warm(plan);
    }

    @Override
    public void alreadyWarm(SessionPlan plan, Instant since) {
      remember(
          new SessionReport(
              RunState.ALREADY_WARM,
              WarmCounts.NONE,
              0,
              0,
              0,
              Duration.ZERO,
              null,
              "Warm already, since " + since));
    }
  }

  /// Several observers as one.
  private record AllObservers(List<SessionEvents> observers) implements SessionEvents {

    @Override
    public void started(SessionPlan plan) {
      observers.forEach(observer -> observer.started(plan));
    }

    @Override
    public void progress(WarmCounts counts, Duration took) {
      observers.forEach(observer -> observer.progress(counts, took));
    }

    @Override
    public void ended(SessionReport report) {
      observers.forEach(observer -> observer.ended(report));
    }
  }
}
