package io.stoker.bench;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Timers on Netty's hashed wheel, which is long enough for the delays in use.
final class NettyTimerSet implements TimerSet {

  private static final int SLOTS = 1 << 14;

  private final HashedWheelTimer timer;
  private Task[] tasks = {};

  NettyTimerSet(Duration tick) {
    timer = new HashedWheelTimer(tick.toMillis(), TimeUnit.MILLISECONDS, SLOTS);
  }

  /// A record that is the timer task, and keeps its timeout so that it can be reset.
  private static final class Task implements TimerTask {

    private final int number;
    private @Nullable Timeout timeout;

    private Task(int number) {
      this.number = number;
    }

    @Override
    public void run(Timeout rung) {
      throw new IllegalStateException("timer " + number + " must not fire");
    }
  }

  @Override
  public void prepare(int records) {
    tasks = new Task[records];
    for (int i = 0; i < records; i++) {
      tasks[i] = new Task(i);
    }
  }

  @Override
  public void set(int record, Duration after) {
    var task = tasks[record];
    if (task.timeout != null) {
      task.timeout.cancel();
    }
    task.timeout = timer.newTimeout(task, after.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public long size() {
    return timer.pendingTimeouts();
  }

  @Override
  public void close() {
    timer.stop();
  }
}
