package io.stoker.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.testing.RealRedis;
import io.stoker.testing.TestCertificate;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.exceptions.JedisConnectionException;

final class RedisAddressTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "redis://cache.example | redis://cache.example:6379",
        "redis://cache.example:7000/3 | redis://cache.example:7000",
        "redis://ann:hunter2@cache.example | redis://cache.example:6379",
        "rediss://:hunter2@cache.example:7000 | rediss://cache.example:7000",
        "redis://[::1]:7000 | redis://[::1]:7000",
        "redis://:hunter2@one:1,two:2 | redis://one:1,two:2",
        "rediss://one:1,rediss://two:2 | rediss://one:1,two:2",
        "redis+sentinel://:hunter2@one,two:2/main/3 | redis+sentinel://one:26379,two:2/main",
        "rediss+sentinel://one:1/main?sentinel-password=hunter2 | rediss+sentinel://one:1/main",
        "unix://:hunter2@/run/redis.sock?db=2 | unix:///run/redis.sock",
      })
  void its_text_is_the_place_alone(String url, String text) {
    assertThat(RedisAddress.parse(url)).hasToString(text);
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
        "redis://:hunter2@one:1,two:2/3",
        "redis://cache.example?hunter2",
        "redis://cache.example?password=hunter2",
        "rediss://cache.example?timeout=hunter2",
        "redis+sentinel://:hunter2@one:1,two:2",
        "redis+sentinel://:hunter2@one:port/main",
        "redis+sentinel://one:1/main?db=hunter2",
        "unix://:hunter2@run/redis.sock",
        "unix:///run/redis.sock?db=hunter2",
      })
  void an_invalid_url_is_refused_without_showing_the_password(String url) {
    assertThatThrownBy(() -> RedisAddress.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected redis://:password@host:6379, got ")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void an_unknown_parameter_is_named_with_those_that_are_known() {
    assertThatThrownBy(() -> RedisAddress.parse("rediss://cache.example?ssl_ca=x"))
        .hasMessageContaining("the unknown parameter ssl_ca")
        .hasMessageContaining("[ca-file, certificate-file, key-file]");
  }

  @Test
  void password_and_database_are_used() {
    try (var redis = RealRedis.builder().password("p/w:+%").start();
        var client =
            RedisAddress.parse("redis://:p%2Fw%3A+%25@127.0.0.1:" + redis.port() + "/3").open();
        var other = redis.jedis()) {
      client.set("key", "value");

      other.select(3);
      assertThat(other.get("key")).isEqualTo("value");
    }
  }

  @Test
  void a_list_is_a_cluster_that_may_come_up_later() {
    try (var client = RedisAddress.parse("redis://127.0.0.1:1,127.0.0.1:2").open()) {
      assertThat(client).isInstanceOf(RedisClusterClient.class);
    }
  }

  @Test
  void a_socket_in_the_file_system_is_connected_to(@TempDir Path folder) {
    var socket = folder.resolve("redis.sock");
    try (var redis =
            RealRedis.builder()
                .password("secret")
                .setting("unixsocket", socket.toString())
                .setting("unixsocketperm", "700")
                .start();
        var client = RedisAddress.parse("unix://:secret@" + socket + "?db=3").open();
        var other = redis.jedis()) {
      var large = "x".repeat(3_000_000);
      client.set("key", large);

      other.select(3);
      assertThat(other.get("key")).isEqualTo(large);
      assertThat(client.get("key")).isEqualTo(large);

      redis.pause();
      assertThatThrownBy(() -> client.get("key"))
          .isInstanceOf(JedisConnectionException.class)
          .hasStackTraceContaining("Redis did not answer within 1000 ms");
      redis.resume();

      assertThat(client.get("key")).isEqualTo(large);
    }
    assertThatThrownBy(() -> RedisAddress.parse("unix://" + socket).open().get("key"))
        .hasStackTraceContaining("there is no socket to connect to at " + socket);
  }

  @Test
  void a_certificate_of_one_s_own_authority_is_trusted_by_its_file_and_the_client_shows_its_own() {
    var files = TestCertificate.shared();
    try (var redis = RealRedis.builder().tls().start();
        var admin = redis.jedis()) {
      admin.configSet("tls-auth-clients", "yes");
      var place =
          "rediss://127.0.0.1:" + redis.port() + "?ca-file=" + encoded(files.certificateFile());
      var own =
          "&certificate-file="
              + encoded(files.certificateFile())
              + "&key-file="
              + encoded(files.keyFile());
      try (var client = RedisAddress.parse(place + own).open()) {
        assertThat(client.set("key", "value")).isEqualTo("OK");
      }
      try (var stranger = RedisAddress.parse(place).open()) {
        assertThatThrownBy(() -> stranger.get("key")).isInstanceOf(JedisConnectionException.class);
      }
    }
  }

  @Test
  void a_tls_file_that_cannot_be_used_is_named(@TempDir Path folder) {
    var files = TestCertificate.shared();
    var missing = folder.resolve("missing.pem");

    assertThatThrownBy(() -> RedisAddress.parse("rediss://host?ca-file=" + missing))
        .hasMessageContaining("ca-file " + missing);
    assertThatThrownBy(
            () -> RedisAddress.parse("rediss://host?certificate-file=" + files.certificateFile()))
        .hasMessageContaining("certificate-file and key-file are needed together");
    assertThatThrownBy(() ->
            RedisAddress.parse(
                "rediss://host?certificate-file="
                    + files.certificateFile()
                    + "&key-file="
                    + files.certificateFile()))
        .hasMessageContaining("openssl pkcs8 -topk8");
  }

  private static String encoded(Path file) {
    return URLEncoder.encode(file.toString(), StandardCharsets.UTF_8);
  }
}
