package io.stoker.examples.springsession;

import io.stoker.Time;
import io.stoker.examples.Servers;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionWarmer;
import io.stoker.testing.SpringSessionSchema;
import java.net.URI;
import javax.sql.DataSource;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.transaction.support.TransactionTemplate;
import redis.clients.jedis.UnifiedJedis;

/// Copies sessions of Spring Session JDBC into the layout of Spring Session Redis, and reads one
/// with Spring's own repository.
///
/// Run it when the application begins to read from Redis. Each session is copied once: one that has
/// ended in Redis stays ended, whatever is left of it in Postgres. This is the layout of
/// `RedisSessionRepository`, Spring Boot's default, with Java serialization; see
/// [RedisSessions#springSessions(String, boolean, SpringValues)] for others.
public final class SpringSessions {

  private static final String NAMESPACE = RedisSessionRepository.DEFAULT_KEY_NAMESPACE;

  private SpringSessions() {}

  public static void main(String[] arguments) {
    try (var servers = Servers.fresh();
        var connections = new Connections(servers.redisUrl())) {
      SpringSessionSchema.create(servers.dataSource());
      var id = signIn(inPostgres(servers.dataSource()), "Ada");

      var report = warm(servers.dataSource(), servers.redis());

      System.out.println(report.state().label() + ": " + report.counts().warmed() + " warmed");
      Session session = inRedis(connections.template()).findById(id);
      System.out.println(session == null ? "lost" : "Hello again, " + session.getAttribute("name"));
    }
  }

  /// The code an application needs, with its own pool and client.
  static SessionReport warm(DataSource dataSource, UnifiedJedis redis) {
    var time = Time.system();
    var sessions = new RedisSessions(redis, time);
    var source = SessionSource.jdbc(dataSource, SessionMapping.springSession(), time);
    var target = sessions.springSessions(NAMESPACE);
    var warmer = new SessionWarmer(source, target, sessions.springLock(NAMESPACE), time);
    return warmer.warm(SessionPlan.springSession());
  }

  /// The repository that Spring Boot creates with `spring-session-jdbc`.
  static JdbcIndexedSessionRepository inPostgres(DataSource dataSource) {
    return new JdbcIndexedSessionRepository(
        new JdbcTemplate(dataSource),
        new TransactionTemplate(new JdbcTransactionManager(dataSource)));
  }

  /// The repository that Spring Boot creates with `spring-session-data-redis`.
  static RedisSessionRepository inRedis(RedisTemplate<String, Object> template) {
    return new RedisSessionRepository(template);
  }

  private static <S extends Session> String signIn(SessionRepository<S> repository, String name) {
    var session = repository.createSession();
    session.setAttribute("name", name);
    repository.save(session);
    return session.getId();
  }

  /// Spring's connections to Redis.
  static final class Connections implements AutoCloseable {

    private final JedisConnectionFactory factory;

    Connections(String redisUrl) {
      var url = URI.create(redisUrl);
      factory =
          new JedisConnectionFactory(
              new RedisStandaloneConfiguration(url.getHost(), url.getPort()));
      factory.start();
    }

    /// A template configured like Spring Session's: keys and field names as text, values with Java
    /// serialization.
    RedisTemplate<String, Object> template() {
      var template = new RedisTemplate<String, Object>();
      template.setConnectionFactory(factory);
      template.setKeySerializer(RedisSerializer.string());
      template.setHashKeySerializer(RedisSerializer.string());
      template.afterPropertiesSet();
      return template;
    }

    @Override
    public void close() {
      factory.destroy();
    }
  }
}
