package io.stoker.prompts;

import io.stoker.BackgroundLoop;
import io.stoker.BackgroundTask;
import io.stoker.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A timing wheel for millions of timers.
///
/// Hashed and unsorted (G. Varghese and T. Lauck, "Hashed and Hierarchical Timing Wheels", SOSP
/// 1987, scheme 6): setting and unsetting take constant time. The wheel is longer than the usual
/// intervals, so a timer is rarely visited before it is due. A timer is the superclass of what it
/// wakes, not an object of its own. No timer fires early; it fires at most a tick late, unless the
/// machine is busy. Thread-safe.
final class WarmTimers implements AutoCloseable {

  private static final int SLOTS = 1 << 16;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition begun = lock.newCondition();
  private final @Nullable Timer[] slots = new Timer[SLOTS];
  private final long tickNanos;
  private final Time time;
  private final Callback callback;
  private final BackgroundLoop loop;
  private long next;
  private int set;

  /// The superclass of objects with a timer.
  abstract static class Timer {
    private @Nullable Timer before;
    private @Nullable Timer behind;
    private long tick = -1;
    private long number;
  }

  /// Receives timers that fire.
  interface Callback {

    /// Must not block.
    void fired(Timer timer, long number);
  }

  /// @param tick the resolution
  WarmTimers(Duration tick, Time time, Callback callback) {
    this.tickNanos = tick.toNanos();
    this.time = time;
    this.callback = callback;
    this.loop = BackgroundLoop.platform("stoker-timers", this::run);
  }

  void start() {
    loop.start();
  }

  /// Sets or resets a timer.
  ///
  /// @param number passed to the callback
  /// @param after from now; the next tick if not positive
  void set(Timer timer, long number, Duration after) {
    lock.lock();
    try {
      if (timer.tick >= 0) {
        unlink(timer);
      }
      long now = time.ticks().toNanos();
      if (set == 0) {
        next = Math.max(next, now / tickNanos);
        begun.signal();
      }
      long due = Math.ceilDiv(now + Math.max(0, after.toNanos()), tickNanos);
      timer.number = number;
      timer.tick = Math.max(due, next);
      link(timer);
    } finally {
      lock.unlock();
    }
  }

  /// Unsets a timer, if it is set.
  void unset(Timer timer) {
    lock.lock();
    try {
      if (timer.tick >= 0) {
        unlink(timer);
      }
    } finally {
      lock.unlock();
    }
  }

  /// The number of timers that are set.
  int size() {
    lock.lock();
    try {
      return set;
    } finally {
      lock.unlock();
    }
  }

  private void link(Timer timer) {
    int slot = slot(timer.tick);
    var first = slots[slot];
    timer.behind = first;
    if (first != null) {
      first.before = timer;
    }
    slots[slot] = timer;
    set++;
  }

  private void unlink(Timer timer) {
    if (timer.before == null) {
      slots[slot(timer.tick)] = timer.behind;
    } else {
      timer.before.behind = timer.behind;
    }
    if (timer.behind != null) {
      timer.behind.before = timer.before;
    }
    timer.before = null;
    timer.behind = null;
    timer.tick = -1;
    set--;
  }

  private static int slot(long tick) {
    return (int) (tick & (SLOTS - 1));
  }

  private record FiredTimer(Timer timer, long number) {}

  private void run() throws InterruptedException {
    for (var one : collected()) {
      var _ = BackgroundTask.attempt("A timer", () -> callback.fired(one.timer, one.number));
    }
    time.pauseUntil(next());
  }

  /// Removes the timers that are due. Waits while none is set.
  private List<FiredTimer> collected() throws InterruptedException {
    var rung = new ArrayList<FiredTimer>();
    lock.lockInterruptibly();
    try {
      while (set == 0) {
        begun.await();
      }
      for (long now = time.ticks().toNanos() / tickNanos; next <= now && set > 0; next++) {
        for (var timer = slots[slot(next)]; timer != null; ) {
          var behind = timer.behind;
          if (timer.tick <= next) {
            unlink(timer);
            rung.add(new FiredTimer(timer, timer.number));
          }
          timer = behind;
        }
      }
      return rung;
    } finally {
      lock.unlock();
    }
  }

  private Duration next() {
    lock.lock();
    try {
      return Duration.ofNanos(next * tickNanos);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
