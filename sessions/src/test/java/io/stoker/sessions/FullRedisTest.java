package io.stoker.sessions;

import static io.stoker.sessions.Samples.entry;
import static io.stoker.sessions.Samples.key;
import static io.stoker.sessions.Samples.read;
import static org.assertj.core.api.Assertions.assertThat;
import static redis.clients.jedis.params.SetParams.setParams;

import io.stoker.Time;
import io.stoker.WarmOutcome;
import io.stoker.sessions.SessionLookup.Found;
import io.stoker.sessions.SessionLookup.Revoked;
import io.stoker.testing.RealRedis;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisDataException;

/// Revocations in a Redis that has no memory left.
class FullRedisTest {

  private static final Duration LIFE = Duration.ofMinutes(5);
  private static final int MOST_KEYS = 2000;

  private final Time time = Time.system();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "noeviction",
        "volatile-ttl",
        "volatile-lru",
        "volatile-lfu",
        "volatile-random",
        "allkeys-lru",
        "allkeys-lfu",
        "allkeys-random"
      })
  void a_full_redis_accepts_revocations_under_every_policy(String policy) {
    try (var redis = RealRedis.builder().maxMemory("4mb", policy).start();
        var client = RedisClient.create(redis.url())) {
      var store = new RedisSessions(client, time).store();
      put(store, "a", "7", store.fence());
      put(store, "b", "8", store.fence());
      fill(client);

      store.revoke(key("a"));
      store.revokeUser("8");

      assertThat(read(store, key("a"))).isNotInstanceOf(Found.class);
      assertThat(read(store, key("b"))).isNotInstanceOf(Found.class);
    }
  }

  @Test
  void without_eviction_nothing_that_was_read_before_comes_back_however_full_it_is() {
    try (var redis = RealRedis.builder().maxMemory("4mb", "noeviction").start();
        var client = RedisClient.create(redis.url())) {
      var store = new RedisSessions(client, time).store();
      var before = store.fence();
      put(store, "a", "7", before);
      fill(client);
      leaveNoRoom(client);

      store.revoke(key("a"));
      store.revoke(key("never seen"));
      store.revokeUser("8");
      client.configSet("maxmemory", "8mb");
      put(store, "a", "7", before);
      put(store, "never seen", "7", before);
      put(store, "b", "8", before);
      fill(client);

      assertThat(read(store, key("a"))).isEqualTo(new Revoked());
      assertThat(read(store, key("never seen"))).isEqualTo(new Revoked());
      assertThat(read(store, key("b"))).isNotInstanceOf(Found.class);
    }
  }

  @Test
  void a_session_that_does_not_fit_is_failed_and_not_half_written() {
    try (var redis = RealRedis.builder().maxMemory("4mb", "noeviction").start();
        var client = RedisClient.create(redis.url())) {
      var store = new RedisSessions(client, time).store();
      var fence = store.fence();
      leaveNoRoom(client);

      for (var mode : WriteMode.values()) {
        var write = new SessionWrite(entry(key("a"), "7", time.now(), fence), LIFE);
        assertThat(store.putAll(List.of(write), mode))
            .singleElement()
            .isInstanceOf(WarmOutcome.Failed.class)
            .asString()
            .contains("out of memory (OOM)");
      }
      assertThat(read(store, key("a"))).isNotInstanceOf(Found.class);
    }
  }

  private void put(SessionStore store, String token, String user, Fence fence) {
    for (var mode : WriteMode.values()) {
      store.putAll(
          List.of(new SessionWrite(entry(key(token), user, time.now(), fence), LIFE)), mode);
    }
  }

  /// Writes what others keep there, half of it without an end, until it is refused or evicted.
  private static void fill(RedisClient client) {
    var value = "x".repeat(8000);
    try {
      for (int i = 0; i < MOST_KEYS; i++) {
        client.set("theirs:" + i, value, i % 2 == 0 ? setParams() : setParams().ex(3600));
      }
    } catch (JedisDataException e) {
      assertThat(e).hasMessageStartingWith("OOM");
    }
  }

  private static void leaveNoRoom(RedisClient client) {
    client.configSet("maxmemory", "100kb");
  }
}
