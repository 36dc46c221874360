package io.stoker.sessions;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.testing.RealRedis;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Response;

/// What is really in a Redis, asked without any of Stoker's code.
final class RedisInspector {

  private static final Pattern SESSION =
      Pattern.compile(Pattern.quote(RedisSessions.NAMESPACE) + "[0-9a-f]{64}");

  private RedisInspector() {}

  /// How many sessions and tombstones there are.
  static long sessions(RealRedis redis) {
    return timesToLive(redis).keySet().stream().filter(SESSION.asMatchPredicate()).count();
  }

  /// The time that each session and tombstone has left.
  static Map<String, Duration> sessionTimesToLive(RealRedis redis) {
    var all = timesToLive(redis);
    all.keySet().removeIf(SESSION.asMatchPredicate().negate());
    return all;
  }

  static boolean isLocked(RealRedis redis) {
    try (var jedis = redis.jedis()) {
      return jedis.exists(RedisSessions.NAMESPACE + "lock");
    }
  }

  /// What must hold after every day, however bad.
  static void assertEveryKeyHasATimeToLive(RealRedis redis) {
    var all = timesToLive(redis);
    all.values().removeIf(Duration::isPositive);
    assertThat(all).as("keys without a TTL").isEmpty();
  }

  /// A number of Redis' own, such as `total_commands_processed` of the section `stats`.
  static long info(RealRedis redis, String section, String name) {
    try (var jedis = redis.jedis()) {
      return jedis
          .info(section)
          .lines()
          .filter(line -> line.startsWith(name + ":"))
          .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow();
    }
  }

  /// Keys that expire between the two questions are left out.
  private static Map<String, Duration> timesToLive(RealRedis redis) {
    try (var jedis = redis.jedis()) {
      var answers = ask(jedis);
      answers.values().removeIf(left -> left.get() == -2);
      return answers.entrySet().stream()
          .collect(toMap(Map.Entry::getKey, answer -> Duration.ofMillis(answer.getValue().get())));
    }
  }

  private static Map<String, Response<Long>> ask(Jedis jedis) {
    var keys = jedis.keys("*");
    try (var pipeline = jedis.pipelined()) {
      var answers = keys.stream().collect(toMap(key -> key, pipeline::pttl));
      pipeline.sync();
      return answers;
    }
  }
}
