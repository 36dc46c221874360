package io.stoker.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.testing.RealRedis;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

class RedisSessionStatsTest extends SessionStatsContract {

  private final RedisClient client = RedisClient.create(RealRedis.shared().url());

  @BeforeEach
  void empty() {
    RealRedis.shared().flush();
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Override
  SessionStats stats() {
    return new RedisSessions(client, time).stats();
  }

  @Test
  void another_process_sees_what_this_one_counted() {
    var counts = new LookupCounts(5, 3, 2, 0, 0, 0, 0);

    stats().add(counts);

    assertThat(stats().over(Duration.ofHours(1))).isEqualTo(counts);
    assertThat(stats().over(Duration.ofHours(1)).hitRate()).hasValue(0.8);
  }

  @Test
  void counts_expire_after_a_day() {
    stats().add(new LookupCounts(1, 0, 0, 0, 0, 0, 0));

    var keys = client.keys("stoker:session:stats:*");

    assertThat(keys).hasSize(1);
    assertThat(client.ttl(keys.iterator().next())).isBetween(24 * 3600L, 25 * 3600L);
  }
}
