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

/// Where Redis is and how to log in there. Immutable.
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

  /// One server.
  static RedisAddress server(HostAndPort server, DefaultJedisClientConfig.Builder config) {
    return new RedisAddress(List.of(server), false, config);
  }

  /// A cluster, by some of its nodes.
  static RedisAddress cluster(List<HostAndPort> nodes, DefaultJedisClientConfig.Builder config) {
    return new RedisAddress(nodes, true, config);
  }

  /// The address that a URL names.
  ///
  /// @throws InvalidPropertyException without quoting the text
  static RedisAddress of(String url) {
    try {
      var uri = URI.create(url.strip());
      if (JedisURIHelper.isRedisScheme(uri) || JedisURIHelper.isRedisSSLScheme(uri)) {
        return of(uri);
      }
    } catch (IllegalArgumentException _) {
      // The message would quote the text.
    }
    throw bad();
  }

  private static RedisAddress of(URI uri) {
    if (uri.getHost() == null) {
      throw bad();
    }
    int port = uri.getPort() < 0 ? 6379 : uri.getPort();
    var config = DefaultJedisClientConfig.builder(uri);
    if (JedisURIHelper.isRedisSSLScheme(uri)) {
      config.sslParameters(checkingNames());
    }
    return server(new HostAndPort(uri.getHost(), port), config);
  }

  private static InvalidPropertyException bad() {
    return new InvalidPropertyException(
        SessionProperties.PREFIX + "redis-url",
        "expected redis://user:password@host:6379/0, of which all but redis:// and the host may be"
            + " missing, or the same with rediss://, got something else",
        "Correct the URL; a % or @ in a password is %25 or %40. For a cluster, leave it out, and set"
            + " spring.data.redis.cluster.nodes or define a bean of type UnifiedJedis.");
  }

  /// TLS parameters by which a certificate must be that of the host.
  static SSLParameters checkingNames() {
    var parameters = new SSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    return parameters;
  }

  /// Opens a pool of connections, each of them when it is first needed.
  UnifiedJedis open() {
    var pool = new ConnectionPoolConfig();
    pool.setMaxTotal(POOL);
    pool.setMaxIdle(POOL);
    pool.setMaxWait(TIMEOUT);
    // Or each connection that a restart of Redis broke would fail somebody once.
    pool.setTestOnBorrow(true);
    if (cluster) {
      // Else a cluster that is down now could never be used later.
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
