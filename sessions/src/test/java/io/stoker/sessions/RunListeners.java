package io.stoker.sessions;

import io.stoker.WarmCounts;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Observers of a warm run that act at a certain moment of it.
final class RunListeners {

  private RunListeners() {}

  /// Acts on the run's own thread once `chunks` chunks are done. A source that is slow for a moment
  /// hands over one without sessions, which is not counted.
  static SessionEvents afterChunk(int chunks, Runnable action) {
    return new SessionEvents() {
      private int done;
      private long selected;

      @Override
      public void progress(WarmCounts counts, Duration took) {
        if (counts.selected() == selected) {
          return;
        }
        selected = counts.selected();
        done++;
        if (done == chunks) {
          action.run();
        }
      }
    };
  }

  /// Waits for another thread, for half a minute at the most.
  static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the other thread did not get there");
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while waiting for another thread", e);
    }
  }
}
