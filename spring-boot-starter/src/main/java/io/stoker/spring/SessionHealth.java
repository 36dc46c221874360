package io.stoker.spring;

import io.stoker.StokerException;
import io.stoker.sessions.SessionFollower;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionSettings;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.WarmLock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/// A health indicator with the state of sessions as details. Always up: a cold cache or a Redis
/// outage only makes the application slower, and restarting it would not help. Thread-safe.
final class SessionHealth implements HealthIndicator {

  private final SessionSettings settings;
  private final SessionSource source;
  private final WarmLock lock;
  private final SessionWarming warming;
  private final @Nullable SessionFollower follower;

  SessionHealth(
      SessionSettings settings,
      SessionSource source,
      WarmLock lock,
      SessionWarming warming,
      @Nullable SessionFollower follower) {
    this.settings = settings;
    this.source = source;
    this.lock = lock;
    this.warming = warming;
    this.follower = follower;
  }

  @Override
  public Health health() {
    var health = Health.up();
    health.withDetail("postgres", status(() -> settings.probe(source)));
    health.withDetail("redis", status(lock::mark));
    if (follower != null) {
      var status = follower.status();
      var code = status.state().isWell() ? Status.UP : Status.DOWN;
      health.withDetail("follow", Map.of("status", code.getCode(), "state", status.text()));
    }
    warming.lastRun().ifPresent(run -> addTo(health, run.report()));
    return health.build();
  }

  private static String status(Runnable call) {
    try {
      call.run();
      return "answers";
    } catch (StokerException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void addTo(Health.Builder health, SessionReport report) {
    health.withDetail("state", report.state().label());
    report.verifiedShare().ifPresent(share -> health.withDetail("verified_share", share));
    if (!report.message().isEmpty()) {
      health.withDetail("message", report.message());
    }
  }
}
