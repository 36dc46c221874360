package io.stoker.bench;

import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionMapping;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.sql.SQLException;
import java.util.List;

/// A Postgres full of eligible sessions and a Redis, both on this machine.
final class BenchServers implements AutoCloseable {

  static final String POSTGRES_SETTINGS = "shared_buffers=512MB, effective_cache_size=2GB";

  /// The key prefix of all contenders, so that all write the same number of bytes.
  static final String NAMESPACE = RedisSessions.NAMESPACE;

  /// Stoker's keys beside the sessions.
  private static final String[] BOOKKEEPING = {
    NAMESPACE + "fence", NAMESPACE + "lock", NAMESPACE + "warm"
  };

  /// Some seeded sessions expire after ten minutes.
  private static final String NONE_EXPIRES_MEANWHILE =
      """
      UPDATE platform.user_sessions SET expires_at = now() + interval '1 day'
        WHERE expires_at < now() + interval '1 day'
      """;

  private final RealPostgres postgres;
  private final RealRedis redis;
  private final int rows;

  private BenchServers(RealPostgres postgres, RealRedis redis, int rows) {
    this.postgres = postgres;
    this.redis = redis;
    this.rows = rows;
  }

  /// Starts the servers and seeds `rows` sessions.
  static BenchServers start(int rows) {
    var postgres =
        RealPostgres.builder()
            .setting("shared_buffers", "512MB")
            .setting("effective_cache_size", "2GB")
            .start();
    var servers = new BenchServers(postgres, RealRedis.start(), rows);
    SessionSchema.create(postgres.dataSource());
    SessionSeed.of(1).users(users(rows)).sessions(rows).into(postgres.dataSource());
    servers.execute(NONE_EXPIRES_MEANWHILE);
    // Hint bits, statistics and dirty pages are settled now rather than by the first contender.
    servers.execute("VACUUM ANALYZE");
    servers.execute("CHECKPOINT");
    return servers;
  }

  /// The number of users of `rows` sessions.
  static int users(int rows) {
    return rows / 4;
  }

  RealPostgres postgres() {
    return postgres;
  }

  RealRedis redis() {
    return redis;
  }

  /// The addresses of both: JDBC URL, user, password, Redis URL.
  List<String> addresses() {
    return List.of(
        postgres.jdbcUrl(RealPostgres.POSTGRES),
        RealPostgres.POSTGRES,
        RealPostgres.POSTGRES,
        redis.url());
  }

  /// The SELECT of all contenders.
  static String eligible() {
    return "SELECT * FROM ("
        + SessionMapping.standard().sql()
        + "\n) AS session WHERE expires_at > now()"
        + " AND last_activity_at >= now() - interval '24 hours'";
  }

  /// Checks that a pass has written exactly all sessions.
  ///
  /// @param others the number of keys that existed before
  void requireAllWarm(String contender, int others) {
    try (var jedis = redis.jedis()) {
      long warm = jedis.dbSize() - jedis.exists(BOOKKEEPING) - others;
      if (warm != rows) {
        throw new IllegalStateException(
            "expected " + rows + " sessions of " + contender + " in Redis, got " + warm);
      }
    }
  }

  String postgresVersion() {
    try (var connection = postgres.dataSource().getConnection()) {
      return connection.getMetaData().getDatabaseProductVersion();
    } catch (SQLException e) {
      throw new IllegalStateException("the version of Postgres cannot be read", e);
    }
  }

  String redisVersion() {
    try (var jedis = redis.jedis()) {
      var info = jedis.info("server");
      return line(info, "redis_version") + " (" + line(info, "arch_bits") + " bit)";
    }
  }

  private static String line(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("?");
  }

  private void execute(String sql) {
    try (var connection = postgres.dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("Postgres refused: " + sql, e);
    }
  }

  @Override
  public void close() {
    redis.close();
    postgres.close();
  }
}
