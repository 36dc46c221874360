package io.stoker.answers;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A signal to the worker of this process. Thread-safe.
final class InProcessWakeSignal implements WakeSignal {

  private final Semaphore signals = new Semaphore(0);

  @Override
  public void wake() {
    signals.release();
  }

  @Override
  public void await(Duration timeout) throws InterruptedException {
    if (signals.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      signals.drainPermits();
    }
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
