package io.stoker.sessions;

import io.stoker.Loop;
import io.stoker.StokerException;
import io.stoker.Time;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Renews a turn until it is closed, on a thread of its own, since a run may wait for its source
/// longer than a lease.
final class HeldTurn implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HeldTurn.class);

  private final WarmLock.Turn turn;
  private final Duration lease;
  private final Time time;
  private final Runnable onLost;
  private final Loop renewer;

  private HeldTurn(WarmLock.Turn turn, Duration lease, Time time, Runnable onLost) {
    this.turn = turn;
    this.lease = lease;
    this.time = time;
    this.onLost = onLost;
    this.renewer = Loop.platform("stoker-warm-turn", this::renew);
  }

  /// @param onLost called once if another node took the turn meanwhile
  static HeldTurn keep(WarmLock.Turn turn, Duration lease, Time time, Runnable onLost) {
    var held = new HeldTurn(turn, lease, time, onLost);
    held.renewer.start();
    return held;
  }

  @Override
  public void close() {
    renewer.close();
    boolean interrupted = Thread.interrupted(); // which would close a virtual thread's sockets
    try {
      turn.release();
    } catch (StokerException e) {
      LOG.warn("The warming lock expires by itself in {}, because: {}", lease, e.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void renew() throws InterruptedException {
    time.pause(lease.dividedBy(3));
    if (!renewer.hasEnded() && !renewed()) {
      renewer.end();
      onLost.run();
    }
  }

  private boolean renewed() {
    try {
      return turn.renew(lease);
    } catch (StokerException e) {
      LOG.warn("The warming lock was not renewed, and will be tried again: {}", e.getMessage());
      return true;
    }
  }
}
