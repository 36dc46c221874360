package io.stoker.server.cli;

import io.stoker.StokerException;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionWarmer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many sessions a run will select, counted beside it. Thread-safe.
final class BackgroundEstimate {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundEstimate.class);

  private final Thread counting;
  private volatile long selected;

  private BackgroundEstimate(SessionWarmer warmer, SessionPlan plan) {
    this.counting =
        Thread.ofPlatform().daemon().name("stoker-estimate").unstarted(() -> count(warmer, plan));
  }

  /// Begins to count.
  static BackgroundEstimate begin(SessionWarmer warmer, SessionPlan plan) {
    var total = new BackgroundEstimate(warmer, plan);
    total.counting.start();
    return total;
  }

  private void count(SessionWarmer warmer, SessionPlan plan) {
    try {
      selected = warmer.estimate(plan).selected();
    } catch (StokerException e) {
      LOG.debug("How many sessions there are is not known: {}", e.getMessage());
    }
  }

  /// Waits for the number, but not for longer than `patience`.
  ///
  /// @throws InterruptedException if the thread is interrupted while it waits
  void await(Duration patience) throws InterruptedException {
    counting.join(patience);
  }

  /// At least what has come up already; 0 as long as it is not known.
  long atLeast(long soFar) {
    long known = selected;
    return known == 0 ? 0 : Math.max(known, soFar);
  }
}
