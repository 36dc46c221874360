package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSeed;
import io.stoker.testing.TestCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;

/// A Redis that is reached by TLS and wants a password.
final class RedisTlsTest {

  private static final int SESSIONS = 1000;
  private static final SessionSeed SEED = SessionSeed.of(9).sessions(SESSIONS);

  private static SessionDatabase database;
  private static RealRedis redis;

  private final Time time = Time.system();

  @BeforeAll
  static void start_redis() {
    database = SessionDatabase.create();
    SEED.into(database.dataSource());
    redis = RealRedis.builder().tls().password("secret").start();
  }

  @AfterAll
  static void end_it() {
    RedisInspector.assertEveryKeyHasATimeToLive(redis);
    redis.close();
  }

  @Test
  void sessions_are_warmed_read_and_revoked_through_tls() {
    redis.flush();
    var config =
        DefaultJedisClientConfig.builder()
            .ssl(true)
            .sslSocketFactory(TestCertificate.shared().socketFactory())
            .password("secret");
    try (var client = client(config)) {
      var report = warmer(client).warm(SessionPlan.standard());

      assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0).verifiedInFull();
      assertThat(RedisInspector.sessions(redis)).isEqualTo(SESSIONS);
      try (var cache = cache(client)) {
        assertThat(cache.find(SEED.rawToken(3))).isPresent();
        assertThat(cache.counts().cacheHits()).isEqualTo(1);
        cache.revoke(SessionKey.ofToken(SEED.rawToken(3)));
        assertThat(cache.find(SEED.rawToken(3))).isEmpty();
      }
    }
  }

  @Test
  void an_untrusted_certificate_is_rejected_and_nothing_is_sent() {
    redis.flush();
    try (var client = client(DefaultJedisClientConfig.builder().ssl(true).password("secret"))) {
      var report = warmer(client).warm(SessionPlan.standard());

      assertThatRun(report)
          .ended(RunState.CACHE_UNREACHABLE, "Redis could not be reached", "certification path")
          .didNothing();
      assertThat(RedisInspector.sessions(redis)).isZero();
    }
  }

  @Test
  void a_client_without_tls_cannot_connect() {
    redis.flush();
    var impatient = DefaultJedisClientConfig.builder().password("secret").timeoutMillis(300);
    try (var client = client(impatient)) {
      var report = warmer(client).warm(SessionPlan.standard());

      assertThatRun(report)
          .ended(RunState.CACHE_UNREACHABLE, "Redis could not be reached", "REDIS_URL")
          .didNothing();
    }
  }

  private static RedisClient client(DefaultJedisClientConfig.Builder config) {
    return RedisClient.builder()
        .hostAndPort("127.0.0.1", redis.port())
        .clientConfig(config.build())
        .build();
  }

  private SessionWarmer warmer(RedisClient client) {
    var sessions = new RedisSessions(client, time);
    return new SessionWarmer(source(), sessions.store(), sessions.lock(), time);
  }

  private SessionCache cache(RedisClient client) {
    var store = new RedisSessions(client, time).store();
    return new SessionCache(store, source(), null, SessionCache.Settings.standard(), time);
  }

  private SessionSource source() {
    return SessionSource.jdbc(database.dataSource(), SessionMapping.standard(), time);
  }
}
