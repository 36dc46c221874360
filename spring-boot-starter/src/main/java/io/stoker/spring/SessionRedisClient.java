package io.stoker.spring;

import org.springframework.beans.factory.ObjectProvider;
import redis.clients.jedis.UnifiedJedis;

/// The Redis that sessions are kept in: the application's own client, or one that was opened for it
/// and is closed with it. Not a [UnifiedJedis] bean, of which the application may count on having
/// none. Thread-safe.
final class SessionRedisClient implements AutoCloseable {

  private final UnifiedJedis client;
  private final boolean ours;

  private SessionRedisClient(UnifiedJedis client, boolean ours) {
    this.client = client;
    this.ours = ours;
  }

  /// The Redis of `redis-url` if that is set, else the application's client, else the Redis of
  /// `spring.data.redis`.
  ///
  /// @throws InvalidPropertyException if there is none of the three
  static SessionRedisClient choose(
      SessionProperties properties,
      ObjectProvider<UnifiedJedis> clients,
      ObjectProvider<RedisAddress> addresses) {
    if (properties.redisUrl() != null) {
      return new SessionRedisClient(RedisAddress.of(properties.redisUrl()).open(), true);
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
        "expected a Redis to keep sessions in, got none",
        "Set stoker.sessions.redis-url, or define a bean of type UnifiedJedis, or add"
            + " spring-boot-starter-data-redis and set spring.data.redis. To go without Stoker, set"
            + " stoker.sessions.enabled=false.");
  }

  UnifiedJedis client() {
    return client;
  }

  @Override
  public void close() {
    if (ours) {
      client.close();
    }
  }
}
