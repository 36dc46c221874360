package io.stoker.server.cli;

import io.stoker.StokerException;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionWarmer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The number of sessions that a run will select, counted concurrently with it. Thread-safe.
final class BackgroundEstimate {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundEstimate.class);

  private final Thread thread;
  private volatile long selected;

  private BackgroundEstimate(SessionWarmer warmer, SessionPlan plan) {
    this.thread =
        Thread.ofPlatform().daemon().name("stoker-estimate").unstarted(() -> count(warmer, plan));
  }

  static BackgroundEstimate start(SessionWarmer warmer, SessionPlan plan) {
    var estimate = new BackgroundEstimate(warmer, plan);
    estimate.thread.start();
    return estimate;
  }

  private void count(SessionWarmer warmer, SessionPlan plan) {
    try {
      selected = warmer.estimate(plan).selected();
    } catch (StokerException e) {
      LOG.debug("The number of sessions could not be estimated: {}", e.getMessage());
    }
  }

  /// Waits for the number, at most for `timeout`.
  ///
  /// @throws InterruptedException if the thread is interrupted while it waits
  void await(Duration timeout) throws InterruptedException {
    thread.join(timeout);
  }

  /// The number; null while it is unknown.
  @Nullable Long selected() {
    long known = selected;
    return known == 0 ? null : known;
  }

  /// The number, or `soFar` if that is greater; 0 while it is unknown.
  long atLeast(long soFar) {
    long known = selected;
    return known == 0 ? 0 : Math.max(known, soFar);
  }
}
