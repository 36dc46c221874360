package io.stoker.server.cli;

import io.stoker.sessions.SessionWarmer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A shutdown hook that cancels a run on Ctrl-C and lets it print its report. Thread-safe.
final class CancelOnSignal implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration INTERVAL = Duration.ofMillis(50);

  private final SessionWarmer warmer;
  private final CountDownLatch reported = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean signalled;

  private CancelOnSignal(SessionWarmer warmer) {
    this.warmer = warmer;
    this.hook = Thread.ofPlatform().name("stoker-signal").unstarted(this::stop);
  }

  /// Registers the hook; close it after the report.
  static CancelOnSignal of(SessionWarmer warmer) {
    var cancel = new CancelOnSignal(warmer);
    Runtime.getRuntime().addShutdownHook(cancel.hook);
    return cancel;
  }

  boolean wasSignalled() {
    return signalled;
  }

  private void stop() {
    signalled = true;
    try {
      for (var waited = Duration.ZERO;
          waited.compareTo(TIMEOUT) < 0;
          waited = waited.plus(INTERVAL)) {
        warmer.cancel(); // each time, because the run may not have begun yet
        if (reported.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    reported.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The JVM is shutting down already.
    }
  }
}
