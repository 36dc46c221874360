package io.stoker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisMovedDataException;

final class RealRedisTest {

  @Test
  void a_restarted_server_is_empty_on_the_same_port() {
    try (var redis = RealRedis.start()) {
      set(redis, "key", "value");

      redis.kill();
      assertThatThrownBy(redis::jedis).isInstanceOf(JedisConnectionException.class);
      redis.restart();

      try (var jedis = redis.jedis()) {
        assertThat(jedis.get("key")).isNull();
      }
    }
  }

  @Test
  void a_paused_server_is_silent_until_resumed() {
    try (var redis = RealRedis.start()) {
      redis.pause();
      var impatient = DefaultJedisClientConfig.builder().timeoutMillis(100).build();
      assertThatThrownBy(
              () -> {
                try (var jedis = new Jedis(new HostAndPort("127.0.0.1", redis.port()), impatient)) {
                  jedis.ping();
                }
              })
          .isInstanceOf(JedisConnectionException.class);

      redis.resume();

      try (var jedis = redis.jedis()) {
        assertThat(jedis.ping()).isEqualTo("PONG");
      }
    }
  }

  @Test
  void the_password_is_asked_for_and_is_in_the_url() {
    try (var redis = RealRedis.builder().password("secret").start();
        var stranger = new Jedis("127.0.0.1", redis.port());
        var friend = new Jedis(URI.create(redis.url()))) {
      assertThatThrownBy(stranger::ping).hasMessageContaining("NOAUTH");
      assertThat(friend.ping()).isEqualTo("PONG");
    }
  }

  @Test
  void a_full_server_refuses_writes() {
    try (var redis = RealRedis.builder().maxMemory("2mb", "noeviction").start();
        var jedis = redis.jedis()) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1000; i++) {
                  jedis.set("key-" + i, "x".repeat(10_000));
                }
              })
          .isInstanceOf(JedisDataException.class)
          .hasMessageStartingWith("OOM");
    }
  }

  @Test
  void a_replica_follows_its_master_and_refuses_writes() {
    try (var master = RealRedis.builder().password("secret").start()) {
      set(master, "key", "value");

      try (var replica = RealRedis.builder().replicaOf(master).start();
          var jedis = replica.jedis()) {
        assertThat(jedis.get("key")).isEqualTo("value");
        assertThatThrownBy(() -> jedis.set("key", "other")).hasMessageStartingWith("READONLY");
      }
    }
  }

  @Test
  void tls_is_spoken_by_a_certificate_that_only_its_store_trusts() {
    try (var redis = RealRedis.builder().tls().start();
        var jedis = redis.jedis()) {
      assertThat(redis.url()).startsWith("rediss://");
      assertThat(jedis.ping()).isEqualTo("PONG");
      assertThatThrownBy(() -> new Jedis(URI.create(redis.url())).ping())
          .isInstanceOf(JedisConnectionException.class);
    }
  }

  @Test
  void nodes_of_a_cluster_redirect_while_a_slot_moves_and_afterwards() {
    try (var cluster = RealRedisCluster.start("secret")) {
      var slot = RealRedisCluster.slotOf("key");
      var source = cluster.ownerOf(slot);
      var target = (source + 1) % 3;
      set(cluster.node(source), "key", "value");

      cluster.startMovingSlot(slot, target);
      assertThatThrownBy(() -> set(cluster.node(source), "key", "other"))
          .hasMessageStartingWith("ASK " + slot);

      cluster.finishMovingSlot(slot, target);
      assertThatThrownBy(() -> set(cluster.node(source), "key", "other"))
          .isInstanceOf(JedisMovedDataException.class);
      assertThat(cluster.ownerOf(slot)).isEqualTo(target);
      try (var jedis = cluster.node(target).jedis()) {
        assertThat(jedis.get("key")).isEqualTo("value");
      }
    }
  }

  private static void set(RealRedis redis, String key, String value) {
    try (var jedis = redis.jedis()) {
      jedis.set(key, value);
    }
  }
}
