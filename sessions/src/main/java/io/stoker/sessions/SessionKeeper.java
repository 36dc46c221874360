package io.stoker.sessions;

import io.stoker.Loop;
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
/// cache is emptied, and does not count if that run took fewer sessions than the plan wants. Of
/// several nodes whichever looks first acts, and the others see its lock or its mark. A run that
/// came to nothing is tried again later and later, so that trouble outside is not made worse. Works
/// on a thread of its own, which nothing but [#close()] ends. Thread-safe.
public final class SessionKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);

  private final Warming warming;
  private final WarmLock lock;
  private final Settings settings;
  private final Time time;
  private final Loop loop;

  // Confined to the keeper's thread.
  private boolean looked;
  private boolean sawWarm;
  private Duration rest = Duration.ZERO;
  private Duration restingSince = Duration.ZERO;
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

  /// What the keeper has done for it. Called on the keeper's thread.
  public interface Warming {

    /// Does what the plan says; normally `warmer::warm`.
    SessionReport warm(SessionPlan plan);

    /// Hears that at the first look there was nothing to do.
    ///
    /// @param since when the cache was warmed
    default void alreadyWarm(SessionPlan plan, Instant since) {
      LOG.info("The cache is warm already, since {}", since);
    }
  }

  /// A keeper that has not started yet.
  public SessionKeeper(Warming warming, WarmLock lock, Settings settings, Time time) {
    this.warming = warming;
    this.lock = lock;
    this.settings = settings;
    this.time = time;
    this.loop = Loop.platform("stoker-session-keeper", this::run);
  }

  /// Begins to look, at once. To be called once.
  public void start() {
    loop.start();
  }

  /// Stops looking and cancels a run that is going on.
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
      sawWarm |= since.isPresent();
      if (first) {
        since.ifPresent(moment -> warming.alreadyWarm(settings.plan(), moment));
      }
      due(since).filter(_ -> isRested()).ifPresent(this::warm);
    } catch (StokerException e) {
      LOG.warn("Whether sessions are warm is not known for the moment: {}", e.getMessage());
    }
  }

  /// At the first look a cache that does not answer counts as cold, so that a run reports it.
  private Optional<Instant> warmSince(boolean first) {
    try {
      return lock.mark().filter(mark -> mark.covers(settings.plan())).map(WarmMark::since);
    } catch (StokerException e) {
      if (first && settings.warmAtStart()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// What is to be done, if anything.
  private Optional<SessionPlan> due(Optional<Instant> since) {
    if (since.isEmpty()) {
      return settings.warmAtStart() || sawWarm ? Optional.of(settings.plan()) : Optional.empty();
    }
    if (since.get().plus(settings.refreshEvery()).isAfter(time.now()) || isFresh()) {
      return Optional.empty();
    }
    return Optional.of(settings.plan().change().mode(WriteMode.REFRESH).plan());
  }

  /// The mark of a run that took more than the plan wants stays as it is when the keeper has run.
  private boolean isFresh() {
    return refreshed != null
        && time.ticks().minus(refreshed).compareTo(settings.refreshEvery()) < 0;
  }

  private boolean isRested() {
    return time.ticks().minus(restingSince).compareTo(rest) >= 0;
  }

  private void warm(SessionPlan plan) {
    var report = warming.warm(plan);
    rest = SessionRules.restAfter(report.state(), rest, settings);
    restingSince = time.ticks();
    if (rest.isZero()) {
      refreshed = restingSince;
    }
  }
}
