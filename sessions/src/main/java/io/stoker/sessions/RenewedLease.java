package io.stoker.sessions;

import io.stoker.BackgroundLoop;
import io.stoker.StokerException;
import io.stoker.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final AtomicBoolean gone = new AtomicBoolean();

  private RenewedLease(WarmLock.Lease lease, Duration length, Time time, Runnable onLost) {
    this.lease = lease;
    this.length = length;
    this.time = time;
    this.onLost = onLost;
    this.renewer = BackgroundLoop.platform("stoker-warm-lease", this::renew);
  }

  /// @param onLost called if the lease expired and another node took it
  static RenewedLease start(WarmLock.Lease lease, Duration length, Time time, Runnable onLost) {
    var renewed = new RenewedLease(lease, length, time, onLost);
    renewed.renewer.start();
    return renewed;
  }

  /// Whether the lease was found gone and was taken anew, since this was asked last: the cache may
  /// have been emptied.
  boolean wasGone() {
    return gone.getAndSet(false);
  }

  /// Ends the renewing first, or a renewal could take the lease anew after its release.
  @Override
  public void close() {
    renewer.close();
    boolean interrupted = Thread.interrupted(); // an interrupt closes a virtual thread's sockets
    try {
      var _ = renewer.join(length);
      lease.release();
    } catch (InterruptedException _) {
      interrupted = true; // the lease runs out
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
    if (!renewer.hasEnded()) {
      renewNow();
    }
  }

  /// Extends the lease, or takes it anew.
  void renewNow() {
    try {
      switch (lease.renew(length)) {
        case EXTENDED -> {}
        case TAKEN_ANEW -> gone.set(true);
        case LOST -> {
          renewer.end();
          onLost.run();
        }
      }
    } catch (StokerException e) {
      LOG.warn("The warming lease was not renewed, next try in {}: {}", every(), e.getMessage());
    }
  }

  private Duration every() {
    return length.dividedBy(3);
  }
}
