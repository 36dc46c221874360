package io.stoker.sessions;

import io.stoker.WarmCounts;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A listener for a warm run, called on the run's thread: return quickly. Exceptions are logged and
/// do not affect the run.
public interface SessionEvents {

  /// A listener that does nothing.
  static SessionEvents none() {
    return new SessionEvents() {};
  }

  /// Called when the run begins.
  default void started(SessionPlan plan) {}

  /// Called after each chunk.
  ///
  /// @param counts the outcomes so far
  /// @param took time since the start
  default void progress(WarmCounts counts, Duration took) {}

  /// Called when the run is over.
  default void ended(SessionReport report) {}

  /// This listener with its exceptions logged.
  default SessionEvents guarded() {
    var observer = this;
    var log = LoggerFactory.getLogger(SessionEvents.class);
    return new SessionEvents() {
      @Override
      public void started(SessionPlan plan) {
        guard(() -> observer.started(plan), log);
      }

      @Override
      public void progress(WarmCounts counts, Duration took) {
        guard(() -> observer.progress(counts, took), log);
      }

      @Override
      public void ended(SessionReport report) {
        guard(() -> observer.ended(report), log);
      }
    };
  }

  private static void guard(Runnable call, Logger log) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.warn("A listener of the warm run failed; the run continues", e);
    }
  }
}
