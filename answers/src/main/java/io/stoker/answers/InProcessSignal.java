package io.stoker.answers;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A signal for the worker of this process.
final class InProcessSignal implements AnswerSignal {

  private final Semaphore signals = new Semaphore(0);

  @Override
  public void wake() {
    signals.release();
  }

  @Override
  public void await(Duration patience) throws InterruptedException {
    if (signals.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      signals.drainPermits();
    }
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
