package io.stoker.server.cli;

import io.stoker.sessions.SessionWarmer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Turns Ctrl-C into a cancelled run: the JVM ends only once the run has reported. Thread-safe.
final class CancelOnSignal implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration AGAIN = Duration.ofMillis(50);

  private final SessionWarmer warmer;
  private final CountDownLatch reported = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean signalled;

  private CancelOnSignal(SessionWarmer warmer) {
    this.warmer = warmer;
    this.hook = Thread.ofPlatform().name("stoker-signal").unstarted(this::stop);
  }

  /// Watches for signals until it is closed, which is to be after the report.
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
          waited.compareTo(PATIENCE) < 0;
          waited = waited.plus(AGAIN)) {
        warmer.cancel(); // each time, since the run may not have begun yet
        if (reported.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
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
      // It is running.
    }
  }
}
