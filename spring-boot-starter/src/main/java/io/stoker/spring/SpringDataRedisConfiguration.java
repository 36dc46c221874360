package io.stoker.spring;

import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;

/// Provides the address of the Redis that Spring Boot's connection details describe, normally that
/// of `spring.data.redis`.
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(DataRedisConnectionDetails.class)
@ConditionalOnBean(DataRedisConnectionDetails.class)
class SpringDataRedisConfiguration {

  /// Lazy, since it is not needed where Redis is configured in another way.
  @Bean
  @Lazy
  RedisAddress stokerRedisAddress(DataRedisConnectionDetails details) {
    // Standalone details exist in any case, if only by default.
    if (details.getSentinel() != null || details.getMasterReplica() != null) {
      throw new InvalidPropertyException(
          "spring.data.redis",
          "expected one server or a cluster, got sentinels or a master with replicas",
          "Define a bean of type UnifiedJedis, or set stoker.sessions.redis-url.");
    }
    var config = config(details);
    var cluster = details.getCluster();
    if (cluster != null) {
      var nodes =
          cluster.getNodes().stream().map(node -> new HostAndPort(node.host(), node.port()));
      return RedisAddress.cluster(nodes.toList(), config);
    }
    var server = Objects.requireNonNull(details.getStandalone(), "spring.data.redis.host");
    config.database(server.getDatabase());
    return RedisAddress.server(new HostAndPort(server.getHost(), server.getPort()), config);
  }

  private static DefaultJedisClientConfig.Builder config(DataRedisConnectionDetails details) {
    var config = DefaultJedisClientConfig.builder();
    if (details.getPassword() != null) {
      config.user(details.getUsername()).password(details.getPassword());
    }
    var bundle = details.getSslBundle();
    if (bundle != null) {
      config
          .ssl(true)
          .sslSocketFactory(bundle.createSslContext().getSocketFactory())
          .sslParameters(RedisAddress.verifyingHostName());
    }
    return config;
  }
}
