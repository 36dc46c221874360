package io.stoker.sessions;

import io.stoker.BackgroundLoop;
import io.stoker.StokerException;
import io.stoker.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the cache warm in the background: warms it when it is cold or was emptied, and refreshes
/// entries near their expiry while their sessions are active.
///
/// Checks every few seconds for the marker that the last run left in the cache; the marker
/// disappears when the cache is emptied, and does not count if that run covered fewer sessions than
/// the plan requires. A migration ([SessionPlan#isMigration()]) is finished once and never
/// repeated: where the cache is the application's only store, what is absent has ended, and the
/// keeper ends when it has seen the marker or finished a run. Of several nodes the first to check
/// acts, and the others see its lease or its marker. A failed run is retried with exponential
/// backoff. Runs on its own thread, which only [#close()] ends. Thread-safe.
public final class SessionKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);

  private final Runner runner;
  private final WarmLock lock;
  private final Settings settings;
  private final Time time;
  private final BackgroundLoop loop;

  // Confined to the keeper's thread.
  private boolean checked;
  private boolean seenWarm;
  private boolean finished;
  private Duration retryDelay = Duration.ZERO;
  private Duration lastRunEnd = Duration.ZERO;
  private @Nullable Duration lastSuccess;

  /// Settings of a [SessionKeeper].
  ///
  /// @param plan the plan for a cold cache
  /// @param warmAtStart whether to warm a cache that is cold at the first check; if not, the keeper
  ///   waits until something else has warmed it
  /// @param keepWarm whether to continue after the first check
  /// @param lookEvery how often to check
  /// @param refreshEvery how long after a run to refresh entries near their expiry; at most half of
  ///   the plan's TTL cap, or entries expire between two refreshes
  public record Settings(
      SessionPlan plan,
      boolean warmAtStart,
      boolean keepWarm,
      Duration lookEvery,
      Duration refreshEvery) {

    /// Warms at the start, checks every 5 seconds and refreshes after a third of the TTL cap.
    public static Settings of(SessionPlan plan) {
      var refreshEvery = plan.warmFor().dividedBy(3);
      return new Settings(plan, true, true, Duration.ofSeconds(5), refreshEvery);
    }
  }

  /// Executes warm runs, on the keeper's thread.
  public interface Runner {

    /// Warms; normally `warmer::warm`.
    SessionReport warm(SessionPlan plan);

    /// Called if there is nothing to do at the first check.
    ///
    /// @param since since when the cache is warm
    default void alreadyWarm(SessionPlan plan, Instant since) {
      LOG.info("The cache is warm already, since {}", since);
    }
  }

  /// A keeper, not yet started.
  public SessionKeeper(Runner runner, WarmLock lock, Settings settings, Time time) {
    this.runner = runner;
    this.lock = lock;
    this.settings = settings;
    this.time = time;
    this.loop = BackgroundLoop.platform("stoker-session-keeper", this::run);
  }

  /// Starts, with a first check at once. Call it once.
  public void start() {
    loop.start();
  }

  /// Stops, and cancels the current run, if any.
  @Override
  public void close() {
    loop.close();
  }

  private void run() throws InterruptedException {
    if (!settings.keepWarm()) {
      loop.end();
    }
    check();
    if (settings.plan().isMigration() && (seenWarm || finished)) {
      loop.end();
    }
    time.pause(settings.lookEvery());
  }

  private void check() {
    boolean first = !checked;
    checked = true;
    try {
      var since = warmSince(first);
      seenWarm |= since.isPresent();
      if (first) {
        since.ifPresent(moment -> runner.alreadyWarm(settings.plan(), moment));
      }
      due(since).filter(_ -> isRetryDue()).ifPresent(this::warm);
    } catch (StokerException e) {
      LOG.warn("Could not check whether sessions are warm: {}", e.getMessage());
    }
  }

  /// At the first check, a cache that does not answer counts as cold, so that a run reports it.
  private Optional<Instant> warmSince(boolean first) {
    try {
      return lock.mark().filter(mark -> mark.covers(settings.plan())).map(WarmLock.Mark::since);
    } catch (StokerException e) {
      if (first && settings.warmAtStart()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// The plan to execute now, if any.
  private Optional<SessionPlan> due(Optional<Instant> since) {
    if (since.isEmpty()) {
      return settings.warmAtStart() || seenWarm ? Optional.of(settings.plan()) : Optional.empty();
    }
    if (settings.plan().isMigration()
        || since.get().plus(settings.refreshEvery()).isAfter(time.now())
        || isRecentlyRefreshed()) {
      return Optional.empty();
    }
    return Optional.of(settings.plan().change().mode(WriteMode.REFRESH).plan());
  }

  /// A refresh does not replace the marker of a run that covered more than the plan, so its time is
  /// kept here.
  private boolean isRecentlyRefreshed() {
    return lastSuccess != null
        && time.ticks().minus(lastSuccess).compareTo(settings.refreshEvery()) < 0;
  }

  private boolean isRetryDue() {
    return time.ticks().minus(lastRunEnd).compareTo(retryDelay) >= 0;
  }

  private void warm(SessionPlan plan) {
    var report = runner.warm(plan);
    retryDelay = SessionRules.retryDelay(report.state(), retryDelay, settings);
    lastRunEnd = time.ticks();
    finished |= report.state().isComplete();
    if (retryDelay.isZero()) {
      lastSuccess = lastRunEnd;
    }
  }
}
