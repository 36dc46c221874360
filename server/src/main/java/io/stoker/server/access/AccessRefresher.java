package io.stoker.server.access;

import io.stoker.BackgroundLoop;
import io.stoker.BackgroundTask;
import io.stoker.Time;
import java.time.Duration;
import java.util.List;

/// A background thread that reloads tokens and revoked cookies once a second, so that a revocation
/// made elsewhere also ends connections that send no requests. Thread-safe.
public final class AccessRefresher implements AutoCloseable {

  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final List<Runnable> refreshes;
  private final Time time;
  private final BackgroundLoop loop;

  /// Starts the thread.
  public AccessRefresher(List<Runnable> refreshes, Time time) {
    this.refreshes = List.copyOf(refreshes);
    this.time = time;
    this.loop = BackgroundLoop.platform("stoker-access", this::refreshAll);
    loop.start();
  }

  /// A refresh that fails does not prevent the others.
  private void refreshAll() throws InterruptedException {
    time.pause(INTERVAL);
    refreshes.forEach(refresh -> BackgroundTask.attempt("Refreshing tokens and cookies", refresh));
  }

  @Override
  public void close() {
    loop.close();
  }
}
