package io.stoker.sessions;

import io.stoker.StokerException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/// A lease on a Redis key with a token and an expiry (Redis documentation, "Distributed Locks",
/// single instance).
///
/// It only saves work: if two nodes warmed at once, every write would still be correct.
final class RedisWarmLock implements WarmLock {

  private final UnifiedJedis client;
  private final RedisKeys keys;
  private final String mark;

  RedisWarmLock(UnifiedJedis client, RedisKeys keys) {
    this(client, keys, keys.warm());
  }

  /// @param mark the key of the marker
  RedisWarmLock(UnifiedJedis client, RedisKeys keys, String mark) {
    this.client = client;
    this.keys = keys;
    this.mark = mark;
  }

  @Override
  public Optional<Lease> take(Duration length) {
    var token = UUID.randomUUID().toString();
    var taken =
        call(
            "take the warming lock",
            () -> client.set(keys.lock(), token, SetParams.setParams().nx().px(length.toMillis())));
    return taken == null
        ? Optional.empty()
        : Optional.of(new RedisLease(client, keys.lock(), token, "warming lock"));
  }

  @Override
  public Optional<Mark> mark() {
    return Optional.ofNullable(call("read the warm mark", () -> client.get(mark)))
        .map(RedisWarmLock::parse);
  }

  @Override
  public void mark(Mark mark, Duration life) {
    var text = mark.since() + " " + mark.limit() + " " + mark.activeWithin();
    call(
        "write the warm mark",
        () -> client.set(this.mark, text, SetParams.setParams().px(life.toMillis())));
  }

  private static Mark parse(String text) {
    var parts = text.split(" ", 3);
    return new Mark(Instant.parse(parts[0]), Long.parseLong(parts[1]), Duration.parse(parts[2]));
  }

  /// @throws StokerException if the command fails
  private static <T> @Nullable T call(String action, Supplier<? extends @Nullable T> command) {
    try {
      return command.get();
    } catch (JedisException e) {
      throw RedisErrors.of(action, e);
    }
  }
}
