package io.stoker.prompts.simulator;

import io.stoker.prompts.CacheProfile;
import io.stoker.prompts.CacheProfile.Refresh;
import java.time.Duration;

/// The timing and the cache of the simulator.
///
/// @param latency until the first piece of an answer, and until a warm completes
/// @param pace between two pieces of an answer
/// @param cacheProfile of models without a time to live of their own
/// @param earlyEvictions the share of requests, from 0 to 1, whose entries are evicted before their
///   time to live ends
public record SimulatorSettings(
    Duration latency, Duration pace, CacheProfile cacheProfile, double earlyEvictions) {

  /// The defaults: 200 ms latency, a cache of five minutes, and a minimum of 32 tokens.
  public static final SimulatorSettings STANDARD =
      new SimulatorSettings(
          Duration.ofMillis(200),
          Duration.ofMillis(25),
          new CacheProfile(Duration.ofMinutes(5), 32, Refresh.PING, ""),
          0);

  /// Checks the values.
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

  /// The same without delays.
  public SimulatorSettings atOnce() {
    return new SimulatorSettings(Duration.ZERO, Duration.ZERO, cacheProfile, earlyEvictions);
  }

  public SimulatorSettings with(CacheProfile other) {
    return new SimulatorSettings(latency, pace, other, earlyEvictions);
  }
}
