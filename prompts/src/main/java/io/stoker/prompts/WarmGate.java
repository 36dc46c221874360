package io.stoker.prompts;

import io.stoker.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;

/// Lets warms through: so many at a time, and so many in a minute for each provider. When they have
/// to wait, those worth most go first. Thread-safe.
final class WarmGate {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final Comparator<Waiting> MOST_WORTH =
      Comparator.comparingDouble((Waiting waiting) -> waiting.worth)
          .reversed()
          .thenComparingLong(waiting -> waiting.arrival);

  private final int atATime;
  private final int perMinute;
  private final Time time;
  private final PriorityQueue<Waiting> queue = new PriorityQueue<>(MOST_WORTH);
  private final Map<String, ArrayDeque<Duration>> passed = new HashMap<>();
  private int inside;
  private long arrivals;

  /// @param perMinute 0 for any number
  WarmGate(int atATime, int perMinute, Time time) {
    this.atATime = atATime;
    this.perMinute = perMinute;
    this.time = time;
  }

  private static final class Waiting {
    final String provider;
    final double worth;
    final long arrival;
    final CountDownLatch open = new CountDownLatch(1);

    Waiting(String provider, double worth, long arrival) {
      this.provider = provider;
      this.worth = worth;
      this.arrival = arrival;
    }
  }

  /// Waits until it is let through; whoever is has to [leave][#leave()].
  void enter(String provider, double worth) throws InterruptedException {
    Waiting waiting;
    synchronized (this) {
      waiting = new Waiting(provider, worth, arrivals++);
      queue.add(waiting);
      open();
    }
    try {
      waiting.open.await();
    } catch (InterruptedException e) {
      giveUp(waiting);
      throw e;
    }
  }

  private synchronized void giveUp(Waiting waiting) {
    if (!queue.remove(waiting)) {
      inside--;
      open();
    }
  }

  synchronized void leave() {
    inside--;
    open();
  }

  /// Lets those through whom only the minute had kept.
  synchronized void open() {
    var kept = new ArrayDeque<Waiting>();
    while (inside < atATime && !queue.isEmpty()) {
      var next = queue.remove();
      if (mayPass(next.provider)) {
        inside++;
        next.open.countDown();
      } else {
        kept.add(next);
      }
    }
    queue.addAll(kept);
  }

  private boolean mayPass(String provider) {
    if (perMinute == 0) {
      return true;
    }
    var times = passed.computeIfAbsent(provider, _ -> new ArrayDeque<>());
    var now = time.ticks();
    while (!times.isEmpty() && now.minus(times.peek()).compareTo(MINUTE) >= 0) {
      times.remove();
    }
    if (times.size() >= perMinute) {
      return false;
    }
    times.add(now);
    return true;
  }

  /// How many are waiting.
  synchronized int waiting() {
    return queue.size();
  }
}
