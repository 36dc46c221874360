package io.stoker.prompts;

import io.stoker.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Lets warms through: so many at a time, and so many in a minute for each provider. When they have
/// to wait, those worth most go first. A step costs the logarithm of how many wait, and one look at
/// each provider. Thread-safe.
final class WarmGate {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final Comparator<Waiter> HIGHEST_VALUE_FIRST =
      Comparator.comparingDouble((Waiter waiting) -> waiting.worth)
          .reversed()
          .thenComparingLong(waiting -> waiting.arrival);

  private final int atATime;
  private final int perMinute;
  private final Time time;
  private final Map<String, ProviderQueue> lanes = new HashMap<>();
  private int inside;
  private long arrivals;

  /// @param perMinute 0 for any number
  WarmGate(int atATime, int perMinute, Time time) {
    this.atATime = atATime;
    this.perMinute = perMinute;
    this.time = time;
  }

  private static final class Waiter {
    final double worth;
    final long arrival;
    final CountDownLatch open = new CountDownLatch(1);

    Waiter(double worth, long arrival) {
      this.worth = worth;
      this.arrival = arrival;
    }
  }

  /// The warms of one provider.
  private static final class ProviderQueue {
    final TreeSet<Waiter> waiting = new TreeSet<>(HIGHEST_VALUE_FIRST);

    /// When those of the last minute went through.
    final ArrayDeque<Duration> passed = new ArrayDeque<>();
  }

  /// Waits until it is let through; whoever is has to [leave][#leave()].
  void enter(String provider, double worth) throws InterruptedException {
    ProviderQueue lane;
    Waiter waiting;
    synchronized (this) {
      lane = lanes.computeIfAbsent(provider, _ -> new ProviderQueue());
      waiting = new Waiter(worth, arrivals++);
      lane.waiting.add(waiting);
      open();
    }
    try {
      waiting.open.await();
    } catch (InterruptedException e) {
      giveUp(lane, waiting);
      throw e;
    }
  }

  private synchronized void giveUp(ProviderQueue lane, Waiter waiting) {
    if (!lane.waiting.remove(waiting)) {
      leave();
    }
  }

  synchronized void leave() {
    inside--;
    open();
  }

  /// Lets those through who only had to wait for the minute to end.
  synchronized void open() {
    var now = time.ticks();
    var next = inside < atATime ? next(now) : null;
    while (next != null) {
      inside++;
      if (perMinute > 0) {
        next.passed.add(now);
      }
      next.waiting.removeFirst().open.countDown();
      next = inside < atATime ? next(now) : null;
    }
  }

  /// The lane of those that may pass whose first is worth most; null if nobody may.
  private @Nullable ProviderQueue next(Duration now) {
    return lanes.values().stream()
        .filter(lane -> !lane.waiting.isEmpty() && mayPass(lane, now))
        .min(Comparator.comparing(lane -> lane.waiting.first(), HIGHEST_VALUE_FIRST))
        .orElse(null);
  }

  private boolean mayPass(ProviderQueue lane, Duration now) {
    while (!lane.passed.isEmpty() && now.minus(lane.passed.peek()).compareTo(MINUTE) >= 0) {
      lane.passed.remove();
    }
    return perMinute == 0 || lane.passed.size() < perMinute;
  }

  /// How many are waiting.
  synchronized int waiting() {
    return lanes.values().stream().mapToInt(lane -> lane.waiting.size()).sum();
  }
}
