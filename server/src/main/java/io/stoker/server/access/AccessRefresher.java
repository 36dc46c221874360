package io.stoker.server.access;

import io.stoker.BackgroundLoop;
import io.stoker.BackgroundTask;
import io.stoker.Time;
import java.time.Duration;
import java.util.List;

/// Looks once a second whether others have changed who may call, on a thread of its own, so that
/// what was revoked ends though nobody calls. Thread-safe.
public final class AccessRefresher implements AutoCloseable {

  private static final Duration EVERY = Duration.ofSeconds(1);

  private final List<Runnable> looks;
  private final Time time;
  private final BackgroundLoop loop;

  /// Begins.
  public AccessRefresher(List<Runnable> looks, Time time) {
    this.looks = List.copyOf(looks);
    this.time = time;
    this.loop = BackgroundLoop.platform("stoker-access", this::look);
    loop.start();
  }

  /// One that fails keeps no other from being looked at.
  private void look() throws InterruptedException {
    time.pause(EVERY);
    looks.forEach(look -> BackgroundTask.attempt("A look at who may call", look));
  }

  @Override
  public void close() {
    loop.close();
  }
}
