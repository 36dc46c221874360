package io.stoker.prompts.simulator;

import io.stoker.prompts.CacheTerms;
import io.stoker.prompts.CacheTerms.Refresh;
import java.time.Duration;

/// How the simulator behaves while nothing is wrong.
///
/// @param latency until the first piece of an answer, and until a warm is answered
/// @param pace between two pieces of an answer
/// @param terms of its cache
/// @param earlyEvictions the share of requests after which the cache forgets too early, at a moment
///   that differs; 0 to 1
public record SimulatorSettings(
    Duration latency, Duration pace, CacheTerms terms, double earlyEvictions) {

  /// The defaults: quick, kept for five minutes, and nothing that short to be left out.
  public static final SimulatorSettings STANDARD =
      new SimulatorSettings(
          Duration.ofMillis(200),
          Duration.ofMillis(25),
          new CacheTerms(Duration.ofMinutes(5), 32, Refresh.PING, ""),
          0);

  /// Checks that it can be done.
  public SimulatorSettings {
    if (latency.isNegative() || pace.isNegative()) {
      throw new IllegalArgumentException(
          "expected a latency and a pace of at least 0, got " + latency + " and " + pace);
    }
    if (!(earlyEvictions >= 0 && earlyEvictions <= 1)) {
      throw new IllegalArgumentException(
          "expected a share of early evictions from 0 to 1, got " + earlyEvictions);
    }
  }

  /// The same, but answering at once.
  public SimulatorSettings atOnce() {
    return new SimulatorSettings(Duration.ZERO, Duration.ZERO, terms, earlyEvictions);
  }

  /// The same with another cache.
  public SimulatorSettings with(CacheTerms other) {
    return new SimulatorSettings(latency, pace, other, earlyEvictions);
  }
}
