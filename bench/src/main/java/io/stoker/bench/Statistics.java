package io.stoker.bench;

import java.time.Duration;
import java.util.List;

/// Medians, quantiles and number formats.
final class Statistics {

  private Statistics() {}

  /// The middle value, or the mean of the two in the middle.
  static double median(List<Double> values) {
    var sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /// The smallest value that is not exceeded by the given share of all (nearest rank).
  static Duration quantile(List<Duration> values, double share) {
    var sorted = values.stream().sorted().toList();
    int rank = (int) Math.ceil(share * sorted.size());
    return sorted.get(Math.max(0, rank - 1));
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  static double milliseconds(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  static String printed(String format, double value) {
    return format.formatted(value);
  }

  /// The minimum and the maximum, as `3.1 to 3.4`; just the value if there is only one.
  static String spread(String format, List<Double> values) {
    var least = values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    var most = values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    return values.size() == 1
        ? printed(format, least)
        : printed(format, least) + " to " + printed(format, most);
  }
}
