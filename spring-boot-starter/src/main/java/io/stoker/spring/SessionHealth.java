package io.stoker.spring;

import io.stoker.StokerException;
import io.stoker.sessions.Fence;
import io.stoker.sessions.SessionKey;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.WarmLock;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// How sessions are doing, as details. Always up: a cache that is cold or a Redis that is down
/// makes the application slower, and restarting it would not mend that. Thread-safe.
final class SessionHealth implements HealthIndicator {

  private static final Fence ANY_FENCE = new Fence(1_000_000_000_000_000L);

  private final SessionKey nobody;
  private final SessionSource source;
  private final WarmLock lock;
  private final SessionWarming warming;

  /// @param nobody a key that no session has
  SessionHealth(SessionKey nobody, SessionSource source, WarmLock lock, SessionWarming warming) {
    this.nobody = nobody;
    this.source = source;
    this.lock = lock;
    this.warming = warming;
  }

  @Override
  public Health health() {
    var health = Health.up();
    health.withDetail("postgres", answer(() -> source.find(nobody, ANY_FENCE).requireReadable()));
    health.withDetail("redis", answer(lock::mark));
    warming.lastRun().ifPresent(run -> tell(run.report(), health));
    return health.build();
  }

  private static String answer(Runnable question) {
    try {
      question.run();
      return "answers";
    } catch (StokerException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void tell(SessionReport report, Health.Builder health) {
    health.withDetail("state", report.state().label());
    report.verifiedShare().ifPresent(share -> health.withDetail("verified_share", share));
    if (!report.message().isEmpty()) {
      health.withDetail("message", report.message());
    }
  }
}
