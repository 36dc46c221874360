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

/// Keeps the cache warm: warms it when it is cold, warms it again when it has been emptied, and
/// refreshes what is near its expiry while its sessions are active.
///
/// Looks every few seconds at the mark that the last run left in the cache; the mark goes when the
/// cache is emptied, and does not count if that run took fewer sessions than the plan asks for. Of
/// several nodes the first to look acts, and the others see its lease or its mark. A failed run is
/// tried again after longer and longer delays. Works on a thread of its own, which only [#close()]
/// ends. Thread-safe.
public final class SessionKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);

  private final Runner warming;
  private final WarmLock lock;
  private final Settings settings;
  private final Time time;
  private final BackgroundLoop loop;

  // Confined to the keeper's thread.
  private boolean looked;
  private boolean seenWarm;
  private Duration retryDelay = Duration.ZERO;
  private Duration lastRunEnd = Duration.ZERO;
  private @Nullable Duration refreshed;

  /// How a [SessionKeeper] behaves.
  ///
  /// @param plan what to do when the cache is cold
  /// @param warmAtStart whether a cache that is cold at the first look is warmed; if not, the
  ///   keeper waits until somebody else has warmed it
  /// @param keepWarm whether to go on after the first look
  /// @param lookEvery how often to look
  /// @param refreshEvery how long after a run to refresh what is near its expiry; at most half of
  ///   the plan's TTL cap, or entries expire between two refreshes
  public record Settings(
      SessionPlan plan,
      boolean warmAtStart,
      boolean keepWarm,
      Duration lookEvery,
      Duration refreshEvery) {

    /// Warms at the start, looks every 5 seconds and refreshes after a third of the TTL cap.
    public static Settings of(SessionPlan plan) {
      var refreshEvery = plan.warmFor().dividedBy(3);
      return new Settings(plan, true, true, Duration.ofSeconds(5), refreshEvery);
    }
  }

  /// Warms for the keeper. Called on the keeper's thread.
  public interface Runner {

    /// Warms by the plan; normally `warmer::warm`.
    SessionReport warm(SessionPlan plan);

    /// Called if at the first look there is nothing to do.
    ///
    /// @param since when the cache was warmed
    default void alreadyWarm(SessionPlan plan, Instant since) {
      LOG.info("The cache is warm already, since {}", since);
    }
  }

  /// A keeper that has not started yet.
  public SessionKeeper(Runner warming, WarmLock lock, Settings settings, Time time) {
    this.warming = warming;
    this.lock = lock;
    this.settings = settings;
    this.time = time;
    this.loop = BackgroundLoop.platform("stoker-session-keeper", this::run);
  }

  /// Begins to look, at once. Call it once.
  public void start() {
    loop.start();
  }

  /// Stops looking and cancels the current run, if any.
  @Override
  public void close() {
    loop.close();
  }

  private void run() throws InterruptedException {
    if (!settings.keepWarm()) {
      loop.end();
    }
    look();
    time.pause(settings.lookEvery());
  }

  private void look() {
    boolean first = !looked;
    looked = true;
    try {
      var since = warmSince(first);
      seenWarm |= since.isPresent();
      if (first) {
        since.ifPresent(moment -> warming.alreadyWarm(settings.plan(), moment));
      }
      due(since).filter(_ -> isRetryDue()).ifPresent(this::warm);
    } catch (StokerException e) {
      LOG.warn("Whether sessions are warm could not be read: {}", e.getMessage());
    }
  }

  /// At the first look a cache that does not answer counts as cold, so that a run reports it.
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

  /// What to do now, if anything.
  private Optional<SessionPlan> due(Optional<Instant> since) {
    if (since.isEmpty()) {
      return settings.warmAtStart() || seenWarm ? Optional.of(settings.plan()) : Optional.empty();
    }
    if (since.get().plus(settings.refreshEvery()).isAfter(time.now()) || isFresh()) {
      return Optional.empty();
    }
    return Optional.of(settings.plan().change().mode(WriteMode.REFRESH).plan());
  }

  /// The mark of a run that took more than the plan asks for is not replaced by the keeper's run.
  private boolean isFresh() {
    return refreshed != null
        && time.ticks().minus(refreshed).compareTo(settings.refreshEvery()) < 0;
  }

  private boolean isRetryDue() {
    return time.ticks().minus(lastRunEnd).compareTo(retryDelay) >= 0;
  }

  private void warm(SessionPlan plan) {
    var report = warming.warm(plan);
    retryDelay = SessionRules.retryDelay(report.state(), retryDelay, settings);
    lastRunEnd = time.ticks();
    if (retryDelay.isZero()) {
      refreshed = lastRunEnd;
    }
  }
}
