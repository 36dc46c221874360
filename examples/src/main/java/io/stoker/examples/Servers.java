package io.stoker.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import java.net.URI;
import javax.sql.DataSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.util.JedisURIHelper;

/// Postgres and Redis for an example, with a client for each. Thread-safe.
public final class Servers implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 1000;

  private final String databaseUrl;
  private final String redisUrl;
  private final boolean fresh;
  private final Runnable end;
  private final HikariDataSource dataSource;
  private final RedisClient redis;

  private Servers(String databaseUrl, String redisUrl, boolean fresh, Runnable end) {
    this.databaseUrl = databaseUrl;
    this.redisUrl = redisUrl;
    this.fresh = fresh;
    this.end = end;
    this.dataSource = pool(databaseUrl);
    this.redis = client(redisUrl);
  }

  /// Connects to the servers in `DATABASE_URL` and `REDIS_URL`, or starts fresh ones if neither is
  /// set.
  public static Servers open() {
    var databaseUrl = System.getenv("DATABASE_URL");
    var redisUrl = System.getenv("REDIS_URL");
    if (databaseUrl == null && redisUrl == null) {
      return fresh();
    }
    if (databaseUrl == null || redisUrl == null) {
      throw new IllegalArgumentException(
          "expected both DATABASE_URL and REDIS_URL or neither, got one");
    }
    return at(databaseUrl, redisUrl);
  }

  /// Connects to running servers, which keep their data when this is closed.
  public static Servers at(String databaseUrl, String redisUrl) {
    return new Servers(databaseUrl, redisUrl, false, () -> {});
  }

  /// Starts empty servers, which are removed with their data when this is closed or the JVM ends.
  public static Servers fresh() {
    var postgres = RealPostgres.start();
    var redis = RealRedis.start();
    return new Servers(
        postgres.url(),
        redis.url(),
        true,
        () -> {
          redis.close();
          postgres.close();
        });
  }

  /// Whether the servers were started here, and so are empty.
  public boolean areFresh() {
    return fresh;
  }

  /// A connection pool of the database, closed with this.
  public DataSource dataSource() {
    return dataSource;
  }

  /// A Redis client, closed with this.
  public UnifiedJedis redis() {
    return redis;
  }

  /// As `postgres://user:password@host:port/database`.
  public String databaseUrl() {
    return databaseUrl;
  }

  /// As `redis://host:port`.
  public String redisUrl() {
    return redisUrl;
  }

  @Override
  public void close() {
    redis.close();
    dataSource.close();
    end.run();
  }

  /// The driver needs its own URL prefix, with user and password separate.
  private static HikariDataSource pool(String databaseUrl) {
    var config = new HikariConfig();
    if (databaseUrl.startsWith("jdbc:")) {
      config.setJdbcUrl(databaseUrl);
    } else {
      var url = URI.create(databaseUrl);
      var login = url.getUserInfo() == null ? new String[0] : url.getUserInfo().split(":", 2);
      var place = url.getRawSchemeSpecificPart().replaceFirst("^//[^/]*@", "//");
      config.setJdbcUrl("jdbc:postgresql:" + place);
      if (login.length > 0) {
        config.setUsername(login[0]);
      }
      if (login.length > 1) {
        config.setPassword(login[1]);
      }
    }
    config.setConnectionTimeout(TIMEOUT_MILLIS);
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  private static RedisClient client(String redisUrl) {
    var url = URI.create(redisUrl);
    var config =
        DefaultJedisClientConfig.builder(url)
            .connectionTimeoutMillis(TIMEOUT_MILLIS)
            .socketTimeoutMillis(TIMEOUT_MILLIS)
            .build();
    return RedisClient.builder()
        .hostAndPort(JedisURIHelper.getHostAndPort(url))
        .clientConfig(config)
        .build();
  }
}
