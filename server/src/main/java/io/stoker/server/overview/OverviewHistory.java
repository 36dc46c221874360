package io.stoker.server.overview;

import io.stoker.server.overview.OverviewWire.Point;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A ring buffer of points for the last hour, one every ten seconds. Not thread-safe: guarded by
/// the lock of its [Overview].
final class OverviewHistory {

  /// The time between two points.
  static final Duration EVERY = Duration.ofSeconds(10);

  /// The capacity.
  static final int MOST = 360;

  private final Deque<Point> points = new ArrayDeque<>();
  private @Nullable Duration latest;
  private long count;

  /// Whether the next point is due.
  ///
  /// @param ticks the monotonic time
  boolean isDue(Duration ticks) {
    return latest == null || ticks.minus(latest).compareTo(EVERY) >= 0;
  }

  void add(Point point, Duration ticks) {
    if (points.size() == MOST) {
      points.removeFirst();
    }
    points.addLast(point);
    latest = ticks;
    count++;
  }

  /// Time since the last point; null if there is none.
  @Nullable Duration sinceLast(Duration ticks) {
    return latest == null ? null : ticks.minus(latest);
  }

  /// The number of points added so far, including those dropped.
  long count() {
    return count;
  }

  /// All points, oldest first.
  List<Point> points() {
    return List.copyOf(points);
  }

  /// The points added after the first `seen`, as far as they were not dropped.
  List<Point> after(long seen) {
    return points.stream().skip(Math.max(0, points.size() - (count - seen))).toList();
  }
}
