package io.stoker.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.server.wire.InvalidValueException;
import io.stoker.testing.RealRedis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisClusterClient;

class RedisUrlTest {

  @ParameterizedTest
  @CsvSource({
    "redis://cache.example, redis://cache.example:6379",
    "redis://cache.example:7000/3, redis://cache.example:7000",
    "redis://ann:hunter2@cache.example, redis://cache.example:6379",
    "rediss://:hunter2@cache.example:7000, rediss://cache.example:7000",
    "redis://[::1]:7000, redis://[::1]:7000",
    "'redis://:hunter2@one:1,two:2', 'redis://one:1,two:2'",
    "'rediss://one:1,rediss://two:2', 'rediss://one:1,two:2'"
  })
  void its_text_has_no_login(String url, String text) {
    assertThat(RedisUrl.parse(url)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://:hunter2@cache.example",
        "hunter2",
        "redis://:hunter2@",
        "redis://:hunter2%zz@cache.example",
        "redis://:hunter2@cache.example:port",
        "redis://:hunter2@cache.example:99999",
        "redis://:hunter2@cache.example/name",
        "redis://:hunter2@one:1,two:2/3"
      })
  void an_invalid_url_is_rejected_without_showing_the_password(String url) {
    assertThatThrownBy(() -> RedisUrl.parse(url))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageStartingWith("REDIS_URL: expected redis://:password@host:6379, got ")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void password_and_database_are_used() {
    try (var redis = RealRedis.builder().password("p/w:+%").start();
        var client =
            RedisUrl.parse("redis://:p%2Fw%3A+%25@127.0.0.1:" + redis.port() + "/3").open();
        var other = redis.jedis()) {
      client.set("key", "value");

      other.select(3);
      assertThat(other.get("key")).isEqualTo("value");
    }
  }

  @Test
  void a_user_name_is_used() {
    try (var redis = RealRedis.start();
        var other = redis.jedis()) {
      other.aclSetUser("ann", "on", ">secret", "~*", "+@all");
      other.aclSetUser("default", "off");

      try (var client = RedisUrl.parse("redis://ann:secret@127.0.0.1:" + redis.port()).open()) {
        assertThat(client.set("key", "value")).isEqualTo("OK");
      }
    }
  }

  @Test
  void a_list_is_a_cluster_that_may_start_later() {
    try (var client = RedisUrl.parse("redis://127.0.0.1:1,127.0.0.1:2").open()) {
      assertThat(client).isInstanceOf(RedisClusterClient.class);
    }
  }
}
