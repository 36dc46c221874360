package io.stoker.sessions;

import static io.stoker.sessions.RedisPipeline.COMMANDS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.WarmOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/// A target in Spring Session's layout: one hash per session at `NAMESPACE:sessions:ID`, as its
/// `RedisSessionRepository` and `RedisIndexedSessionRepository` read it. Thread-safe.
///
/// An existing hash is never changed, since the application's is newer. One script sets fields and
/// TTL, so that a crash cannot leave a hash without a TTL.
final class RedisSpringSessionTarget implements SessionTarget {

  private static final byte[] CREATE =
      """
      if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
      redis.call('HSET', KEYS[1], unpack(ARGV, 2))
      redis.call('EXPIRE', KEYS[1], ARGV[1])
      return 1
      """
          .getBytes(US_ASCII);

  /// The fields that Spring Session requires to restore a session.
  private static final byte[][] REQUIRED = {
    "creationTime".getBytes(US_ASCII),
    "lastAccessedTime".getBytes(US_ASCII),
    "maxInactiveInterval".getBytes(US_ASCII)
  };

  private final UnifiedJedis client;
  private final RedisKeys keys;
  private final byte[] prefix;

  RedisSpringSessionTarget(UnifiedJedis client, RedisKeys keys, String namespace) {
    this.client = client;
    this.keys = keys;
    this.prefix = (namespace + ":sessions:").getBytes(UTF_8);
  }

  @Override
  public Fence fence() {
    return RedisSessionStore.nextFence(client, keys);
  }

  /// The mode is ignored: Spring refreshes its sessions itself, on every request.
  @Override
  public List<WarmOutcome> putAll(List<SessionWrite> writes, WriteMode mode) {
    return RedisPipeline.write(client, writes, this::create);
  }

  private CommandObject<?> create(SessionWrite write) {
    var arguments = new ArrayList<byte[]>();
    arguments.add(Long.toString(write.timeToLive().toSeconds()).getBytes(US_ASCII));
    arguments.addAll(SpringHashFields.decode(write.entry().value()));
    return COMMANDS.eval(CREATE, List.of(write.entry().key().in(prefix)), arguments);
  }

  @Override
  public int countFindable(List<SessionKey> sessions) {
    try {
      var hashes =
          RedisPipeline.read(
              client,
              sessions.stream().map(key -> COMMANDS.hmget(key.in(prefix), REQUIRED)).toList());
      return (int)
          hashes.stream()
              .filter(fields -> fields != null && fields.stream().allMatch(Objects::nonNull))
              .count();
    } catch (JedisException e) {
      throw RedisErrors.of("read Spring sessions back", e);
    }
  }
}
