package io.stoker.spring;

import io.stoker.Time;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionKeeper;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionStats;
import io.stoker.sessions.SessionStore;
import io.stoker.sessions.SessionTarget;
import io.stoker.sessions.SessionWarmer;
import io.stoker.sessions.WarmLock;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import redis.clients.jedis.UnifiedJedis;

/// Sessions of a Spring application: read by a [SessionCache], kept warm by a [SessionWarming].
///
/// Every bean gives way to one of the application's of the same type; none of them is there with
/// `stoker.sessions.enabled=false`. Sessions come from the application's `DataSource`.
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
      "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration"
    })
@ConditionalOnBooleanProperty(name = "stoker.sessions.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SessionProperties.class)
@Import(SpringDataRedisConfiguration.class)
public final class StokerSessionsAutoConfiguration {

  /// Made by Spring.
  StokerSessionsAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  Time stokerTime() {
    return Time.system();
  }

  @Bean
  @ConditionalOnMissingBean
  SessionSource stokerSessionSource(
      SessionProperties properties, ObjectProvider<DataSource> dataSources, Time time) {
    var mapping = properties.sessionMapping(); // first, since it refuses all that makes no sense
    var dataSource = dataSources.getIfAvailable();
    if (dataSource == null) {
      throw new InvalidPropertyException(
          "spring.datasource.url",
          "expected the Postgres that holds the sessions, got no DataSource",
          "Add spring-boot-starter-jdbc and set spring.datasource.url, or define a bean of type"
              + " SessionSource. To go without Stoker, set stoker.sessions.enabled=false.");
    }
    return SessionSource.jdbc(dataSource, mapping, time);
  }

  /// Lazy, since it is not needed where the application has beans for what is made of it.
  @Bean
  @Lazy
  SessionRedisClient stokerSessionRedis(
      SessionProperties properties,
      ObjectProvider<UnifiedJedis> clients,
      ObjectProvider<RedisAddress> places) {
    return SessionRedisClient.choose(properties, clients, places);
  }

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  RedisSessions stokerRedisSessions(
      SessionRedisClient redis, SessionProperties properties, Time time) {
    return new RedisSessions(redis.client(), properties.namespace(), RedisSessions.MAX_AGE, time);
  }

  @Bean
  @Conditional(TokenMapping.class)
  @ConditionalOnMissingBean(SessionTarget.class)
  SessionStore stokerSessionStore(RedisSessions redis) {
    return redis.store();
  }

  @Bean
  @ConditionalOnProperty(name = "stoker.sessions.mapping", havingValue = "spring-session")
  @ConditionalOnMissingBean
  SessionTarget stokerSpringSessions(RedisSessions redis, SessionProperties properties) {
    return redis.springSessions(properties.springNamespace());
  }

  @Bean
  @ConditionalOnMissingBean
  WarmLock stokerWarmLock(RedisSessions redis) {
    return redis.lock();
  }

  @Bean
  @Conditional(TokenMapping.class)
  @ConditionalOnMissingBean
  SessionStats stokerSessionStats(RedisSessions redis) {
    return redis.stats();
  }

  @Bean
  @Conditional(TokenMapping.class)
  @ConditionalOnMissingBean
  SessionCache.Settings stokerSessionCacheSettings(SessionProperties properties) {
    return properties.cache();
  }

  @Bean
  @Conditional(TokenMapping.class)
  @ConditionalOnMissingBean
  SessionCache stokerSessionCache(
      SessionStore store,
      SessionSource source,
      SessionStats stats,
      SessionCache.Settings settings,
      Time time) {
    return new SessionCache(store, source, stats, settings, time);
  }

  @Bean
  @ConditionalOnMissingBean
  SessionKeeper.Settings stokerSessionKeeperSettings(SessionProperties properties) {
    return properties.settings().keeper();
  }

  @Bean
  @ConditionalOnMissingBean
  SessionWarmer stokerSessionWarmer(
      SessionSource source, SessionTarget target, WarmLock lock, Time time) {
    return new SessionWarmer(source, target, lock, time);
  }

  @Bean
  @ConditionalOnMissingBean
  SessionWarming stokerSessionWarming(
      SessionWarmer warmer,
      WarmLock lock,
      SessionKeeper.Settings settings,
      ObjectProvider<SessionEvents> watchers,
      Time time) {
    return new SessionWarming(warmer, lock, settings, watchers.orderedStream().toList(), time);
  }

  /// Where sessions are found by token, which [SessionCache] reads.
  static final class TokenMapping extends NoneNestedConditions {

    TokenMapping() {
      super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnProperty(name = "stoker.sessions.mapping", havingValue = "spring-session")
    static final class SpringSession {}
  }
}
