package io.stoker.examples.warmonstart;

import io.stoker.Time;
import io.stoker.examples.Servers;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionWarmer;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.UnifiedJedis;

/// Warms the sessions while the application starts, without delaying it or making it fail.
public final class WarmOnStart {

  private static final Logger LOG = LoggerFactory.getLogger(WarmOnStart.class);

  private WarmOnStart() {}

  public static void main(String[] arguments) throws InterruptedException {
    try (var servers = Servers.open()) {
      if (servers.areFresh()) {
        SessionSchema.create(servers.dataSource());
        SessionSeed.of(1).into(servers.dataSource());
      }
      var warming = warmInBackground(servers.dataSource(), servers.redis(), new RunLogger());
      LOG.info("The application is up");
      warming.join();
    }
  }

  /// The code an application needs, with its own pool and client.
  static Thread warmInBackground(DataSource dataSource, UnifiedJedis redis, SessionEvents events) {
    var time = Time.system();
    var sessions = new RedisSessions(redis, time);
    var source = SessionSource.jdbc(dataSource, SessionMapping.standard(), time);
    var warmer = new SessionWarmer(source, sessions.store(), sessions.lock(), time);
    return Thread.ofVirtual()
        .name("warm-sessions")
        .start(() -> warmer.warm(SessionPlan.standard(), events));
  }
}
