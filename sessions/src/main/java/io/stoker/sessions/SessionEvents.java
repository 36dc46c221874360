package io.stoker.sessions;

import io.stoker.Tally;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches a warm run, on the run's own thread: be quick. An exception thrown here is logged and
/// does not disturb the run.
public interface SessionEvents {

  /// Watches nothing.
  static SessionEvents none() {
    return new SessionEvents() {};
  }

  /// The run begins.
  default void started(SessionPlan plan) {}

  /// Another batch is done.
  ///
  /// @param tally what became of the sessions so far
  /// @param took time since the start
  default void progress(Tally tally, Duration took) {}

  /// The run is over.
  default void ended(SessionReport report) {}

  /// The same watcher, kept from disturbing the run.
  default SessionEvents guarded() {
    var watched = this;
    var log = LoggerFactory.getLogger(SessionEvents.class);
    return new SessionEvents() {
      @Override
      public void started(SessionPlan plan) {
        trying(() -> watched.started(plan), log);
      }

      @Override
      public void progress(Tally tally, Duration took) {
        trying(() -> watched.progress(tally, took), log);
      }

      @Override
      public void ended(SessionReport report) {
        trying(() -> watched.ended(report), log);
      }
    };
  }

  private static void trying(Runnable call, Logger log) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.warn("An observer of the warm run threw; the run goes on", e);
    }
  }
}
