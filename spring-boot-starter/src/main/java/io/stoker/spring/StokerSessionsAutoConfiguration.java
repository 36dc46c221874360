package io.stoker.spring;

import io.stoker.Time;
import io.stoker.sessions.RedisAddress;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.ReplicationConnector;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionFollower;
import io.stoker.sessions.SessionKeeper;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionStats;
import io.stoker.sessions.SessionStore;
import io.stoker.sessions.SessionTarget;
import io.stoker.sessions.SessionWarmer;
import io.stoker.sessions.SpringValues;
import io.stoker.sessions.WarmLock;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
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
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import redis.clients.jedis.UnifiedJedis;

/// Auto-configuration of sessions: a [SessionCache] for look-ups, and a [SessionWarming] that keeps
/// it warm.
///
/// Every bean backs off if the application defines one of its type; `stoker.sessions.enabled=false`
/// removes them all. Sessions are read from the application's `DataSource`.
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
      "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration"
    })
@ConditionalOnBooleanProperty(name = "stoker.sessions.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SessionProperties.class)
@Import({SpringDataRedisConfiguration.class, SpringSerializerConfiguration.class})
public final class StokerSessionsAutoConfiguration {

  private static final String R2DBC = "io.r2dbc.spi.ConnectionFactory";

  /// Spring Boot's property that selects `RedisIndexedSessionRepository`.
  private static final String REPOSITORY = "spring.session.data.redis.repository-type";

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
      SessionProperties properties,
      ObjectProvider<DataSource> dataSources,
      ListableBeanFactory beans,
      Time time) {
    var mapping = properties.sessionMapping(); // first, since it validates the properties
    var dataSource = dataSources.getIfAvailable();
    if (dataSource == null && hasR2dbc(beans)) {
      throw new InvalidPropertyException(
          "spring.r2dbc",
          "expected a DataSource for the sessions in Postgres, got a ConnectionFactory of R2DBC only",
          "Define a bean of type DataSource with the JDBC driver org.postgresql:postgresql, since"
              + " Spring Boot makes none beside R2DBC, also not with spring.datasource.url. To go"
              + " without Stoker, set stoker.sessions.enabled=false.");
    }
    if (dataSource == null) {
      throw new InvalidPropertyException(
          "spring.datasource.url",
          "expected a DataSource for the sessions in Postgres, got none",
          "Add spring-boot-starter-jdbc and set spring.datasource.url, or define a bean of type"
              + " SessionSource. To go without Stoker, set stoker.sessions.enabled=false.");
    }
    return SessionSource.jdbc(dataSource, mapping, time);
  }

  private static boolean hasR2dbc(ListableBeanFactory beans) {
    var loader = StokerSessionsAutoConfiguration.class.getClassLoader();
    return ClassUtils.isPresent(R2DBC, loader)
        && beans.getBeanNamesForType(ClassUtils.resolveClassName(R2DBC, loader)).length > 0;
  }

  /// Lazy, since it is not needed if the application defines the beans that depend on it.
  @Bean
  @Lazy
  SessionRedisClient stokerSessionRedis(
      SessionProperties properties,
      ObjectProvider<UnifiedJedis> clients,
      ObjectProvider<RedisAddress> addresses) {
    return SessionRedisClient.choose(properties, clients, addresses);
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
  SessionTarget stokerSpringSessions(
      RedisSessions redis,
      SessionProperties properties,
      ObjectProvider<SpringValues> values,
      Environment environment) {
    var settings = properties.settings();
    return redis.springSessions(
        settings.springNamespace(),
        settings.springIndexed() || "indexed".equalsIgnoreCase(environment.getProperty(REPOSITORY)),
        values.getIfAvailable(SpringValues::java));
  }

  @Bean
  @ConditionalOnMissingBean
  WarmLock stokerWarmLock(RedisSessions redis, SessionProperties properties) {
    return properties.settings().lock(redis);
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
      ObjectProvider<SessionEvents> listeners,
      Time time) {
    return new SessionWarming(warmer, lock, settings, listeners.orderedStream().toList(), time);
  }

  /// Carries changes in Postgres to Redis, if `stoker.sessions.follow` says so.
  @Bean(initMethod = "start")
  @Conditional(TokenMapping.class)
  @ConditionalOnProperty(name = "stoker.sessions.follow", havingValue = "replication")
  @ConditionalOnMissingBean
  SessionFollower stokerSessionFollower(
      SessionProperties properties,
      DataSource dataSource,
      ReplicationConnector replication,
      RedisSessions redis,
      SessionWarmer warmer,
      Time time) {
    return new SessionFollower(
        new SessionFollower.Database(dataSource, replication, properties.followedMapping()),
        redis,
        warmer::warm,
        properties.settings().followSettings(),
        properties.settings().plan(),
        time);
  }

  /// A pooled connection cannot stream changes; another one is opened to the same place.
  @Bean
  @Lazy
  @ConditionalOnMissingBean
  ReplicationConnector stokerReplicationConnector(Environment environment) {
    return ReplicationConnector.jdbc(
        environment.getRequiredProperty("spring.datasource.url"),
        environment.getProperty("spring.datasource.username"),
        environment.getProperty("spring.datasource.password"));
  }

  /// Matches token mappings, which [SessionCache] reads.
  static final class TokenMapping extends NoneNestedConditions {

    TokenMapping() {
      super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnProperty(name = "stoker.sessions.mapping", havingValue = "spring-session")
    static final class SpringSession {}
  }
}
