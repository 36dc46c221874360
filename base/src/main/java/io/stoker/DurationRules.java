package io.stoker;

import java.time.Duration;

/// Comparisons of durations, which the JDK lacks.
public final class DurationRules {

  private DurationRules() {}

  /// The shorter of two.
  public static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
