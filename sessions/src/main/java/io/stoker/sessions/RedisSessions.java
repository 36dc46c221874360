package io.stoker.sessions;

import io.stoker.Time;
import java.time.Duration;
import redis.clients.jedis.UnifiedJedis;

/// Sessions in Redis: one server or a cluster, whatever the client that is handed in talks to.
///
/// All keys begin with one namespace, and every key has a TTL:
///
/// | key | holds | TTL |
/// |---|---|---|
/// | `NAMESPACE` + token hash | a session as JSON, or a revoked one's tombstone | the session's; `2 * maxAge` |
/// | `NAMESPACE` + `user:` + user id | the fence of the user's last revocation | `2 * maxAge` |
/// | `NAMESPACE` + `fence` | the last fence handed out | a week |
/// | `NAMESPACE` + `lock` | which node is warming | the lease |
/// | `NAMESPACE` + `warm` | when the last complete run ended, with its limit and window | given with it |
/// | `NAMESPACE` + `stats:` + minute | look-ups counted in that minute | 25 hours |
///
/// The client stays the host's: it is not closed here. Give it socket timeouts of a second or so,
/// since they are what bounds a look-up when Redis hangs. Thread-safe.
public final class RedisSessions {

  /// The namespace of those who do not choose one.
  public static final String NAMESPACE = "stoker:session:";

  /// How long after it was read from the source an entry may be served at the most.
  ///
  /// Tombstones live twice as long, and so longer than any entry that was read before them, even if
  /// a process was frozen between reading and writing it, and even if two machines' clocks differ
  /// by as much as this. All nodes must use the same value, and it must exceed the TTL cap and the
  /// deadline of a warm run together.
  public static final Duration MAX_AGE = Duration.ofMinutes(15);

  private final UnifiedJedis client;
  private final RedisKeys keys;
  private final Duration maxAge;
  private final Time time;

  /// Sessions under the usual [#NAMESPACE] and with the usual [#MAX_AGE].
  public RedisSessions(UnifiedJedis client, Time time) {
    this(client, NAMESPACE, MAX_AGE, time);
  }

  /// Sessions under a namespace of your own.
  public RedisSessions(UnifiedJedis client, String namespace, Duration maxAge, Time time) {
    if (namespace.isEmpty()) {
      throw new IllegalArgumentException("the namespace must not be empty");
    }
    if (!maxAge.isPositive()) {
      throw new IllegalArgumentException(
          "an entry's longest life must be positive but was " + maxAge);
    }
    this.client = client;
    this.keys = new RedisKeys(namespace);
    this.maxAge = maxAge;
    this.time = time;
  }

  /// Token sessions, which [SessionCache] reads.
  public SessionStore store() {
    return new RedisSessionStore(client, keys, maxAge, time);
  }

  /// Spring's sessions, which Spring Session's own Redis repositories read.
  ///
  /// @param namespace Spring's, normally `spring:session`
  public SessionTarget springSessions(String namespace) {
    return new RedisSpringSessionTarget(client, keys, namespace);
  }

  /// The lease and the mark of warm runs.
  public WarmLock lock() {
    return new RedisWarmLock(client, keys);
  }

  /// Look-ups counted by all processes.
  public SessionStats stats() {
    return new RedisSessionStats(client, keys, time);
  }
}
