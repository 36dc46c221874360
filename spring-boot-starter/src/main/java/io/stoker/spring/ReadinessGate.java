package io.stoker.spring;

import io.stoker.Time;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// A health indicator that keeps the application unready until its first warm run is over, but no
/// longer than the readiness deadline. Thread-safe.
final class ReadinessGate implements HealthIndicator {

  static final String INCLUDE = "management.endpoint.health.group.readiness.include";

  /// The gate's name in health groups.
  static final String NAME = "stokerSessionsReady";

  private final SessionWarming warming;
  private final Duration deadline;
  private final Time time;
  private final Duration started;

  ReadinessGate(SessionWarming warming, Duration deadline, Time time) {
    this.warming = warming;
    this.deadline = deadline;
    this.time = time;
    this.started = time.ticks();
  }

  /// Checks that the readiness group includes the gate.
  ///
  /// @param groups null if there is no health endpoint
  /// @throws InvalidPropertyException if it does not
  static void requireUse(@Nullable HealthEndpointGroups groups) {
    var readiness = groups == null ? null : groups.get("readiness");
    if (readiness == null || !readiness.isMember(NAME)) {
      throw new InvalidPropertyException(
          SessionProperties.PREFIX + "readiness-gate",
          "expected a readiness group that includes the gate, got one without " + NAME,
          "Set " + INCLUDE + "=readinessState," + NAME + ", or leave readiness-gate out.");
    }
  }

  @Override
  public Health health() {
    boolean open =
        warming.lastRun().isPresent() || time.ticks().minus(started).compareTo(deadline) >= 0;
    return open ? Health.up().build() : Health.outOfService().build();
  }
}
