package io.stoker.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionSource;
import io.stoker.testing.RealRedis;
import io.stoker.testing.RealRedisCluster;
import io.stoker.testing.RealRedisSentinel;
import io.stoker.testing.TestCertificate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;

@Timeout(60)
class RedisSelectionTest {

  private static final String NOWHERE = "redis://127.0.0.1:1";

  private final ApplicationContextRunner application =
      Contexts.bare().withBean(SessionSource.class, Contexts::withOneSession);

  @Test
  void the_application_s_own_client_is_used_and_stays_open() {
    try (var redis = RealRedis.start();
        var client = RedisClient.create(redis.url())) {
      application
          .withBean(
              UnifiedJedis.class, () -> client, definition -> definition.setDestroyMethodName(""))
          .run(RedisSelectionTest::assertWarm);

      assertThat(client.dbSize()).isPositive();
    }
  }

  @Test
  void a_url_wins_over_the_application_s_client() {
    try (var redis = RealRedis.start();
        var elsewhere = RedisClient.create(NOWHERE)) {
      application
          .withBean(UnifiedJedis.class, () -> elsewhere)
          .withPropertyValues("stoker.sessions.redis-url=" + redis.url())
          .run(RedisSelectionTest::assertWarm);
    }
  }

  @Test
  void connections_opened_by_the_starter_are_closed_with_the_application() {
    try (var redis = RealRedis.start()) {
      application
          .withPropertyValues("stoker.sessions.redis-url=" + redis.url())
          .run(RedisSelectionTest::assertWarm);

      try (var jedis = redis.jedis()) {
        await().untilAsserted(() -> assertThat(jedis.clientList()).doesNotContain("name=stoker"));
      }
    }
  }

  @Test
  void the_redis_of_spring_data_is_reached_with_its_password() {
    try (var redis = RealRedis.builder().password("open sesame").start()) {
      application
          .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
          .withPropertyValues(
              "spring.data.redis.host=127.0.0.1",
              "spring.data.redis.port=" + redis.port(),
              "spring.data.redis.password=open sesame",
              "spring.data.redis.database=3")
          .run(RedisSelectionTest::assertWarm);

      try (var jedis = redis.jedis()) {
        jedis.select(3);
        assertThat(jedis.dbSize()).isPositive();
      }
    }
  }

  @Test
  void the_redis_of_spring_data_is_reached_over_tls() {
    var certificate = TestCertificate.shared();
    try (var redis = RealRedis.builder().tls().start()) {
      application
          .withConfiguration(
              AutoConfigurations.of(SslAutoConfiguration.class, DataRedisAutoConfiguration.class))
          .withPropertyValues(
              "spring.ssl.bundle.jks.redis.truststore.location=" + certificate.trustStore().toUri(),
              "spring.ssl.bundle.jks.redis.truststore.password=" + certificate.trustStorePassword(),
              "spring.ssl.bundle.jks.redis.truststore.type=PKCS12",
              "spring.data.redis.ssl.bundle=redis",
              "spring.data.redis.host=127.0.0.1",
              "spring.data.redis.port=" + redis.port())
          .run(RedisSelectionTest::assertWarm);
    }
  }

  @Test
  void the_cluster_of_spring_data_is_reached() {
    try (var cluster = RealRedisCluster.start("open sesame")) {
      var nodes =
          cluster.nodes().stream()
              .map(node -> "127.0.0.1:" + node.port())
              .collect(Collectors.joining(","));
      application
          .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
          .withPropertyValues(
              "spring.data.redis.cluster.nodes=" + nodes, "spring.data.redis.password=open sesame")
          .run(RedisSelectionTest::assertWarm);
    }
  }

  @Test
  void the_primary_that_the_sentinels_of_spring_data_name_is_reached() {
    try (var redis = RealRedisSentinel.start("open sesame")) {
      application
          .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
          .withPropertyValues(
              "spring.data.redis.sentinel.master=" + RealRedisSentinel.NAME,
              "spring.data.redis.sentinel.nodes=127.0.0.1:" + redis.port(),
              "spring.data.redis.password=open sesame")
          .run(RedisSelectionTest::assertWarm);
    }
  }

  private static void assertWarm(AssertableApplicationContext context) {
    assertThat(context).hasNotFailed();
    assertThat(Contexts.firstRun(context).report().message()).isEmpty();
    assertThat(Contexts.firstRun(context).report().state()).isEqualTo(RunState.COMPLETED);
  }
}
