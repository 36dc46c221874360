package io.stoker.spring;

import io.stoker.sessions.RedisAddress;
import org.springframework.beans.factory.ObjectProvider;
import redis.clients.jedis.UnifiedJedis;

/// The Redis client for sessions: the application's own, or one opened here and closed with the
/// context. Not exposed as a [UnifiedJedis] bean, since the application may rely on having none.
/// Thread-safe.
final class SessionRedisClient implements AutoCloseable {

  private final UnifiedJedis client;
  private final boolean owned;

  private SessionRedisClient(UnifiedJedis client, boolean owned) {
    this.client = client;
    this.owned = owned;
  }

  /// Chooses the Redis of `redis-url` if set, otherwise the application's client, otherwise the
  /// Redis of `spring.data.redis`.
  ///
  /// @throws InvalidPropertyException if none of the three exists
  static SessionRedisClient choose(
      SessionProperties properties,
      ObjectProvider<UnifiedJedis> clients,
      ObjectProvider<RedisAddress> addresses) {
    if (properties.redisUrl() != null) {
      if (properties.redisUrl().isBlank()) {
        throw new InvalidPropertyException(
            SessionProperties.PREFIX + "redis-url",
            "expected redis://user:password@host:6379/0, got an empty text",
            "Set the variable that it is read from, or leave stoker.sessions.redis-url out to use"
                + " the application's own Redis.");
      }
      return new SessionRedisClient(address(properties.redisUrl()).open(), true);
    }
    var client = clients.getIfAvailable();
    if (client != null) {
      return new SessionRedisClient(client, false);
    }
    var address = addresses.getIfAvailable();
    if (address != null) {
      return new SessionRedisClient(address.open(), true);
    }
    throw new InvalidPropertyException(
        SessionProperties.PREFIX + "redis-url",
        "expected a Redis for sessions, got none",
        "Set stoker.sessions.redis-url, or define a bean of type UnifiedJedis, or add"
            + " spring-boot-starter-data-redis and set spring.data.redis. To go without Stoker, set"
            + " stoker.sessions.enabled=false.");
  }

  /// @throws InvalidPropertyException whose message does not quote the URL
  static RedisAddress address(String url) {
    try {
      return RedisAddress.parse(url);
    } catch (IllegalArgumentException e) {
      throw new InvalidPropertyException(
          SessionProperties.PREFIX + "redis-url",
          String.valueOf(e.getMessage()),
          "Correct the URL; a % or @ in a password is %25 or %40. Or leave it out, and set"
              + " spring.data.redis or define a bean of type UnifiedJedis.");
    }
  }

  UnifiedJedis client() {
    return client;
  }

  @Override
  public void close() {
    if (owned) {
      client.close();
    }
  }
}
