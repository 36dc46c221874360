package io.stoker.sessions;

import static io.stoker.sessions.RedisPipeline.COMMANDS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.Time;
import io.stoker.WarmOutcome;
import io.stoker.sessions.SessionLookup.Absent;
import io.stoker.sessions.SessionLookup.Found;
import io.stoker.sessions.SessionLookup.Unusable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/// A store of token sessions in Redis. Thread-safe.
///
/// Why a revoked session cannot come back: revoking a session replaces it with a tombstone. Warm
/// writes and read-through writes use `SET ... NX`, and refreshes a script that skips tombstones,
/// so nothing replaces a tombstone while it lives. It outlives every entry that was read from the
/// source before it, since entries older than `maxAge` are not served and tombstones live twice as
/// long. Revoking a user raises the user's fence above that of every entry read before; readers
/// compare the two.
///
/// Revocations work even when Redis is full: Redis rejects a script only at its first write, and
/// only if that could need memory, so the scripts of revocations start with a `DEL`.
final class RedisSessionStore implements SessionStore {

  /// Issues the next fence: the time, or one more than the last fence if the clock stood still or
  /// went back.
  private static final String NEXT_FENCE =
      """
      local t = redis.call('TIME')
      local now = t[1] * 1000000 + t[2]
      local last = tonumber(redis.call('GET', KEYS[1]) or '0')
      local fence = string.format('%.0f', math.max(now, last + 1))
      redis.call('DEL', KEYS[1])
      redis.call('SET', KEYS[1], fence, 'EX', 604800)
      return fence
      """;

  /// Replaces an older entry, but never a tombstone; with a third argument, only an entry with less
  /// than half of the new TTL left. The fence is at characters 10 to 25 of both, followed by a
  /// tombstone's `revoked`. Anything that does not begin like an entry is replaced.
  private static final byte[] REPLACE =
      """
      local old = redis.call('GET', KEYS[1])
      if old and string.sub(old, 1, 9) == '{"fence":' then
        if string.sub(old, 26, 40) == ',"revoked":true' then return 0 end
        if string.sub(old, 10, 25) >= string.sub(ARGV[1], 10, 25) then return 0 end
        if ARGV[3] and redis.call('TTL', KEYS[1]) * 2 > tonumber(ARGV[2]) then return 0 end
      end
      redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
      return 1
      """
          .getBytes(US_ASCII);

  /// Replaces any entry with a tombstone, and publishes it. Answers with why that was refused.
  private static final byte[] PUT_TOMBSTONE =
      """
      redis.call('DEL', KEYS[1])
      redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
      local told = redis.pcall('PUBLISH', ARGV[3], ARGV[4])
      return type(told) == 'table' and told.err or ''
      """
          .getBytes(US_ASCII);

  /// Raises a fence, never lowers it, and publishes it. Answers as [#PUT_TOMBSTONE].
  private static final byte[] RAISE_FENCE =
      """
      local old = redis.call('GET', KEYS[1])
      if not old or tonumber(old) < tonumber(ARGV[1]) then
        redis.call('DEL', KEYS[1])
        redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
      end
      local told = redis.pcall('PUBLISH', ARGV[3], ARGV[4])
      return type(told) == 'table' and told.err or ''
      """
          .getBytes(US_ASCII);

  private static final byte[] NEAR_EXPIRY = "near-expiry".getBytes(US_ASCII);

  private static final Logger LOG = LoggerFactory.getLogger(RedisSessionStore.class);

  private final UnifiedJedis client;
  private final RedisKeys keys;
  private final Duration maxAge;
  private final Time time;

  RedisSessionStore(UnifiedJedis client, RedisKeys keys, Duration maxAge, Time time) {
    this.client = client;
    this.keys = keys;
    this.maxAge = maxAge;
    this.time = time;
  }

  @Override
  public Fence fence() {
    return nextFence(client, keys);
  }

  static Fence nextFence(UnifiedJedis client, RedisKeys keys) {
    try {
      var number = client.eval(NEXT_FENCE, List.of(keys.fence()), List.of());
      return new Fence(Long.parseLong(String.valueOf(number)));
    } catch (JedisException e) {
      throw RedisErrors.of("hand out a fence", e);
    }
  }

  @Override
  public List<WarmOutcome> putAll(List<SessionWrite> writes, WriteMode mode) {
    return RedisPipeline.write(
        client,
        writes,
        switch (mode) {
          case IF_ABSENT, ONCE -> this::setIfAbsent;
          case REFRESH -> this::refresh;
          case REPLACE_OLDER -> this::replace;
        });
  }

  private CommandObject<?> setIfAbsent(SessionWrite write) {
    return RedisPipeline.setIfAbsent(name(write), value(write), seconds(write));
  }

  private CommandObject<?> replace(SessionWrite write) {
    return COMMANDS.eval(REPLACE, List.of(name(write)), List.of(value(write), seconds(write)));
  }

  private CommandObject<?> refresh(SessionWrite write) {
    return COMMANDS.eval(
        REPLACE, List.of(name(write)), List.of(value(write), seconds(write), NEAR_EXPIRY));
  }

  private byte[] name(SessionWrite write) {
    return keys.session(write.entry().key());
  }

  private static byte[] value(SessionWrite write) {
    return write.entry().value();
  }

  private static byte[] seconds(SessionWrite write) {
    return Long.toString(write.timeToLive().toSeconds()).getBytes(US_ASCII);
  }

  @Override
  public List<SessionLookup> read(List<SessionKey> sessions) {
    try {
      var entries =
          RedisPipeline.read(
              client, sessions.stream().map(key -> COMMANDS.get(keys.session(key))).toList());
      var now = time.now();
      var lookups = new ArrayList<SessionLookup>(sessions.size());
      for (int i = 0; i < sessions.size(); i++) {
        var entry = entries.get(i);
        lookups.add(
            entry == null ? new Absent() : TokenJson.read(sessions.get(i), entry, now, maxAge));
      }
      return withoutRevokedUsers(lookups);
    } catch (JedisException e) {
      throw RedisErrors.of("look sessions up", e);
    }
  }

  @Override
  public int countFindable(List<SessionKey> sessions) {
    return (int) read(sessions).stream().filter(Found.class::isInstance).count();
  }

  /// Marks sessions as unusable that were read before their user was revoked.
  private List<SessionLookup> withoutRevokedUsers(List<SessionLookup> lookups) {
    var fences = fences(lookups);
    lookups.replaceAll(lookup -> {
      if (lookup instanceof Found(Session session, Fence fence)) {
        var revoked = fences.get(session.userId());
        return revoked != null && fence.compareTo(revoked) <= 0
            ? new Unusable("read before its user was revoked")
            : lookup;
      }
      return lookup;
    });
    return lookups;
  }

  private Map<String, @Nullable Fence> fences(List<SessionLookup> lookups) {
    var users =
        lookups.stream()
            .filter(Found.class::isInstance)
            .map(found -> ((Found) found).session().userId())
            .distinct()
            .toList();
    var fences = new HashMap<String, @Nullable Fence>();
    if (users.isEmpty()) {
      return fences;
    }
    var names = new ArrayList<String>(users.size() + 1);
    users.forEach(user -> names.add(keys.user(user)));
    names.add(keys.everything());
    var numbers = RedisPipeline.read(client, names.stream().map(COMMANDS::get).toList());
    var everything = numbers.getLast();
    for (int i = 0; i < users.size(); i++) {
      var fence = later(numbers.get(i), everything);
      if (fence != null) {
        fences.put(users.get(i), fence);
      }
    }
    return fences;
  }

  private static @Nullable Fence later(@Nullable String user, @Nullable String everything) {
    if (user == null && everything == null) {
      return null;
    }
    long one = user == null ? 0 : Long.parseLong(user);
    return new Fence(Math.max(one, everything == null ? 0 : Long.parseLong(everything)));
  }

  @Override
  public void revoke(SessionKey key) {
    revokeSessions(List.of(key));
  }

  @Override
  public void revokeSessions(Collection<SessionKey> sessions) {
    if (!sessions.isEmpty()) {
      send(
          "revoke a session",
          fence -> {
            var tombstone = TokenJson.tombstone(fence);
            return sessions.stream()
                .map(key ->
                    revocation(
                        PUT_TOMBSTONE,
                        keys.session(key),
                        tombstone,
                        RedisRevocationSubscriber.message(key)))
                .toList();
          });
    }
  }

  @Override
  public void revokeUser(String userId) {
    revokeUsers(List.of(userId));
  }

  @Override
  public void revokeUsers(Collection<String> userIds) {
    if (!userIds.isEmpty()) {
      send(
          "revoke a user's sessions",
          fence ->
              userIds.stream()
                  .map(user ->
                      raise(fence, keys.user(user), RedisRevocationSubscriber.message(user)))
                  .toList());
    }
  }

  @Override
  public void revokeEverything() {
    send(
        "revoke all sessions",
        fence -> List.of(raise(fence, keys.everything(), RedisRevocationSubscriber.EVERYTHING)));
  }

  private CommandObject<Object> raise(Fence fence, String key, String message) {
    var number = Long.toString(fence.number()).getBytes(US_ASCII);
    return revocation(RAISE_FENCE, key.getBytes(UTF_8), number, message);
  }

  private CommandObject<Object> revocation(
      byte[] script, byte[] key, byte[] value, String message) {
    return COMMANDS.eval(
        script,
        List.of(key),
        List.of(
            value,
            Long.toString(tombstoneLife()).getBytes(US_ASCII),
            keys.revocations().getBytes(UTF_8),
            message.getBytes(UTF_8)));
  }

  private void send(String action, Function<Fence, List<CommandObject<Object>>> revocations) {
    try {
      RedisPipeline.read(client, revocations.apply(fence())).stream()
          .filter(refusal -> refusal instanceof byte[] text && text.length > 0)
          .findFirst()
          .ifPresent(refusal -> warn(new String((byte[]) refusal, UTF_8)));
    } catch (JedisException e) {
      throw RedisErrors.of(action, e);
    }
  }

  /// A message that is refused changes nothing about the revocation, which is in force already.
  private static void warn(String refusal) {
    LOG.warn(
        "A revocation is in force, but the other processes were not told of it and may serve the"
            + " session from their memory for as long as they keep it there: {}",
        RedisErrors.of("publish it", new JedisDataException(refusal)).getMessage());
  }

  private long tombstoneLife() {
    return maxAge.multipliedBy(2).toSeconds();
  }

  @Override
  public Subscription subscribe(RevocationListener listener) {
    return RedisRevocationSubscriber.listen(client, keys, listener, time);
  }
}
