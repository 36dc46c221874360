package io.stoker.server.http;

import io.stoker.server.sessions.SessionServices;
import io.stoker.server.sessions.WarmRun;
import io.stoker.server.settings.MissingSettingException;
import io.stoker.sessions.FollowStatus;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/// The health of sessions, as details. Always up: a cold cache or an unreachable database makes
/// applications slower, but restarting Stoker would not help.
public final class SessionHealth implements HealthIndicator {

  private final Supplier<SessionServices> sessions;

  public SessionHealth(Supplier<SessionServices> sessions) {
    this.sessions = sessions;
  }

  @Override
  public Health health() {
    var health = Health.up();
    try {
      var configured = sessions.get();
      health.withDetail("postgres", configured.sourceError().orElse("answers"));
      health.withDetail("redis", configured.cacheError().orElse("answers"));
      var follower = configured.follower();
      if (follower != null) {
        health.withDetail("follow", follow(follower.status()));
      }
      configured.runs().newest(1).forEach(run -> addRun(run, health));
    } catch (MissingSettingException e) {
      health.withDetail("configuration", String.valueOf(e.getMessage()));
    }
    return health.build();
  }

  /// Down as a detail only, as restarting Stoker would not help.
  private static Map<String, String> follow(FollowStatus status) {
    return Map.of(
        "status",
        (status.state().isWell() ? Status.UP : Status.DOWN).getCode(),
        "state",
        status.text());
  }

  private static void addRun(WarmRun run, Health.Builder health) {
    health.withDetail("last_run", run.id()).withDetail("state", run.state().label());
    var report = run.report();
    if (report != null) {
      report.verifiedShare().ifPresent(share -> health.withDetail("verified_share", share));
      if (!report.message().isEmpty()) {
        health.withDetail("message", report.message());
      }
    }
  }
}
