package io.stoker.bench;

import static io.stoker.bench.Statistics.milliseconds;
import static io.stoker.bench.Statistics.printed;
import static io.stoker.bench.Statistics.quantile;

import io.stoker.BackgroundLoop;
import io.stoker.Time;
import io.stoker.bench.page.MarkdownPage;
import io.stoker.sessions.FollowCheck;
import io.stoker.sessions.FollowSettings;
import io.stoker.sessions.FollowSetup;
import io.stoker.sessions.FollowState;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.ReplicationConnector;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionFollower;
import io.stoker.sessions.SessionKey;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionWarmer;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import redis.clients.jedis.RedisClient;

/// Measures how long a session is served after it was deleted in Postgres, while 1,000 rows a
/// second change there: one deletion in twenty, one insertion, and of the rest a new activity and
/// user agent.
///
/// The reader is another client of Redis, which holds the sessions in its own memory; it asks for
/// each deleted session every millisecond from the commit on, until it gets none. Writer, follower,
/// reader, Postgres and Redis share the machine.
final class FollowBench {

  private static final int SESSIONS = 20_000;
  private static final int USERS = 5_000;
  private static final int PER_SECOND = 1_000;
  private static final int EVERY = 20;
  private static final double TARGET = 100;
  private static final Duration MEMORY = Duration.ofMinutes(30);
  private static final Duration POLL = Duration.ofMillis(1);
  private static final Duration WARM_UP = Duration.ofSeconds(5);

  private final Time time = Time.system();
  private final RealPostgres postgres;
  private final RealRedis redis;
  private final Map<SessionKey, Duration> pending = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Duration> served = new ConcurrentLinkedQueue<>();

  private FollowBench(RealPostgres postgres, RealRedis redis) {
    this.postgres = postgres;
    this.redis = redis;
  }

  /// Measures for so many seconds, and returns the page.
  static String run(int seconds) throws InterruptedException {
    var machine = Machine.here();
    try (var postgres =
            RealPostgres.builder()
                .setting("wal_level", "logical")
                .setting("max_slot_wal_keep_size", "4GB")
                .start();
        var redis = RealRedis.start()) {
      SessionSchema.create(postgres.dataSource());
      SessionSeed.of(1).users(USERS).sessions(SESSIONS).into(postgres.dataSource());
      return new FollowBench(postgres, redis).measure(machine, seconds);
    } catch (SQLException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private String measure(Machine machine, int seconds) throws SQLException, InterruptedException {
    prepare();
    try (var followers = client();
        var readers = client();
        var reader = reader(readers);
        var follower = follower(followers)) {
      follower.start();
      while (follower.status().state() != FollowState.FOLLOWING || !isWarm(reader)) {
        time.pause(Duration.ofMillis(50));
      }
      var probe = BackgroundLoop.platform("bench-reader", () -> ask(reader));
      probe.start();
      write(WARM_UP, "a");
      while (!pending.isEmpty()) {
        time.pause(POLL);
      }
      served.clear();
      var took = write(Duration.ofSeconds(seconds), "b");
      while (!pending.isEmpty()) {
        time.pause(POLL);
      }
      probe.close();
      return page(machine, seconds, took, new ArrayList<>(served), follower);
    }
  }

  private void prepare() throws SQLException {
    try (var connection = postgres.dataSource().getConnection();
        var statement = connection.createStatement()) {
      var database = database();
      for (var check :
          new FollowSetup(connection, database.tables(), FollowSettings.standard()).checks()) {
        if (!check.holds()) {
          statement.execute(requireSql(check));
        }
      }
    }
  }

  private static String requireSql(FollowCheck check) {
    return check.sql();
  }

  private SessionFollower.Database database() {
    return new SessionFollower.Database(
        postgres.dataSource(),
        ReplicationConnector.jdbc(
            postgres.jdbcUrl(RealPostgres.POSTGRES), RealPostgres.POSTGRES, RealPostgres.POSTGRES),
        SessionMapping.standard());
  }

  private RedisClient client() {
    return RedisClient.builder().hostAndPort("127.0.0.1", redis.port()).build();
  }

  private SessionFollower follower(RedisClient client) {
    var sessions = new RedisSessions(client, time);
    var warmer = new SessionWarmer(source(), sessions.store(), sessions.lock(), time);
    var plan = SessionPlan.standard().change().limit(SESSIONS).plan();
    return new SessionFollower(
        database(), sessions, warmer::warm, FollowSettings.standard(), plan, time);
  }

  private SessionCache reader(RedisClient client) {
    var settings = new SessionCache.Settings(MEMORY, 10L * SESSIONS, Duration.ofMinutes(5), 0);
    return new SessionCache(
        new RedisSessions(client, time).store(), source(), null, settings, time);
  }

  private SessionSource source() {
    return SessionSource.jdbc(postgres.dataSource(), SessionMapping.standard(), time);
  }

  private boolean isWarm(SessionCache reader) throws SQLException {
    reader.find(SessionKey.ofTokenHash(tokens().getFirst()));
    try (var jedis = redis.jedis()) {
      return jedis.exists(RedisSessions.NAMESPACE + "warm");
    }
  }

  private List<String> tokens() throws SQLException {
    var tokens = new ArrayList<String>();
    try (var connection = postgres.dataSource().getConnection();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT token FROM platform.user_sessions WHERE expires_at > now() + interval '1 h'"
                    + " ORDER BY token")) {
      while (rows.next()) {
        tokens.add(rows.getString(1));
      }
    }
    return tokens;
  }

  /// Changes rows at the rate, each in a transaction of its own.
  ///
  /// @return how long that took
  private Duration write(Duration length, String mark) throws SQLException, InterruptedException {
    var tokens = tokens();
    try (var connection = postgres.dataSource().getConnection();
        var update =
            connection.prepareStatement(
                "UPDATE platform.user_sessions SET last_activity_at = now(), user_agent = ?"
                    + " WHERE token = ?");
        var insert =
            connection.prepareStatement(
                "INSERT INTO platform.user_sessions (id, user_id, token, expires_at,"
                    + " last_activity_at) SELECT gen_random_uuid(), user_id,"
                    + " encode(sha256(?::bytea), 'hex'), now() + interval '1 day', now()"
                    + " FROM platform.user_sessions WHERE token = ?")) {
      var start = time.ticks();
      long changes = length.toSeconds() * PER_SECOND;
      for (int i = 0; i < changes; i++) {
        time.pauseUntil(start.plus(Duration.ofSeconds(1).multipliedBy(i).dividedBy(PER_SECOND)));
        int place = i % EVERY;
        var token = tokens.get((i * 7 + 3) % (tokens.size() / 2));
        if (place == 0) {
          delete(connection, tokens.get(tokens.size() - 1 - i / EVERY));
        } else if (place == 1) {
          insert.setString(1, mark + i);
          insert.setString(2, token);
          insert.executeUpdate();
        } else {
          update.setString(1, "agent " + i);
          update.setString(2, token);
          update.executeUpdate();
        }
      }
      return time.ticks().minus(start);
    }
  }

  private void delete(Connection connection, String token) throws SQLException {
    try (var statement =
        connection.prepareStatement("DELETE FROM platform.user_sessions WHERE token = ?")) {
      statement.setString(1, token);
      statement.executeUpdate();
    }
    pending.put(SessionKey.ofTokenHash(token), time.ticks());
  }

  private void ask(SessionCache reader) throws InterruptedException {
    for (var deleted : List.copyOf(pending.entrySet())) {
      if (reader.find(deleted.getKey()).isEmpty()) {
        served.add(time.ticks().minus(deleted.getValue()));
        pending.remove(deleted.getKey());
      }
    }
    time.pause(POLL);
  }

  private static String page(
      Machine machine,
      int seconds,
      Duration took,
      List<Duration> served,
      SessionFollower follower) {
    var page = new MarkdownPage();
    page.line("## Sessions: following Postgres, " + seconds + " seconds");
    page.line("");
    page.line("| | |");
    page.line("|---|---|");
    machine.lines("./stoker bench follow --seconds " + seconds).forEach(page::line);
    page.line(
        "| data | %,d sessions of %,d users; one row in a transaction |"
            .formatted(SESSIONS, USERS));
    page.line("");
    page.line("| measured | how | value | target | |");
    page.line("|---|---|---:|---:|---|");
    double rate = seconds * PER_SECOND / Statistics.seconds(took);
    page.row(
        "changes a second",
        "1 of %d a deletion, 1 an insertion, the rest updates".formatted(EVERY),
        printed("%,.0f", rate),
        ">= 990",
        rate >= 990);
    double worst = milliseconds(quantile(served, 0.99));
    page.row(
        "commit to no reader is served, p99",
        "%,d deletions; p50 %.1f ms, max %.1f ms"
            .formatted(
                served.size(),
                milliseconds(quantile(served, 0.5)),
                milliseconds(quantile(served, 1))),
        printed("%.1f ms", worst),
        "<= 100 ms",
        worst <= TARGET);
    page.line("");
    page.line("Changes carried out: " + follower.status().counts());
    return page.toString();
  }
}
