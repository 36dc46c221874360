package io.stoker.sessions;

import static io.stoker.sessions.RedisPipeline.COMMANDS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.WarmOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/// A target in Spring Session's layout: one hash per session at `NAMESPACE:sessions:ID`, as its
/// `RedisSessionRepository` and `RedisIndexedSessionRepository` read it. Thread-safe.
///
/// These hashes are the application's only sessions: one that is absent has ended. So each session
/// is written once. A marker beside it, in Stoker's own namespace, lives a week longer than the row
/// in the source, and keeps later runs from bringing back a session that has ended in Redis, or an
/// id that was given up at sign-in. A hash that exists is never changed, since the application's is
/// newer, and gets its marker, too.
///
/// One script sets fields, TTL and marker, so that a crash leaves all of them or none. Marker and
/// hash are in the same slot of a cluster.
final class RedisSpringSessionTarget implements SessionTarget {

  /// Replies 1 if it has written the hash, 0 if that is there, and 2 if it was there before. The
  /// marker's TTL follows a row that was renewed.
  private static final byte[] CREATE =
      """
      local reply = 0
      if redis.call('EXISTS', KEYS[1]) == 0 then
        if redis.call('EXISTS', KEYS[2]) == 1 then
          redis.call('EXPIREAT', KEYS[2], ARGV[2])
          return 2
        end
        redis.call('HSET', KEYS[1], unpack(ARGV, 3))
        redis.call('EXPIRE', KEYS[1], ARGV[1])
        reply = 1
      end
      redis.call('SET', KEYS[2], '1')
      redis.call('EXPIREAT', KEYS[2], ARGV[2])
      return reply
      """
          .getBytes(US_ASCII);

  /// How long a marker outlives its session's row. An application may renew the row after it was
  /// read, while some of its nodes still keep their sessions in the source.
  private static final Duration MARGIN = Duration.ofDays(7);

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

  /// Every mode is [WriteMode#ONCE]: Spring refreshes its sessions itself, on every request.
  @Override
  public List<WarmOutcome> putAll(List<SessionWrite> writes, WriteMode mode) {
    return RedisPipeline.write(client, writes, this::create);
  }

  private CommandObject<?> create(SessionWrite write) {
    var arguments = new ArrayList<byte[]>();
    arguments.add(Long.toString(write.timeToLive().toSeconds()).getBytes(US_ASCII));
    long end = write.entry().expiresAt().plus(MARGIN).getEpochSecond();
    arguments.add(Long.toString(end).getBytes(US_ASCII));
    arguments.addAll(SpringHashFields.decode(write.entry().value()));
    var key = write.entry().key().in(prefix);
    return COMMANDS.eval(CREATE, List.of(key, keys.migrated(key)), arguments);
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
