package io.stoker.spring;

import io.stoker.sessions.RedisAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
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
    if (details.getMasterReplica() != null) {
      throw new InvalidPropertyException(
          "spring.data.redis",
          "expected one server, sentinels or a cluster, got a master with replicas",
          "Define a bean of type UnifiedJedis, or set stoker.sessions.redis-url.");
    }
    var login = login(details.getUsername(), details.getPassword());
    var sentinel = details.getSentinel();
    if (sentinel != null) {
      return RedisAddress.sentinels(
          hosts(sentinel.getNodes()),
          sentinel.getMaster(),
          login(sentinel.getUsername(), sentinel.getPassword()),
          access(login, sentinel.getDatabase(), details.getSslBundle()));
    }
    var cluster = details.getCluster();
    if (cluster != null) {
      return RedisAddress.cluster(
          hosts(cluster.getNodes()), access(login, 0, details.getSslBundle()));
    }
    // Standalone details exist in any case, if only by default.
    var server = Objects.requireNonNull(details.getStandalone(), "spring.data.redis.host");
    return RedisAddress.server(
        new HostAndPort(server.getHost(), server.getPort()),
        access(login, server.getDatabase(), details.getSslBundle()));
  }

  private static List<HostAndPort> hosts(List<DataRedisConnectionDetails.Node> nodes) {
    return nodes.stream().map(node -> new HostAndPort(node.host(), node.port())).toList();
  }

  private static RedisAddress.@Nullable Login login(
      @Nullable String user, @Nullable String password) {
    return password == null ? null : new RedisAddress.Login(user, password);
  }

  private static RedisAddress.Access access(
      RedisAddress.@Nullable Login login, int database, @Nullable SslBundle bundle) {
    return new RedisAddress.Access(
        login,
        database,
        bundle != null,
        bundle == null ? null : bundle.createSslContext().getSocketFactory());
  }
}
