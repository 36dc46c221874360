package io.stoker.sessions;

import static io.stoker.sessions.RedisPipeline.COMMANDS;

import io.stoker.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/// Counts in one Redis hash per minute. Thread-safe.
final class RedisSessionStats implements SessionStats {

  /// Adds numbers to fields of a hash, all or none of them.
  private static final String ADD =
      """
      for i = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
      redis.call('EXPIRE', KEYS[1], ARGV[1])
      return 1
      """;

  private final UnifiedJedis client;
  private final RedisKeys keys;
  private final Time time;

  RedisSessionStats(UnifiedJedis client, RedisKeys keys, Time time) {
    this.client = client;
    this.keys = keys;
    this.time = time;
  }

  @Override
  public void add(LookupCounts counts) {
    var arguments = new ArrayList<>(List.of(Long.toString(KEPT.toSeconds())));
    counts
        .byName()
        .forEach((name, count) -> {
          arguments.add(name);
          arguments.add(Long.toString(count));
        });
    try {
      client.eval(ADD, List.of(keys.stats(minute())), arguments);
    } catch (JedisException e) {
      throw RedisErrors.of("count look-ups", e);
    }
  }

  @Override
  public LookupCounts over(Duration window) {
    long last = minute();
    long first = last - Math.clamp(window.toMinutes(), 1, KEPT.toMinutes()) + 1;
    try {
      var minutes =
          RedisPipeline.read(
              client,
              LongStream.rangeClosed(first, last)
                  .mapToObj(minute -> COMMANDS.hgetAll(keys.stats(minute)))
                  .toList());
      return minutes.stream()
          .filter(Objects::nonNull)
          .map(LookupCounts::ofTexts)
          .reduce(LookupCounts.NONE, LookupCounts::plus);
    } catch (JedisException e) {
      throw RedisErrors.of("read the counts of look-ups", e);
    }
  }

  private long minute() {
    return time.now().getEpochSecond() / 60;
  }
}
