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
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import redis.clients.jedis.RedisClient;

/// The child JVM that runs Stoker's session warmer.
///
/// Arguments: JDBC URL, user, password, Redis URL, and either the limit of one run from a cold
/// start, or `repeat` for many small runs in a warmed-up JVM.
public final class SessionsChild {

  private static final int WARM_UPS = 30;
  private static final int RUNS = 100;

  private SessionsChild() {}

  /// Measures, and reports to the parent.
  public static void main(String[] args) throws IOException {
    var time = Time.system();
    try (var client = RedisClient.create(args[3])) {
      if (args[4].equals("repeat")) {
        try (var pool = pool(args)) {
          repeat(warmer(pool, client, time), client, time);
        }
      } else {
        once(warmer(unpooled(args), client, time), Long.parseLong(args[4]), time);
      }
    }
  }

  private static SessionWarmer warmer(DataSource dataSource, RedisClient client, Time time) {
    var redis = new RedisSessions(client, time);
    var source = SessionSource.jdbc(dataSource, SessionMapping.standard(), time);
    return new SessionWarmer(source, redis.store(), redis.lock(), time);
  }

  /// A pool, as an application uses it.
  private static HikariDataSource pool(String[] args) {
    var pool = new HikariConfig();
    pool.setJdbcUrl(args[0]);
    pool.setUsername(args[1]);
    pool.setPassword(args[2]);
    pool.setMaximumPoolSize(2);
    return new HikariDataSource(pool);
  }

  /// Unpooled connections, as the command line uses them.
  private static DataSource unpooled(String[] args) {
    var source = new PGSimpleDataSource();
    source.setUrl(args[0]);
    source.setUser(args[1]);
    source.setPassword(args[2]);
    return source;
  }

  private static void once(SessionWarmer warmer, long limit, Time time) throws IOException {
    var plan = SessionPlan.standard().change().limit(limit).plan();
    ChildReport.print(ChildReport.BEGUN, 1);
    long processor = ChildReport.processorTime();
    var start = time.ticks();
    var report = warmer.warm(plan);
    ChildReport.print(ChildReport.TOOK, time.ticks().minus(start));
    ChildReport.print(ChildReport.CPU, ChildReport.processorTime() - processor);
    ChildReport.printPeak();
    requireComplete(report);
    ChildReport.print(ChildReport.BYTES, report.bytes());
  }

  private static void repeat(SessionWarmer warmer, RedisClient client, Time time) {
    for (int i = 0; i < WARM_UPS + RUNS; i++) {
      client.flushAll();
      var start = time.ticks();
      var report = warmer.warm(SessionPlan.standard());
      var took = time.ticks().minus(start);
      requireComplete(report);
      if (i >= WARM_UPS) {
        ChildReport.print(ChildReport.TOOK, took);
      }
    }
  }

  private static void requireComplete(SessionReport report) {
    if (report.state() != RunState.COMPLETED || report.found() != report.sampled()) {
      throw new IllegalStateException("expected a completed run, got " + report);
    }
  }
}
