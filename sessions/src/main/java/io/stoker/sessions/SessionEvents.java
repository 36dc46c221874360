package io.stoker.sessions;

import io.stoker.WarmCounts;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Observes a warm run, on the run's own thread: return quickly. An exception thrown here is logged
/// and does not disturb the run.
public interface SessionEvents {

  /// Observes nothing.
  static SessionEvents none() {
    return new SessionEvents() {};
  }

  /// The run begins.
  default void started(SessionPlan plan) {}

  /// Another chunk is done.
  ///
  /// @param counts what became of the sessions so far
  /// @param took time since the start
  default void progress(WarmCounts counts, Duration took) {}

  /// The run is over.
  default void ended(SessionReport report) {}

  /// The same observer, whose exceptions are logged.
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
      log.warn("An observer of the warm run failed; the run continues", e);
    }
  }
}
