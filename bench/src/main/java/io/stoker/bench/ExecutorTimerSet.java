package io.stoker.bench;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Timers on the JDK's scheduled thread pool, which removes cancelled ones.
final class ExecutorTimerSet implements TimerSet {

  private final ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1);
  private Task[] tasks = {};

  ExecutorTimerSet() {
    pool.setRemoveOnCancelPolicy(true);
  }

  /// A record that is the task, and keeps its future so that it can be reset.
  private static final class Task implements Runnable {

    private final int number;
    private @Nullable Future<?> future;

    private Task(int number) {
      this.number = number;
    }

    @Override
    public void run() {
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
    if (task.future != null) {
      task.future.cancel(false);
    }
    task.future = pool.schedule(task, after.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public long size() {
    return pool.getQueue().size();
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
