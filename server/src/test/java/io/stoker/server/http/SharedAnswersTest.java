package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.server.RunningServer;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Two servers on one Postgres and one Redis.
class SharedAnswersTest {

  private static final String QUESTION = "{\"question\": \"What is a TTL?\"}";

  @Test
  void servers_share_answers_in_redis_and_their_deletion() {
    RealRedis.shared().flush();
    var postgres = RealPostgres.shared();
    var variables =
        Map.of(
            "STOKER_ANSWERS_DATABASE_URL", postgres.url(postgres.newDatabase()),
            "REDIS_URL", RealRedis.shared().url());
    try (var one = RunningServer.with(variables);
        var other = RunningServer.with(variables)) {
      var fresh = one.post("/api/answers/ask", QUESTION);
      mark("from Redis");

      var shared = other.post("/api/answers/ask", QUESTION);
      one.delete("/api/cache/entries?question=What+is+a+TTL");
      var again = other.post("/api/answers/ask", QUESTION);

      assertThat(shared.json().path("cached").asBoolean()).isTrue();
      assertThat(shared.text("answer")).isEqualTo("from Redis");
      assertThat(again.json().path("cached").asBoolean()).isFalse();
      assertThat(again.text("answer")).isEqualTo(fresh.text("answer"));
    }
  }

  /// Changes the shared copy, which shows where a reader reads.
  private static void mark(String mark) {
    try (var jedis = RealRedis.shared().jedis()) {
      var keys = jedis.keys("stoker:answers:kept:*");
      assertThat(keys).hasSize(1);
      var key = keys.iterator().next();
      var quoted = "\"answer\":\"";
      var copy = jedis.get(key);
      int from = copy.indexOf(quoted) + quoted.length();
      jedis.set(
          key, copy.substring(0, from) + mark + copy.substring(copy.indexOf("\",\"sources", from)));
    }
  }
}
