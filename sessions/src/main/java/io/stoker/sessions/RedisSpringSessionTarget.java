package io.stoker.sessions;

import static io.stoker.sessions.RedisPipeline.COMMANDS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.WarmOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/// A target in Spring Session's layout: one hash per session at `NAMESPACE:sessions:ID`, as its
/// `RedisSessionRepository` and `RedisIndexedSessionRepository` read it. Thread-safe.
///
/// These hashes are the application's only sessions: one that is absent has ended. So each session
/// is written once. A marker beside it, in Stoker's own namespace, lives a week longer than the row
/// in the source, and keeps later runs from bringing back a session that has ended in Redis, or an
/// id that was replaced at sign-in. An existing hash is never changed, because the application's
/// copy is newer, but gets a marker as well.
///
/// One script sets fields, TTL and marker, so that a crash leaves all of them or none. Marker and
/// hash are in the same slot of a cluster.
final class RedisSpringSessionTarget implements SessionTarget {

  private static final Logger LOG = LoggerFactory.getLogger(RedisSpringSessionTarget.class);

  /// Returns 1 if it wrote the hash, 0 if the hash exists, 2 if the session was migrated before and
  /// has ended since. The marker's TTL follows a renewed row.
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
  private static final List<byte[]> REQUIRED =
      Stream.of("creationTime", "lastAccessedTime", "maxInactiveInterval")
          .map(name -> name.getBytes(US_ASCII))
          .toList();

  private final UnifiedJedis client;
  private final RedisKeys keys;
  private final byte[] prefix;
  private final SpringValues values;
  private final RedisSpringLayout layout;
  private final @Nullable RedisSpringIndex index;

  /// @param indexed whether the application uses `RedisIndexedSessionRepository`
  RedisSpringSessionTarget(
      UnifiedJedis client, RedisKeys keys, String namespace, boolean indexed, SpringValues values) {
    var sessions = namespace + ":sessions:";
    this.client = client;
    this.keys = keys;
    this.prefix = sessions.getBytes(UTF_8);
    this.values = values;
    this.layout = new RedisSpringLayout(client, sessions, indexed, values);
    this.index = indexed ? new RedisSpringIndex(client, namespace, values) : null;
  }

  /// Refuses if the application's sessions in Redis have another layout.
  @Override
  public Fence fence() {
    layout.check();
    return RedisSessionStore.nextFence(client, keys);
  }

  /// Every mode is [WriteMode#ONCE]: Spring refreshes its sessions itself, on every request.
  @Override
  public List<WarmOutcome> putAll(List<SessionWrite> writes, WriteMode mode) {
    var failed = new HashMap<SessionKey, WarmOutcome>();
    var converted = new ArrayList<SessionWrite>(writes.size());
    for (var write : writes) {
      try {
        converted.add(convert(write));
      } catch (IllegalArgumentException e) {
        failed.put(
            write.entry().key(), new WarmOutcome.Failed(String.valueOf(e.getMessage()), false));
      }
    }
    if (index != null) {
      index.add(absent(converted, failed), failed);
      converted.removeIf(write -> failed.containsKey(write.entry().key()));
    }
    var outcomes = RedisPipeline.write(client, converted, this::create).iterator();
    return writes.stream()
        .map(write -> {
          var failure = failed.get(write.entry().key());
          return failure == null ? outcomes.next() : failure;
        })
        .toList();
  }

  private SessionWrite convert(SessionWrite write) {
    if (values.equals(SpringValues.java())) {
      return write;
    }
    var entry = write.entry();
    var value = SpringHashFields.convert(entry.value(), values);
    return new SessionWrite(
        new SessionEntry(entry.key(), value, entry.expiresAt()), write.timeToLive());
  }

  /// The sessions that have neither a hash nor a marker.
  private List<SessionWrite> absent(
      List<SessionWrite> writes, Map<SessionKey, WarmOutcome> failed) {
    try {
      var present =
          RedisPipeline.read(
              client,
              writes.stream()
                  .map(write -> write.entry().key().in(prefix))
                  .map(key -> COMMANDS.exists(key, keys.migrated(key)))
                  .toList());
      return IntStream.range(0, writes.size())
          .filter(i -> Long.valueOf(0).equals(present.get(i)))
          .mapToObj(writes::get)
          .toList();
    } catch (JedisException e) {
      LOG.debug("Could not read which sessions are there", e);
      writes.forEach(write -> failed.put(write.entry().key(), RedisErrors.unanswered()));
      return List.of();
    }
  }

  private CommandObject<?> create(SessionWrite write) {
    var arguments = new ArrayList<byte[]>();
    var timeToLive =
        index == null ? write.timeToLive() : write.timeToLive().plus(RedisSpringIndex.GRACE);
    arguments.add(Long.toString(timeToLive.toSeconds()).getBytes(US_ASCII));
    long end = write.entry().expiresAt().plus(MARGIN).getEpochSecond();
    arguments.add(Long.toString(end).getBytes(US_ASCII));
    arguments.addAll(SpringHashFields.decode(write.entry().value()));
    var key = write.entry().key().in(prefix);
    return COMMANDS.eval(CREATE, List.of(key, keys.migrated(key)), arguments);
  }

  /// Counts the sessions that the application can restore: all values in its format, and with the
  /// key whose expiry ends them if it has one.
  @Override
  public int countFindable(List<SessionKey> sessions) {
    try {
      var hashes =
          RedisPipeline.read(
              client, sessions.stream().map(key -> COMMANDS.hgetAll(key.in(prefix))).toList());
      var expiries =
          index == null
              ? null
              : RedisPipeline.read(
                  client,
                  sessions.stream().map(key -> COMMANDS.exists(index.expiry(key))).toList());
      return (int)
          IntStream.range(0, hashes.size())
              .filter(i -> isReadable(hashes.get(i)))
              .filter(i -> expiries == null || Boolean.TRUE.equals(expiries.get(i)))
              .count();
    } catch (JedisException e) {
      throw RedisErrors.of("read Spring sessions back", e);
    }
  }

  private boolean isReadable(@Nullable Map<byte[], byte[]> hash) {
    return hash != null && REQUIRED.stream().allMatch(hash::containsKey) && layout.canDecode(hash);
  }
}
