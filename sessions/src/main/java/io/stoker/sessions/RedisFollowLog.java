package io.stoker.sessions;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/// A lease and a line of text in Redis. Thread-safe.
final class RedisFollowLog implements FollowLog {

  private static final Duration KEPT = Duration.ofDays(7);

  private final UnifiedJedis client;
  private final RedisKeys keys;

  RedisFollowLog(UnifiedJedis client, RedisKeys keys) {
    this.client = client;
    this.keys = keys;
  }

  @Override
  public boolean isLeased() {
    return Boolean.TRUE.equals(call("look who follows", () -> client.exists(keys.follower())));
  }

  @Override
  public WarmLock.Lease seize(Duration length) {
    var token = UUID.randomUUID().toString();
    call(
        "take the lease of the follower",
        () -> client.set(keys.follower(), token, SetParams.setParams().px(length.toMillis())));
    return new RedisLease(client, keys.follower(), token, "lease of the follower");
  }

  @Override
  public Optional<Progress> progress() {
    return Optional.ofNullable(
            call("read the follower's position", () -> client.get(keys.followed())))
        .map(RedisFollowLog::parse);
  }

  @Override
  public void write(Progress progress) {
    var text =
        String.join(
            " ",
            List.of(
                Long.toString(progress.position()),
                Boolean.toString(progress.incomplete()),
                progress.lag().toString(),
                progress.at().toString()));
    call(
        "write the follower's position",
        () -> client.set(keys.followed(), text, SetParams.setParams().ex(KEPT.toSeconds())));
  }

  private static Progress parse(String text) {
    var parts = text.split(" ", 4);
    return new Progress(
        Long.parseLong(parts[0]),
        Boolean.parseBoolean(parts[1]),
        Duration.parse(parts[2]),
        Instant.parse(parts[3]));
  }

  private static <T> @Nullable T call(String action, Supplier<? extends @Nullable T> command) {
    try {
      return command.get();
    } catch (JedisException e) {
      throw RedisErrors.of(action, e);
    }
  }
}
