package io.stoker.sessions;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/// Connects to the current primary; every new connection asks the sentinels for it.
///
/// This follows a failover (Redis documentation, "Guidelines for Redis clients with support for
/// Redis Sentinel"): connections to a dead primary are broken, and the sentinels close those to a
/// demoted one. Thread-safe.
final class RedisSentinelSockets implements JedisSocketFactory {

  private final List<HostAndPort> sentinels;
  private final String primary;
  private final JedisClientConfig sentinelConfig;
  private final JedisClientConfig config;

  /// @param primary the name that the sentinels watch it under
  RedisSentinelSockets(
      List<HostAndPort> sentinels,
      String primary,
      JedisClientConfig sentinelConfig,
      JedisClientConfig config) {
    this.sentinels = new CopyOnWriteArrayList<>(sentinels);
    this.primary = primary;
    this.sentinelConfig = sentinelConfig;
    this.config = config;
  }

  @Override
  public java.net.Socket createSocket() {
    return new DefaultJedisSocketFactory(find(), config).createSocket();
  }

  private HostAndPort find() {
    JedisException last = null;
    boolean answered = false;
    for (var sentinel : sentinels) {
      try {
        var place = ask(sentinel);
        if (place != null) {
          return place;
        }
        answered = true;
      } catch (JedisException e) {
        last = e;
      }
    }
    throw new JedisConnectionException(
        answered
            ? "the sentinels " + sentinels + " know no primary named " + primary
            : "none of the sentinels " + sentinels + " answers: " + reason(last));
  }

  private @Nullable HostAndPort ask(HostAndPort sentinel) {
    try (var jedis = new Jedis(sentinel, sentinelConfig)) {
      var place = jedis.sentinelGetMasterAddrByName(primary);
      return place == null || place.size() != 2
          ? null
          : new HostAndPort(place.get(0), Integer.parseInt(place.get(1)));
    }
  }

  private static String reason(@Nullable JedisException last) {
    return last == null ? "there are none" : String.valueOf(last.getMessage());
  }
}
