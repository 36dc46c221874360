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

/// Limits the warms in flight, and the warms per minute for each provider; the most valuable
/// waiting warm goes first. A step costs the logarithm of the number of waiting warms, plus a look
/// at each provider. Thread-safe.
final class WarmGate {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static final Comparator<Waiter> HIGHEST_VALUE_FIRST =
      Comparator.comparingDouble((Waiter waiting) -> waiting.value)
          .reversed()
          .thenComparingLong(waiting -> waiting.order);

  private final int maxConcurrent;
  private final int maxPerMinute;
  private final Time time;
  private final Map<String, ProviderQueue> queues = new HashMap<>();
  private int running;
  private long arrivals;

  /// @param maxPerMinute 0 for no limit
  WarmGate(int maxConcurrent, int maxPerMinute, Time time) {
    this.maxConcurrent = maxConcurrent;
    this.maxPerMinute = maxPerMinute;
    this.time = time;
  }

  private static final class Waiter {
    final double value;
    final long order;
    final CountDownLatch admitted = new CountDownLatch(1);

    Waiter(double value, long order) {
      this.value = value;
      this.order = order;
    }
  }

  /// The waiting and recent warms of one provider.
  private static final class ProviderQueue {
    final TreeSet<Waiter> waiting = new TreeSet<>(HIGHEST_VALUE_FIRST);

    /// The start times within the last minute.
    final ArrayDeque<Duration> startedAt = new ArrayDeque<>();
  }

  /// Waits for admission; an admitted warm must [leave][#leave()].
  void enter(String provider, double value) throws InterruptedException {
    ProviderQueue queue;
    Waiter waiting;
    synchronized (this) {
      queue = queues.computeIfAbsent(provider, _ -> new ProviderQueue());
      waiting = new Waiter(value, arrivals++);
      queue.waiting.add(waiting);
      open();
    }
    try {
      waiting.admitted.await();
    } catch (InterruptedException e) {
      cancel(queue, waiting);
      throw e;
    }
  }

  private synchronized void cancel(ProviderQueue queue, Waiter waiting) {
    if (!queue.waiting.remove(waiting)) {
      leave();
    }
  }

  synchronized void leave() {
    running--;
    open();
  }

  /// Admits warms that only waited for the next minute.
  synchronized void open() {
    var now = time.ticks();
    var next = running < maxConcurrent ? next(now) : null;
    while (next != null) {
      running++;
      if (maxPerMinute > 0) {
        next.startedAt.add(now);
      }
      next.waiting.removeFirst().admitted.countDown();
      next = running < maxConcurrent ? next(now) : null;
    }
  }

  /// The queue with the most valuable warm that may start; null if none may.
  private @Nullable ProviderQueue next(Duration now) {
    return queues.values().stream()
        .filter(queue -> !queue.waiting.isEmpty() && mayStart(queue, now))
        .min(Comparator.comparing(queue -> queue.waiting.first(), HIGHEST_VALUE_FIRST))
        .orElse(null);
  }

  private boolean mayStart(ProviderQueue queue, Duration now) {
    while (!queue.startedAt.isEmpty() && now.minus(queue.startedAt.peek()).compareTo(MINUTE) >= 0) {
      queue.startedAt.remove();
    }
    return maxPerMinute == 0 || queue.startedAt.size() < maxPerMinute;
  }

  /// The number of waiting warms.
  synchronized int waiting() {
    return queues.values().stream().mapToInt(queue -> queue.waiting.size()).sum();
  }
}
