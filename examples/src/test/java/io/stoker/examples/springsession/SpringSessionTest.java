package io.stoker.examples.springsession;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stoker.examples.Servers;
import io.stoker.examples.TestServers;
import io.stoker.examples.springsession.SpringSessions.Connections;
import io.stoker.sessions.RunState;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SpringSessionSchema;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisIndexedSessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;

class SpringSessionTest {

  private static final String KEY = "spring:session:sessions:";
  private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);

  private final Servers servers = TestServers.empty();
  private final Connections connections = new Connections(servers.redisUrl());
  private final JdbcIndexedSessionRepository inPostgres =
      SpringSessions.inPostgres(servers.dataSource());
  private final RedisSessionRepository inRedis = SpringSessions.inRedis(connections.template());
  private final RedisIndexedSessionRepository inIndexedRedis =
      new RedisIndexedSessionRepository(connections.template());

  @BeforeEach
  void createTables() {
    SpringSessionSchema.create(servers.dataSource());
  }

  @AfterEach
  void close() {
    connections.close();
    servers.close();
  }

  @Test
  void spring_reads_a_warmed_session_as_if_it_had_saved_it_there() {
    var saved = save(inPostgres, ATTRIBUTES);

    warm(1);

    assertSame(read(inRedis, saved.getId()), read(inPostgres, saved.getId()), ATTRIBUTES);
    assertSame(read(inIndexedRedis, saved.getId()), read(inPostgres, saved.getId()), ATTRIBUTES);
  }

  @Test
  void a_session_without_attributes_is_a_session() {
    var saved = save(inPostgres, Map.of());

    warm(1);

    assertSame(read(inRedis, saved.getId()), read(inPostgres, saved.getId()), Map.of());
  }

  @Test
  void every_field_is_byte_for_byte_what_spring_writes_and_lives_as_long() {
    var twin = new RedisSessionRepository(connections.template());
    twin.setRedisKeyNamespace("twin");
    var bySpring = save(twin, ATTRIBUTES);
    inPostgres.setSessionIdGenerator(bySpring::getId);
    save(inPostgres, ATTRIBUTES);
    copyTimes(bySpring);

    warm(1);

    assertThat(fields(KEY + bySpring.getId()))
        .isEqualTo(fields("twin:sessions:" + bySpring.getId()));
    assertThat(servers.redis().pttl(KEY + bySpring.getId()))
        .isCloseTo(servers.redis().pttl("twin:sessions:" + bySpring.getId()), within(3000L));
  }

  @Test
  void expired_sessions_stay_in_postgres() {
    var expired = inPostgres.createSession();
    Session session = expired;
    session.setLastAccessedTime(Instant.now().minus(HALF_AN_HOUR).minusSeconds(1));
    inPostgres.save(expired);

    var report = SpringSessions.warm(servers.dataSource(), servers.redis());

    assertThat(report.state()).isEqualTo(RunState.NOTHING_ELIGIBLE);
    assertThat(read(inRedis, session.getId())).isNull();
  }

  @Test
  void a_session_that_the_application_has_changed_meanwhile_is_left_alone() {
    var saved = save(inPostgres, Map.of("step", "one"));
    warm(1);
    change(inRedis, saved.getId(), "step", "two");

    var report = SpringSessions.warm(servers.dataSource(), servers.redis());

    assertThat(report.counts().skipped()).containsEntry("already there", 1L);
    assertThat(read(inRedis, saved.getId()).<String>getAttribute("step")).isEqualTo("two");
  }

  @Test
  void saving_a_warmed_session_keeps_it_for_longer() {
    var saved = save(inPostgres, ATTRIBUTES);
    new JdbcTemplate(servers.dataSource())
        .update(
            "UPDATE spring_session SET last_access_time = last_access_time - 600000, expiry_time = expiry_time - 600000");
    warm(1);
    assertThat(timeToLive(saved.getId())).isLessThanOrEqualTo(Duration.ofMinutes(20));

    touch(inRedis, saved.getId());

    assertThat(timeToLive(saved.getId())).isGreaterThan(Duration.ofMinutes(29));
    assertThat(read(inRedis, saved.getId()).getAttributeNames()).isEqualTo(ATTRIBUTES.keySet());
  }

  @Test
  void a_session_that_has_ended_in_redis_alone_stays_ended() {
    var saved = save(inPostgres, Map.of());
    warm(1);
    inRedis.deleteById(saved.getId());

    var report = SpringSessions.warm(servers.dataSource(), servers.redis());

    assertThat(report.counts().skipped()).containsEntry("ended since it was migrated", 1L);
    assertThat(report.meetsTarget()).isTrue();
    assertThat(read(inRedis, saved.getId())).isNull();
  }

  @Test
  void an_id_that_was_given_up_in_redis_stays_given_up() {
    var saved = save(inPostgres, Map.of());
    warm(1);
    var id = giveUpId(inRedis, saved.getId());

    SpringSessions.warm(servers.dataSource(), servers.redis());

    assertThat(read(inRedis, saved.getId())).isNull();
    assertThat(read(inRedis, id)).isNotNull();
  }

  @Test
  void a_session_that_the_application_had_in_redis_first_stays_ended_too() {
    var saved = save(inPostgres, Map.of());
    inRedis.setDefaultMaxInactiveInterval(HALF_AN_HOUR);
    inRedis.setSessionIdGenerator(saved::getId);
    save(inRedis, Map.of());
    SpringSessions.warm(servers.dataSource(), servers.redis());
    inRedis.deleteById(saved.getId());

    SpringSessions.warm(servers.dataSource(), servers.redis());

    assertThat(read(inRedis, saved.getId())).isNull();
  }

  @Test
  void a_session_that_is_created_in_postgres_later_is_migrated_by_the_next_run() {
    save(inPostgres, Map.of());
    warm(1);
    var later = save(inPostgres, Map.of());

    warm(1);

    assertThat(read(inRedis, later.getId())).isNotNull();
  }

  @Test
  void the_marker_of_a_session_outlives_its_row_by_a_week() {
    var saved = save(inPostgres, Map.of());
    warm(1);
    inRedis.deleteById(saved.getId());
    var marker = "stoker:session:migrated:{" + KEY + saved.getId() + "}";
    servers.redis().expire(marker, 60);

    SpringSessions.warm(servers.dataSource(), servers.redis());

    assertThat(Duration.ofSeconds(servers.redis().ttl(marker)))
        .isBetween(Duration.ofDays(7), Duration.ofDays(7).plus(HALF_AN_HOUR));
  }

  @Test
  void a_session_that_never_expires_gets_a_time_to_live_all_the_same() {
    var endless = inPostgres.createSession();
    Session session = endless;
    session.setMaxInactiveInterval(Duration.ofSeconds(-1));
    inPostgres.save(endless);
    var saved = save(inPostgres, ATTRIBUTES);

    warm(2);

    assertThat(read(inRedis, session.getId())).isNotNull();
    assertThat(timeToLive(session.getId())).isCloseTo(Duration.ofDays(365), Duration.ofMinutes(1));
    assertThat(read(inRedis, saved.getId())).isNotNull();
  }

  @Test
  void every_key_has_a_time_to_live() {
    for (int i = 0; i < 20; i++) {
      save(inPostgres, Map.of("number", i));
    }

    warm(20);

    assertThat(servers.redis().keys("*"))
        .hasSizeGreaterThan(20)
        .allSatisfy(key -> assertThat(servers.redis().ttl(key)).isPositive());
  }

  @Test
  void a_redis_that_is_full_is_no_success() {
    try (var full = RealRedis.builder().maxMemory("1mb", "noeviction").start();
        var client = Servers.at(servers.databaseUrl(), full.url())) {
      for (int i = 0; i < 20; i++) {
        save(inPostgres, ATTRIBUTES);
      }

      var report = SpringSessions.warm(servers.dataSource(), client.redis());

      assertThat(report.meetsTarget()).isFalse();
      assertThat(report.state()).isNotEqualTo(RunState.COMPLETED);
    }
  }

  /// What Spring Security keeps in a session looks like this: objects within objects.
  public record SecurityContext(Authentication authentication) implements Serializable {

    /// Spring looks the user's name up by this path.
    public Authentication getAuthentication() {
      return authentication;
    }
  }

  /// Who signed in.
  public record Authentication(String name, List<String> authorities, Map<String, String> details)
      implements Serializable {

    /// The user's name.
    public String getName() {
      return name;
    }
  }

  /// An attribute of a class of our own.
  public record Basket(List<String> articles, BigDecimal total) implements Serializable {}

  private static final Map<String, Object> ATTRIBUTES =
      Map.of(
          "greeting",
          "Grüß Gott 👋",
          "visits",
          42,
          "basket",
          new Basket(List.of("tea", "scones"), new BigDecimal("12.80")),
          "SPRING_SECURITY_CONTEXT",
          new SecurityContext(
              new Authentication("ada", List.of("ROLE_USER"), Map.of("ip", "192.0.2.7"))),
          "attachment",
          noise(100_000),
          "name with: colons",
          true);

  private static String noise(int length) {
    var random = new Random(1);
    return random
        .ints(length, ' ', '~')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private void warm(int sessions) {
    var report = SpringSessions.warm(servers.dataSource(), servers.redis());

    assertThat(report.message()).isEmpty();
    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts().warmed()).isEqualTo(sessions);
    assertThat(report.verifiedShare()).hasValue(1);
  }

  private static <S extends Session> Session save(
      SessionRepository<S> repository, Map<String, Object> attributes) {
    var session = repository.createSession();
    attributes.forEach(session::setAttribute);
    repository.save(session);
    return session;
  }

  private static Session read(SessionRepository<?> repository, String id) {
    return repository.findById(id);
  }

  private static <S extends Session> void change(
      SessionRepository<S> repository, String id, String name, Object value) {
    var session = repository.findById(id);
    session.setAttribute(name, value);
    repository.save(session);
  }

  private static <S extends Session> String giveUpId(SessionRepository<S> repository, String id) {
    var session = repository.findById(id);
    var changed = session.changeSessionId();
    repository.save(session);
    return changed;
  }

  private static <S extends Session> void touch(SessionRepository<S> repository, String id) {
    var session = repository.findById(id);
    session.setLastAccessedTime(Instant.now());
    repository.save(session);
  }

  private static void assertSame(Session warmed, Session original, Map<String, Object> attributes) {
    assertThat(warmed).isNotNull();
    assertThat(warmed.getId()).isEqualTo(original.getId());
    assertThat(warmed.getCreationTime()).isEqualTo(original.getCreationTime());
    assertThat(warmed.getLastAccessedTime()).isEqualTo(original.getLastAccessedTime());
    assertThat(warmed.getMaxInactiveInterval()).isEqualTo(original.getMaxInactiveInterval());
    assertThat(warmed.getAttributeNames()).isEqualTo(attributes.keySet());
    attributes.forEach(
        (name, value) -> assertThat(warmed.<Object>getAttribute(name)).isEqualTo(value));
  }

  /// Makes the one session in Postgres as old as this one.
  private void copyTimes(Session session) {
    new JdbcTemplate(servers.dataSource())
        .update(
            "UPDATE spring_session SET creation_time = ?, last_access_time = ?, expiry_time = ?",
            session.getCreationTime().toEpochMilli(),
            session.getLastAccessedTime().toEpochMilli(),
            session.getLastAccessedTime().plus(HALF_AN_HOUR).toEpochMilli());
  }

  private Map<String, ByteBuffer> fields(String key) {
    var fields = new HashMap<String, ByteBuffer>();
    servers
        .redis()
        .hgetAll(key.getBytes(UTF_8))
        .forEach((name, value) -> fields.put(new String(name, UTF_8), ByteBuffer.wrap(value)));
    return fields;
  }

  private Duration timeToLive(String id) {
    return Duration.ofMillis(servers.redis().pttl(KEY + id));
  }
}
