package io.stoker.examples.springsession;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.Time;
import io.stoker.examples.Servers;
import io.stoker.examples.TestServers;
import io.stoker.examples.springsession.SpringSessions.Connections;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionWarmer;
import io.stoker.sessions.SpringValues;
import io.stoker.spring.SessionWarming;
import io.stoker.spring.StokerSessionsAutoConfiguration;
import io.stoker.testing.SpringSessionSchema;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisIndexedSessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import redis.clients.jedis.UnifiedJedis;

/// Spring Session's layouts besides the default one: indexed, and with JSON.
class SpringLayoutsTest {

  private static final String PRINCIPAL =
      FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;
  private static final String INDEX = ":index:" + PRINCIPAL + ":ada";

  private final Servers servers = TestServers.empty();
  private final Connections connections = new Connections(servers.redisUrl());
  private final JdbcIndexedSessionRepository inPostgres =
      SpringSessions.inPostgres(servers.dataSource());
  private final RedisIndexedSessionRepository indexed =
      new RedisIndexedSessionRepository(connections.template());
  private final RedisSessionRepository withJson = new RedisSessionRepository(json());

  @BeforeEach
  void createTables() {
    SpringSessionSchema.create(servers.dataSource());
  }

  @AfterEach
  void close() {
    connections.close();
    servers.close();
  }

  private RedisTemplate<String, Object> json() {
    var template = connections.template();
    template.setHashValueSerializer(RedisSerializer.json());
    template.setValueSerializer(RedisSerializer.json());
    return template;
  }

  private SessionReport warm(boolean asIndexed) {
    var time = Time.system();
    var sessions = new RedisSessions(servers.redis(), time);
    var source = SessionSource.jdbc(servers.dataSource(), SessionMapping.springSession(), time);
    var target = sessions.springSessions("spring:session", asIndexed, SpringValues.java());
    var lock = sessions.springLock("spring:session");
    return new SessionWarmer(source, target, lock, time).warm(SessionPlan.springSession());
  }

  private static <S extends Session> String signIn(SessionRepository<S> repository) {
    var session = repository.createSession();
    session.setAttribute(PRINCIPAL, "ada");
    session.setAttribute("visits", 42);
    repository.save(session);
    return session.getId();
  }

  private static <S extends Session> void change(
      SessionRepository<S> repository, String id, String name, Object value) {
    var session = repository.findById(id);
    session.setAttribute(name, value);
    repository.save(session);
  }

  @Test
  void a_warmed_session_is_found_and_ended_by_its_principal() {
    var id = signIn(inPostgres);

    var report = warm(true);

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.verifiedShare()).hasValue(1);
    assertThat(indexed.findByPrincipalName("ada")).containsOnlyKeys(id);

    indexed.findByPrincipalName("ada").keySet().forEach(indexed::deleteById);
    var again = warm(true);

    assertThat(again.counts().warmed()).isZero();
    assertThat(indexed.findByPrincipalName("ada")).isEmpty();
    assertThat((Session) indexed.findById(id)).isNull();
  }

  @Test
  void the_keys_of_an_indexed_session_are_those_that_spring_writes() {
    var twin = new RedisIndexedSessionRepository(connections.template());
    twin.setRedisKeyNamespace("twin");
    var id = signIn(twin);
    inPostgres.setSessionIdGenerator(() -> id);
    signIn(inPostgres);
    copyTimes(twin.findById(id));

    warm(true);

    var redis = servers.redis();
    assertThat(names("spring:session")).isEqualTo(names("twin"));
    assertThat(redis.smembers(("spring:session" + INDEX).getBytes(UTF_8)))
        .containsExactlyElementsOf(redis.smembers(("twin" + INDEX).getBytes(UTF_8)));
    for (var name : Set.of(":sessions:" + id, ":sessions:expires:" + id)) {
      assertThat(redis.type("spring:session" + name)).isEqualTo(redis.type("twin" + name));
      assertThat(redis.ttl("spring:session" + name))
          .isBetween(redis.ttl("twin" + name) - 5, redis.ttl("twin" + name) + 1);
    }
    var minute = names("twin").stream().filter(name -> name.startsWith(":expirations")).findFirst();
    assertThat(redis.smembers(("spring:session" + minute.orElseThrow()).getBytes(UTF_8)))
        .containsExactlyElementsOf(redis.smembers(("twin" + minute.orElseThrow()).getBytes(UTF_8)));
    assertThat(redis.ttl("spring:session" + minute.orElseThrow())).isPositive();
  }

  @Test
  void the_application_changes_and_renames_an_indexed_session_as_its_own() {
    var id = signIn(inPostgres);
    warm(true);

    change(indexed, id, "visits", 43);
    var session = giveUpId(indexed, id);

    assertThat(indexed.findByPrincipalName("ada")).containsOnlyKeys(session);
    assertThat(warm(true).counts().skipped()).containsEntry("ended since it was migrated", 1L);
    assertThat(indexed.findByPrincipalName("ada")).containsOnlyKeys(session);
  }

  private static <S extends Session> String giveUpId(SessionRepository<S> repository, String id) {
    var session = repository.findById(id);
    var changed = session.changeSessionId();
    repository.save(session);
    return changed;
  }

  @Test
  void sessions_of_the_indexed_repository_are_not_warmed_without_the_index() {
    signIn(inPostgres);
    signIn(indexed);
    var before = servers.redis().keys("spring:session:*");

    var report = warm(false);

    assertThat(report.state()).isEqualTo(RunState.CACHE_UNREACHABLE);
    assertThat(report.message()).contains("expected sessions", "spring-indexed=true");
    assertThat(servers.redis().keys("spring:session:*")).isEqualTo(before);
  }

  @Test
  void java_serialization_is_refused_where_the_application_writes_json() {
    var id = signIn(inPostgres);
    var own = signIn(withJson);

    var report = warm(false);

    assertThat(report.state()).isEqualTo(RunState.CACHE_UNREACHABLE);
    assertThat(report.message()).contains("Nothing was written", "Java serialization", "starter");
    assertThat(names("spring:session")).containsExactly(":sessions:" + own).doesNotContain(id);
  }

  @Test
  void the_starter_writes_with_the_serializer_of_the_application() {
    var id = signIn(inPostgres);
    signIn(withJson);

    var report = startWithJson("default");

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.verifiedShare()).hasValue(1);
    assertThat(servers.redis().hget("spring:session:sessions:" + id, "sessionAttr:visits"))
        .isEqualTo("42");
    var session = (Session) withJson.findById(id);
    assertThat(session.<Integer>getAttribute("visits")).isEqualTo(42);
    assertThat(session.getMaxInactiveInterval()).isEqualTo(Duration.ofMinutes(30));
  }

  @Test
  void the_starter_indexes_with_that_serializer_too() {
    var id = signIn(inPostgres);

    var report = startWithJson("indexed");

    assertThat(report.verifiedShare()).hasValue(1);
    var both = new RedisIndexedSessionRepository(json());
    both.setDefaultSerializer(RedisSerializer.json());
    assertThat(both.findByPrincipalName("ada")).containsOnlyKeys(id);
  }

  /// An application that has its sessions in JSON starts, and warms.
  private SessionReport startWithJson(String repositoryType) {
    try (var context = new AnnotationConfigApplicationContext()) {
      Map<String, Object> properties =
          Map.of(
              "stoker.sessions.mapping",
              "spring-session",
              "spring.session.data.redis.repository-type",
              repositoryType);
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("application", properties));
      // Closed by the test, and not with the context.
      context.registerBean(
          DataSource.class, servers::dataSource, bean -> bean.setDestroyMethodName(""));
      context.registerBean(
          UnifiedJedis.class, servers::redis, bean -> bean.setDestroyMethodName(""));
      context.registerBean(
          "springSessionDefaultRedisSerializer", RedisSerializer.class, RedisSerializer::json);
      context.register(StokerSessionsAutoConfiguration.class);
      context.refresh();
      var warming = context.getBean(SessionWarming.class);
      await().until(() -> warming.lastRun().isPresent());
      return warming.lastRun().orElseThrow().report();
    }
  }

  private void copyTimes(Session session) {
    new JdbcTemplate(servers.dataSource())
        .update(
            "UPDATE spring_session SET creation_time = ?, last_access_time = ?, expiry_time = ?",
            session.getCreationTime().toEpochMilli(),
            session.getLastAccessedTime().toEpochMilli(),
            session.getLastAccessedTime().plus(session.getMaxInactiveInterval()).toEpochMilli());
  }

  /// The names of all keys of a namespace, without it.
  private Set<String> names(String namespace) {
    return servers.redis().keys(namespace + ":*").stream()
        .map(key -> key.substring(namespace.length()))
        .collect(Collectors.toSet());
  }
}
