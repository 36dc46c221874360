package io.stoker.sessions;

import static io.stoker.sessions.RedisPipeline.COMMANDS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.WarmOutcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.SetParams;

/// The keys that `RedisIndexedSessionRepository` (Spring Session 3.x and 4.x) has beside a
/// session's hash: the set of a principal's sessions, the key whose expiry ends the session, and
/// the set of the sessions that end within one minute.
///
/// They are written before the hash, since Spring ignores them without it: a crash in between
/// leaves no session that a look-up by principal would miss. The set of a principal has no TTL, as
/// Spring's own has none; Spring removes sessions from it when they end. Thread-safe.
final class RedisSpringIndex {

  /// How much longer than the session its hash and the set of its minute live, so that the
  /// application's listeners can read a session that has expired.
  static final Duration GRACE = Duration.ofMinutes(5);

  private static final String PRINCIPAL =
      "org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME";

  /// Adds a member to a set, and prolongs its TTL.
  private static final byte[] ADD =
      """
      redis.call('SADD', KEYS[1], ARGV[1])
      if redis.call('TTL', KEYS[1]) < tonumber(ARGV[2]) then
        redis.call('EXPIRE', KEYS[1], ARGV[2])
      end
      return 1
      """
          .getBytes(US_ASCII);

  private final UnifiedJedis client;
  private final String namespace;
  private final SpringValues values;

  RedisSpringIndex(UnifiedJedis client, String namespace, SpringValues values) {
    this.client = client;
    this.namespace = namespace;
    this.values = values;
  }

  /// Adds sessions.
  ///
  /// @param failed receives an outcome for each session that could not be added
  void add(List<SessionWrite> writes, Map<SessionKey, WarmOutcome> failed) {
    var named =
        writes.stream()
            .filter(write -> SpringHashFields.principal(write.entry().value()) != null)
            .toList();
    write(named, this::addToPrincipal, failed);
    write(writes, this::addExpiry, failed);
    write(writes, this::addToMinute, failed);
  }

  private void write(
      List<SessionWrite> writes,
      Function<SessionWrite, CommandObject<?>> command,
      Map<SessionKey, WarmOutcome> failed) {
    var left = new ArrayList<SessionWrite>(writes);
    left.removeIf(write -> failed.containsKey(write.entry().key()));
    var outcomes = RedisPipeline.write(client, left, command);
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i) instanceof WarmOutcome.Failed) {
        failed.put(left.get(i).entry().key(), outcomes.get(i));
      }
    }
  }

  private CommandObject<?> addToPrincipal(SessionWrite write) {
    var principal = Objects.requireNonNull(SpringHashFields.principal(write.entry().value()));
    var key = namespace + ":index:" + PRINCIPAL + ":" + principal;
    return COMMANDS.sadd(key.getBytes(UTF_8), serialized(write.entry().key().name()));
  }

  private CommandObject<?> addExpiry(SessionWrite write) {
    var nothing = new byte[0];
    long seconds = write.timeToLive().toSeconds();
    return COMMANDS.set(
        expiry(write.entry().key()), nothing, SetParams.setParams().nx().ex(seconds));
  }

  private CommandObject<?> addToMinute(SessionWrite write) {
    var key = namespace + ":expirations:" + nextMinute(write.entry().expiresAt());
    var minuteToLive = write.timeToLive().plus(GRACE).plusMinutes(1).toSeconds();
    return COMMANDS.eval(
        ADD,
        List.of(key.getBytes(UTF_8)),
        List.of(
            serialized("expires:" + write.entry().key().name()),
            Long.toString(minuteToLive).getBytes(US_ASCII)));
  }

  byte[] expiry(SessionKey key) {
    return key.in((namespace + ":sessions:expires:").getBytes(UTF_8));
  }

  private byte[] serialized(String text) {
    return values.encode(SpringHashFields.serialize(text));
  }

  private static long nextMinute(Instant instant) {
    return instant.plus(1, ChronoUnit.MINUTES).truncatedTo(ChronoUnit.MINUTES).toEpochMilli();
  }
}
