package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;

/// Two servers with one Postgres and a shared cache in Redis.
class RedisAnswerCacheTest {

  private static final DataSource DATABASE =
      RealPostgres.shared().dataSource(RealPostgres.shared().newDatabase());

  private static RealRedis redis;

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T08:00:00Z"));
  private final RedisClient client = client();
  private final SharedAnswerCache cache = SharedAnswerCache.redis(client, "stoker:", time);
  private final AnswerStore one = AnswerStore.postgres(DATABASE, cache, time);
  private final AnswerStore other =
      AnswerStore.postgres(DATABASE, SharedAnswerCache.redis(client, "stoker:", time), time);

  @BeforeAll
  static void startRedis() {
    redis = RealRedis.start();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  private static RedisClient client() {
    var pool = new ConnectionPoolConfig();
    pool.setTestOnBorrow(true); // tests kill Redis, and want each call to tell of it as it is now
    return RedisClient.builder()
        .hostAndPort("127.0.0.1", redis.port())
        .clientConfig(
            DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(200)
                .socketTimeoutMillis(200)
                .build())
        .poolConfig(pool)
        .build();
  }

  @BeforeEach
  void beginWithNothing() {
    redis.flush();
    one.entries().delete(null, null, null);
  }

  @AfterEach
  void closeAll() {
    one.close();
    other.close();
    client.close();
  }

  private CachedAnswer answer(String key, String text) {
    var source = new Answer.Source("doc \"1\"", 7, "Títle", "a\npassage 😀", 0.25);
    return new CachedAnswer(
        key,
        "What is " + key + "?",
        "tenant:7",
        List.of("Define \"" + key + '"'),
        new Answer(text, List.of(source), 77, "model-1", ""),
        time.now(),
        time.now().plus(Duration.ofHours(1)),
        false,
        0);
  }

  private static String text(AnswerStore store, String key) {
    return store.entries().get(key).map(found -> found.answer().text()).orElse("none");
  }

  private static Set<String> copies() {
    try (var jedis = redis.jedis()) {
      return jedis.keys("stoker:answers:kept:*");
    }
  }

  /// Changes the text of every copy, so that a reader shows where it read.
  private static void mark(String text, String mark) {
    try (var jedis = redis.jedis()) {
      for (var key : jedis.keys("stoker:answers:kept:*")) {
        jedis.set(key, jedis.get(key).replace(text, mark));
      }
    }
  }

  @Test
  void an_answer_of_one_server_is_read_from_redis_by_the_other() {
    var kept = answer("k1", "the answer");
    one.entries().put(kept, List.of("x1"));

    assertThat(other.entries().get("k1")).contains(kept);
    assertThat(other.entries().get("x1")).contains(kept);
    mark("the answer", "from Redis");
    assertThat(text(other, "k1")).isEqualTo("from Redis");
    assertThat(text(other, "x1")).isEqualTo("from Redis");
  }

  @Test
  void an_answer_that_redis_has_lost_is_read_from_the_database_and_copied_again() {
    var kept = answer("k1", "the answer");
    one.entries().put(kept, List.of());
    redis.flush();

    assertThat(other.entries().get("k1")).contains(kept);

    mark("the answer", "from Redis");
    assertThat(text(one, "k1")).isEqualTo("from Redis");
  }

  @Test
  void a_copy_expires_with_its_answer() {
    one.entries().put(answer("k1", "the answer"), List.of());

    try (var jedis = redis.jedis()) {
      assertThat(jedis.pttl(copies().iterator().next())).isBetween(3_500_000L, 3_600_000L);
    }
    time.advance(Duration.ofMinutes(59));
    redis.flush();
    one.entries().get("k1");
    try (var jedis = redis.jedis()) {
      assertThat(jedis.pttl(copies().iterator().next())).isBetween(1L, 60_000L);
    }
    time.advance(Duration.ofMinutes(1));
    redis.flush();
    one.entries().get("k1");
    assertThat(copies()).isEmpty();
  }

  @Test
  void answers_that_one_server_replaces_marks_or_deletes_are_not_served_by_the_other() {
    one.entries().put(answer("k1", "old"), List.of());
    assertThat(text(other, "k1")).isEqualTo("old");

    one.entries().put(answer("k1", "new"), List.of());
    assertThat(text(other, "k1")).isEqualTo("new");
    assertThat(copies()).hasSize(1);
    one.entries().documentChanged("doc \"1\"");
    assertThat(one.queue().runJobStep()).isTrue();
    assertThat(other.entries().get("k1").orElseThrow().stale()).isTrue();
    one.entries().delete(null, null, "k1");
    assertThat(text(other, "k1")).isEqualTo("none");
    assertThat(copies()).isEmpty();
  }

  @Test
  void answers_that_are_evicted_or_reworded_leave_no_copy() {
    one.entries().put(answer("k1", "first"), List.of("x1"));
    time.advance(Duration.ofSeconds(1));
    one.entries().put(answer("k2", "second"), List.of());

    one.entries().setWordings("k1", List.of("K1?"), List.of("x2"));
    assertThat(other.entries().get("x1")).isEmpty();
    assertThat(other.entries().get("x2").orElseThrow().wordings()).containsExactly("K1?");
    assertThat(copies()).hasSize(2);
    one.entries().evict(time.now(), 1);
    assertThat(text(other, "k1")).isEqualTo("none");
    assertThat(copies()).hasSize(1);
  }

  @Test
  void hits_are_those_of_the_database() {
    one.entries().put(answer("k1", "the answer"), List.of());

    one.entries()
        .recordAsks(List.of(new AnswerEntries.Ask(time.now(), "k1", "k1", "tenant:7", "k1")));

    assertThat(other.entries().get("k1").orElseThrow().hits()).isEqualTo(1);
  }

  @Test
  void while_redis_is_down_answers_come_from_the_database() {
    one.entries().put(answer("k1", "the answer"), List.of());
    redis.kill();
    try {
      assertThat(text(other, "k1")).isEqualTo("the answer");
      assertThat(one.entries().put(answer("k1", "new"), List.of())).isTrue();
      assertThat(text(other, "k1")).isEqualTo("new");
      assertThat(one.entries().delete(null, null, "k1")).isEqualTo(1);
      assertThat(text(other, "k1")).isEqualTo("none");
    } finally {
      redis.restart();
    }
    time.advance(Duration.ofSeconds(1));
    one.entries().put(answer("k2", "after it"), List.of());
    mark("after it", "from Redis");
    assertThat(text(one, "k2")).isEqualTo("from Redis");
  }

  @Test
  void an_old_answer_does_not_come_back_with_a_redis_that_was_down_at_its_end() {
    one.entries().put(answer("k1", "replaced"), List.of("x1"));
    one.entries().put(answer("k2", "forgotten"), List.of());
    redis.pause();
    try {
      one.entries().put(answer("k1", "new"), List.of("x1"));
      one.entries().delete(null, null, "k2");
    } finally {
      redis.resume();
    }
    time.advance(Duration.ofSeconds(1));

    try (var jedis = redis.jedis()) {
      assertThat(jedis.keys("*").stream().map(jedis::get))
          .as("what Redis still holds")
          .anyMatch(copy -> copy.contains("replaced"))
          .anyMatch(copy -> copy.contains("forgotten"));
    }
    assertThat(text(one, "k1")).isEqualTo("new");
    assertThat(text(other, "k1")).isEqualTo("new");
    assertThat(text(other, "x1")).isEqualTo("new");
    assertThat(text(other, "k2")).isEqualTo("none");
  }

  @Test
  void a_hanging_redis_is_called_once_a_second() {
    one.entries().put(answer("k1", "the answer"), List.of());
    redis.pause();
    try {
      assertThat(text(one, "k1")).isEqualTo("the answer");
      redis.resume();
      mark("the answer", "from Redis");

      assertThat(text(one, "k1")).isEqualTo("the answer");
      time.advance(Duration.ofSeconds(1));
      assertThat(text(one, "k1")).isEqualTo("from Redis");
    } finally {
      redis.resume();
    }
  }

  @Test
  void a_copy_that_cannot_be_read_is_replaced() {
    one.entries().put(answer("k1", "the answer"), List.of());
    for (var broken : List.of("", "{", "[]", "{\"sources\": 5}", "{\"confidence\": 1000}")) {
      try (var jedis = redis.jedis()) {
        jedis.set(copies().iterator().next(), broken);
      }

      assertThat(text(one, "k1")).isEqualTo("the answer");
      mark("the answer", "from Redis");
      assertThat(text(one, "k1")).isEqualTo("from Redis");
    }
  }
}
