package io.stoker.sessions;

import io.stoker.Time;
import io.stoker.testing.RealRedis;
import io.stoker.testing.TcpProxy;
import java.time.Duration;
import javax.sql.DataSource;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;

/// A database and a Redis with a warmer and readers between them, wired as an application does it.
///
/// Closing it checks what must hold after every day, however bad: no key in Redis lacks a TTL.
final class SessionFixture implements AutoCloseable {

  private static final Duration REDIS_TIMEOUT = Duration.ofMillis(500);

  private final RealRedis redis;
  private final Time time;
  private final RedisClient client;
  private final RedisSessions sessions;
  private final SessionSource source;
  private final SessionWarmer warmer;

  private SessionFixture(Builder builder) {
    this.redis = builder.redis;
    this.time = builder.time;
    this.client = builder.client();
    this.sessions = new RedisSessions(client, time);
    this.source = SessionSource.jdbc(builder.database, builder.mapping, time);
    this.warmer = new SessionWarmer(source, sessions.store(), sessions.lock(), time);
  }

  /// Between a database and the shared Redis, which is emptied, by the standard mapping.
  static Builder of(DataSource database) {
    return new Builder(database);
  }

  SessionSource source() {
    return source;
  }

  SessionStore store() {
    return sessions.store();
  }

  WarmLock lock() {
    return sessions.lock();
  }

  SessionStats stats() {
    return sessions.stats();
  }

  SessionWarmer warmer() {
    return warmer;
  }

  SessionReport warm() {
    return warmer.warm(SessionPlan.standard());
  }

  SessionReport warm(SessionPlan plan) {
    return warmer.warm(plan);
  }

  SessionReport warm(SessionPlan plan, SessionEvents events) {
    return warmer.warm(plan, events);
  }

  /// A reader without a memory of its own, so that each look-up goes to Redis.
  SessionCache reader() {
    return reader(Duration.ZERO);
  }

  SessionCache reader(Duration processLife) {
    var settings = new SessionCache.Settings(processLife, 100_000, Duration.ofMinutes(5), 0.2);
    return new SessionCache(store(), source, null, settings, time);
  }

  /// How many sessions are really in Redis.
  long sessionsInRedis() {
    return RedisInspector.sessions(redis);
  }

  boolean isLocked() {
    return RedisInspector.isLocked(redis);
  }

  @Override
  public void close() {
    client.close();
    if (redis.isAlive()) {
      RedisInspector.assertEveryKeyHasATimeToLive(redis);
    }
  }

  /// What differs from the usual. Confined to one thread.
  static final class Builder {

    private final DataSource database;
    private RealRedis redis = RealRedis.shared();
    private int port = redis.port();
    private String password = "";
    private SessionMapping mapping = SessionMapping.standard();
    private Time time = Time.system();

    private Builder(DataSource database) {
      this.database = database;
    }

    /// A Redis of the test's own, which is left as it is.
    Builder redis(RealRedis redis) {
      this.redis = redis;
      this.port = redis.port();
      return this;
    }

    /// A proxy in front of the Redis.
    Builder redisThrough(TcpProxy proxy) {
      this.port = proxy.port();
      return this;
    }

    /// What to log in to Redis with.
    Builder password(String password) {
      this.password = password;
      return this;
    }

    Builder mapping(SessionMapping mapping) {
      this.mapping = mapping;
      return this;
    }

    Builder time(Time time) {
      this.time = time;
      return this;
    }

    SessionFixture open() {
      if (redis == RealRedis.shared()) {
        redis.flush();
      }
      return openBeside();
    }

    /// Opens another process' world; the shared Redis stays as it is.
    SessionFixture openBeside() {
      return new SessionFixture(this);
    }

    private RedisClient client() {
      var config = DefaultJedisClientConfig.builder().timeoutMillis((int) REDIS_TIMEOUT.toMillis());
      if (!password.isEmpty()) {
        config.password(password);
      }
      return RedisClient.builder()
          .hostAndPort("127.0.0.1", port)
          .clientConfig(config.build())
          .build();
    }
  }
}
