package io.stoker.sessions;

import static io.stoker.sessions.RedisPipeline.COMMANDS;

import io.stoker.Time;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.LongStream;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/// Counts in one Redis hash per minute. Thread-safe.
final class RedisSessionStats implements SessionStats {

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
    var key = keys.stats(minute());
    try (var pipeline = client.pipelined()) {
      counts.byName().forEach((name, count) -> pipeline.hincrBy(key, name, count));
      pipeline.expire(key, KEPT.toSeconds());
      pipeline.sync();
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
