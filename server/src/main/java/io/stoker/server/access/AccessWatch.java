package io.stoker.server.access;

import io.stoker.Time;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks once a second whether others have changed who may call, on a thread of its own, so that
/// what was revoked ends though nobody calls. Thread-safe.
public final class AccessWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AccessWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final List<Runnable> looks;
  private final Time time;
  private final Thread thread;

  /// Begins.
  public AccessWatch(List<Runnable> looks, Time time) {
    this.looks = List.copyOf(looks);
    this.time = time;
    this.thread = Thread.ofPlatform().daemon().name("stoker-access").start(this::watch);
  }

  private void watch() {
    try {
      while (true) {
        time.pause(EVERY);
        looks.forEach(AccessWatch::look);
      }
    } catch (InterruptedException _) {
      // closed
    }
  }

  /// The one place where nothing that is thrown ends the watch.
  private static void look(Runnable look) {
    try {
      look.run();
    } catch (Throwable e) {
      LOG.error("A look at who may call has failed by a fault of Stoker's; it goes on", e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
