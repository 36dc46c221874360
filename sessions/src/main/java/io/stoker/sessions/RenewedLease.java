package io.stoker.sessions;

import io.stoker.BackgroundLoop;
import io.stoker.StokerException;
import io.stoker.Time;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Renews a lease until closed, on its own thread, since a run may wait for its source longer than
/// the lease lasts.
final class RenewedLease implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RenewedLease.class);

  private final WarmLock.Lease lease;
  private final Duration length;
  private final Time time;
  private final Runnable onLost;
  private final BackgroundLoop renewer;

  private RenewedLease(WarmLock.Lease lease, Duration length, Time time, Runnable onLost) {
    this.lease = lease;
    this.length = length;
    this.time = time;
    this.onLost = onLost;
    this.renewer = BackgroundLoop.platform("stoker-warm-lease", this::renew);
  }

  /// @param onLost called once if the lease expired and another node took it
  static RenewedLease start(WarmLock.Lease lease, Duration length, Time time, Runnable onLost) {
    var renewed = new RenewedLease(lease, length, time, onLost);
    renewed.renewer.start();
    return renewed;
  }

  @Override
  public void close() {
    renewer.close();
    boolean interrupted = Thread.interrupted(); // an interrupt closes a virtual thread's sockets
    try {
      lease.release();
    } catch (StokerException e) {
      LOG.warn(
          "Could not release the warming lease, which expires in {}: {}", length, e.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void renew() throws InterruptedException {
    time.pause(every());
    if (!renewer.hasEnded() && !renewed()) {
      renewer.end();
      onLost.run();
    }
  }

  private Duration every() {
    return length.dividedBy(3);
  }

  private boolean renewed() {
    try {
      return lease.renew(length);
    } catch (StokerException e) {
      LOG.warn("Could not renew the warming lease; next try in {}: {}", every(), e.getMessage());
      return true;
    }
  }
}
