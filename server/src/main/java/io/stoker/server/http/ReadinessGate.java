package io.stoker.server.http;

import io.stoker.Time;
import io.stoker.server.sessions.SessionServices;
import io.stoker.server.sessions.WarmRun;
import io.stoker.server.settings.MissingSettingException;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// A health indicator that is out of service until the first run has ended, or the readiness
/// deadline has passed; always up unless `stoker.sessions.readiness-gate` is set.
public final class ReadinessGate implements HealthIndicator {

  private static final int MAX_RUNS = 50;

  private final Supplier<SessionServices> sessions;
  private final Time time;
  private final Duration started;

  public ReadinessGate(Supplier<SessionServices> sessions, Time time) {
    this.sessions = sessions;
    this.time = time;
    this.started = time.ticks();
  }

  @Override
  public Health health() {
    return isOpen() ? Health.up().build() : Health.outOfService().build();
  }

  private boolean isOpen() {
    try {
      var configured = sessions.get();
      var waited = time.ticks().minus(started);
      return !configured.settings().readinessGate()
          || waited.compareTo(configured.settings().readinessDeadline()) >= 0
          || configured.runs().newest(MAX_RUNS).stream().anyMatch(WarmRun::isOver);
    } catch (MissingSettingException _) {
      return true;
    }
  }
}
