package io.stoker.spring;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLParameters;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.util.JedisURIHelper;

/// The address and client configuration of a Redis server or cluster. Immutable.
final class RedisAddress {

  private static final int POOL = 16;
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final Set<HostAndPort> nodes;
  private final boolean cluster;
  private final JedisClientConfig config;

  private RedisAddress(
      List<HostAndPort> nodes, boolean cluster, DefaultJedisClientConfig.Builder config) {
    int millis = (int) TIMEOUT.toMillis();
    this.nodes = new LinkedHashSet<>(nodes);
    this.cluster = cluster;
    this.config =
        config
            .clientName("stoker")
            .connectionTimeoutMillis(millis)
            .socketTimeoutMillis(millis)
            .blockingSocketTimeoutMillis(0)
            .build();
  }

  /// A single server.
  static RedisAddress server(HostAndPort server, DefaultJedisClientConfig.Builder config) {
    return new RedisAddress(List.of(server), false, config);
  }

  /// A cluster, given by some of its nodes.
  static RedisAddress cluster(List<HostAndPort> nodes, DefaultJedisClientConfig.Builder config) {
    return new RedisAddress(nodes, true, config);
  }

  /// The address in a URL.
  ///
  /// @throws InvalidPropertyException if it is invalid; the message does not quote it
  static RedisAddress of(String url) {
    try {
      var uri = URI.create(url.strip());
      if (JedisURIHelper.isRedisScheme(uri) || JedisURIHelper.isRedisSSLScheme(uri)) {
        return of(uri);
      }
    } catch (IllegalArgumentException _) {
      // Its message would quote the URL.
    }
    throw invalid();
  }

  private static RedisAddress of(URI uri) {
    if (uri.getHost() == null) {
      throw invalid();
    }
    int port = uri.getPort() < 0 ? 6379 : uri.getPort();
    var config = DefaultJedisClientConfig.builder(uri);
    if (JedisURIHelper.isRedisSSLScheme(uri)) {
      config.sslParameters(verifyingHostName());
    }
    return server(new HostAndPort(uri.getHost(), port), config);
  }

  private static InvalidPropertyException invalid() {
    return new InvalidPropertyException(
        SessionProperties.PREFIX + "redis-url",
        "expected redis://user:password@host:6379/0 or the same with rediss://, where only the host"
            + " is required, got another form",
        "Correct the URL; a % or @ in a password is %25 or %40. For a cluster, leave it out, and set"
            + " spring.data.redis.cluster.nodes or define a bean of type UnifiedJedis.");
  }

  /// TLS parameters that verify the host name.
  static SSLParameters verifyingHostName() {
    var parameters = new SSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    return parameters;
  }

  /// Opens a connection pool that connects lazily.
  UnifiedJedis open() {
    var pool = new ConnectionPoolConfig();
    pool.setMaxTotal(POOL);
    pool.setMaxIdle(POOL);
    pool.setMaxWait(TIMEOUT);
    // Otherwise each connection broken by a restart of Redis would fail one look-up.
    pool.setTestOnBorrow(true);
    if (cluster) {
      // Otherwise a cluster that is down at the start would never be used.
      System.setProperty(RedisClusterClient.INIT_NO_ERROR_PROPERTY, "true");
      return RedisClusterClient.builder()
          .nodes(nodes)
          .clientConfig(config)
          .poolConfig(pool)
          .maxTotalRetriesDuration(TIMEOUT.multipliedBy(2))
          .build();
    }
    return RedisClient.builder()
        .hostAndPort(nodes.iterator().next())
        .clientConfig(config)
        .poolConfig(pool)
        .build();
  }
}
