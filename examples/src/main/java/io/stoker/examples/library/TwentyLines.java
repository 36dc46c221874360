package io.stoker.examples.library;

import io.stoker.Time;
import io.stoker.examples.Servers;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.Session;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionWarmer;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.RedisClient;

/// The library in 20 lines: warms the sessions, looks one up and signs it out.
public final class TwentyLines {

  private static final Logger log = LoggerFactory.getLogger(TwentyLines.class);

  private TwentyLines() {}

  public static void main(String[] arguments) {
    try (var servers = Servers.fresh()) {
      var seed = SessionSeed.of(1);
      SessionSchema.create(servers.dataSource());
      seed.into(servers.dataSource());
      warmLookUpSignOut(servers.dataSource(), servers.redisUrl(), seed.rawToken(0));
    }
  }

  /// All that an application does with the library, as the README shows it.
  ///
  /// @param bearerToken of a request
  /// @return whose session it was
  static Optional<Session> warmLookUpSignOut(
      DataSource dataSource, String redisUrl, String bearerToken) {
    // README
    var time = Time.system();
    var redis = new RedisSessions(RedisClient.create(redisUrl), time);
    var source = SessionSource.jdbc(dataSource, SessionMapping.standard(), time);

    var warmer = new SessionWarmer(source, redis.store(), redis.lock(), time);
    SessionReport report = warmer.warm(SessionPlan.standard()); // at start-up, on any thread
    log.info("{}: {} of {} found", report.state(), report.found(), report.sampled());

    var settings = SessionCache.Settings.standard();
    var cache = new SessionCache(redis.store(), source, redis.stats(), settings, time);
    Optional<Session> session = cache.find(bearerToken); // on every request
    cache.revoke(session.orElseThrow().key()); // signed out, for good
    // README
    cache.close();
    return session;
  }
}
