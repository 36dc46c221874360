package io.stoker.server.overview;

import io.stoker.server.overview.OverviewWire.Point;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The last hour as points, one each ten seconds; the oldest makes room for the newest. Confined to
/// whoever locks it.
final class OverviewHistory {

  /// What lies between two points.
  static final Duration EVERY = Duration.ofSeconds(10);

  /// How many there are at most.
  static final int MOST = 360;

  private final Deque<Point> points = new ArrayDeque<>();
  private @Nullable Duration latest;
  private long count;

  /// Whether it is time for a point.
  ///
  /// @param ticks the time that only goes forward
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

  /// How many points were ever added.
  long count() {
    return count;
  }

  /// All points that are kept, the oldest first.
  List<Point> points() {
    return List.copyOf(points);
  }

  /// Those that came after the first `seen` ever.
  List<Point> after(long seen) {
    return points.stream().skip(Math.max(0, points.size() - (count - seen))).toList();
  }
}
