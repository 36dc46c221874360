package io.stoker.sessions;

import io.stoker.StokerException;
import io.stoker.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the cache warm after the start: warms it when it is cold, warms it again when it has been
/// emptied, and refreshes what is near expiry while its sessions are active.
///
/// Looks every few seconds at the mark that the last run left in the cache; the mark goes when the
/// cache is emptied. Of several nodes whichever looks first acts, and the others see its mark or
/// its lock. Runs on a thread of its own and never ends by itself. Thread-safe.
public final class SessionKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SessionKeeper.class);

  private final Consumer<SessionPlan> warm;
  private final WarmLock lock;
  private final Settings settings;
  private final Time time;
  private final Thread thread;

  /// How a [SessionKeeper] behaves.
  ///
  /// @param plan what to do when the cache is cold
  /// @param lookEvery how often to look whether it is
  /// @param refreshEvery how long after a run to refresh what is near expiry; at most half of the
  ///   plan's TTL cap, or entries expire between two refreshes
  public record Settings(SessionPlan plan, Duration lookEvery, Duration refreshEvery) {

    /// Looks every 5 seconds and refreshes after a third of the TTL cap.
    public static Settings of(SessionPlan plan) {
      return new Settings(plan, Duration.ofSeconds(5), plan.timeToLiveCap().dividedBy(3));
    }
  }

  /// @param warm runs a plan, on the keeper's thread; normally `warmer::warm`
  public SessionKeeper(Consumer<SessionPlan> warm, WarmLock lock, Settings settings, Time time) {
    this.warm = warm;
    this.lock = lock;
    this.settings = settings;
    this.time = time;
    this.thread = Thread.ofPlatform().daemon().name("stoker-session-keeper").unstarted(this::run);
  }

  /// Begins to look, at once. To be called once.
  public void start() {
    thread.start();
  }

  /// Stops looking and cancels a run that is going on.
  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        look();
        time.pause(settings.lookEvery());
      }
    } catch (InterruptedException _) {
      // Only close() interrupts.
    }
  }

  private void look() {
    try {
      decide(lock.warmSince(), time.now()).ifPresent(warm);
    } catch (StokerException e) {
      LOG.warn("Whether sessions are warm is not known for the moment: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("Keeping sessions warm failed, and is tried again in {}", settings.lookEvery(), e);
    }
  }

  /// What to do now, if anything.
  private Optional<SessionPlan> decide(Optional<Instant> warmSince, Instant now) {
    if (warmSince.isEmpty()) {
      return Optional.of(settings.plan());
    }
    if (warmSince.get().plus(settings.refreshEvery()).isAfter(now)) {
      return Optional.empty();
    }
    return Optional.of(settings.plan().change().mode(WriteMode.REFRESH).plan());
  }
}
