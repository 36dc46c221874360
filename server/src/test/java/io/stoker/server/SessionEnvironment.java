package io.stoker.server;

import io.stoker.Time;
import io.stoker.sessions.RedisSessions;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import redis.clients.jedis.RedisClient;

/// A database with sessions, a Redis, and the environment variables that lead to both.
public final class SessionEnvironment {

  /// What makes the sessions; session `i` belongs to the client with raw token `SEED.rawToken(i)`.
  public static final SessionSeed SEED = SessionSeed.of(42).users(50);

  private final String database = RealPostgres.shared().newDatabase();
  private final RealRedis redis;

  private SessionEnvironment(RealRedis redis, int sessions) {
    this.redis = redis;
    SessionSchema.create(dataSource());
    if (sessions > 0) {
      SEED.sessions(sessions).into(dataSource());
    }
  }

  /// A new database with so many eligible sessions, and the shared Redis, emptied.
  public static SessionEnvironment with(int sessions) {
    RealRedis.shared().flush();
    return new SessionEnvironment(RealRedis.shared(), sessions);
  }

  /// The same with a Redis of your own.
  public static SessionEnvironment with(int sessions, RealRedis redis) {
    return new SessionEnvironment(redis, sessions);
  }

  public DataSource dataSource() {
    return RealPostgres.shared().dataSource(database);
  }

  public RealRedis redis() {
    return redis;
  }

  public String databaseUrl() {
    return RealPostgres.shared().url(database);
  }

  /// The database behind another port, such as a proxy's.
  public String databaseUrl(int port) {
    return databaseUrl().replace(":" + RealPostgres.shared().port() + "/", ":" + port + "/");
  }

  /// The variables, and further ones as name and value in turn; an empty value unsets.
  public Map<String, String> variables(String... more) {
    var variables = new HashMap<String, String>();
    variables.put("DATABASE_URL", databaseUrl());
    variables.put("REDIS_URL", redis.url());
    for (int i = 0; i < more.length; i += 2) {
      variables.put(more[i], more[i + 1]);
    }
    return variables;
  }

  /// What an application would use, or another node.
  public RedisSessions redisSessions(RedisClient client) {
    return new RedisSessions(client, Time.system());
  }

  /// A client of the Redis, to be closed.
  public RedisClient redisClient() {
    return RedisClient.builder().hostAndPort("127.0.0.1", redis.port()).build();
  }
}
