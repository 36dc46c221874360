package io.stoker.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.stoker.Time;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionWarmer;
import java.io.IOException;
import redis.clients.jedis.RedisClient;

/// The child JVM in which Stoker warms.
///
/// Arguments: JDBC URL, user, password, Redis URL, and either the limit of one run that is measured
/// from a cold start, or `repeat` for many small runs in a JVM that has come to run fast.
public final class WarmChild {

  private static final int WARM_UPS = 30;
  private static final int RUNS = 100;

  private WarmChild() {}

  /// Measures, and tells the parent.
  public static void main(String[] args) throws IOException {
    var pool = new HikariConfig();
    pool.setJdbcUrl(args[0]);
    pool.setUsername(args[1]);
    pool.setPassword(args[2]);
    pool.setMaximumPoolSize(2);
    try (var dataSource = new HikariDataSource(pool);
        var client = RedisClient.create(args[3])) {
      var time = Time.system();
      var redis = new RedisSessions(client, time);
      var source = SessionSource.jdbc(dataSource, SessionMapping.standard(), time);
      var warmer = new SessionWarmer(source, redis.store(), redis.lock(), time);
      if (args[4].equals("repeat")) {
        repeat(warmer, client, time);
      } else {
        once(warmer, Long.parseLong(args[4]), time);
      }
    }
  }

  private static void once(SessionWarmer warmer, long limit, Time time) throws IOException {
    var plan = SessionPlan.standard().change().limit(limit).plan();
    Told.tell(Told.BEGUN, 1);
    long processor = Told.processorTime();
    var start = time.ticks();
    var report = warmer.warm(plan);
    Told.tell(Told.TOOK, time.ticks().minus(start));
    Told.tell(Told.CPU, Told.processorTime() - processor);
    Told.tellPeak();
    requireComplete(report);
    Told.tell(Told.BYTES, report.bytes());
  }

  private static void repeat(SessionWarmer warmer, RedisClient client, Time time) {
    for (int i = 0; i < WARM_UPS + RUNS; i++) {
      client.flushAll();
      var start = time.ticks();
      var report = warmer.warm(SessionPlan.standard());
      var took = time.ticks().minus(start);
      requireComplete(report);
      if (i >= WARM_UPS) {
        Told.tell(Told.TOOK, took);
      }
    }
  }

  private static void requireComplete(SessionReport report) {
    if (report.state() != RunState.COMPLETED || report.found() != report.sampled()) {
      throw new IllegalStateException("the run was to complete, but ended as " + report);
    }
  }
}
