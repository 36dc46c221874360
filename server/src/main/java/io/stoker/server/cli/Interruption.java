package io.stoker.server.cli;

import io.stoker.sessions.SessionWarmer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Turns Ctrl-C into a cancelled run: the JVM ends only once the run has reported. Thread-safe.
final class Interruption implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration AGAIN = Duration.ofMillis(50);

  private final SessionWarmer warmer;
  private final CountDownLatch reported = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean came;

  private Interruption(SessionWarmer warmer) {
    this.warmer = warmer;
    this.hook = Thread.ofPlatform().name("stoker-interruption").unstarted(this::stop);
  }

  /// Watches for signals until it is closed, which is to be after the report.
  static Interruption stopping(SessionWarmer warmer) {
    var interruption = new Interruption(warmer);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  boolean came() {
    return came;
  }

  private void stop() {
    came = true;
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
