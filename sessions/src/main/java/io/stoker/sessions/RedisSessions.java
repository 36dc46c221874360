package io.stoker.sessions;

import io.stoker.Time;
import java.time.Duration;
import redis.clients.jedis.UnifiedJedis;

/// Store, lock and stats in Redis, one server or a cluster, as the given client connects to.
///
/// All keys share one namespace, and every key has a TTL. Spring sessions are in Spring's
/// namespace.
///
/// | key | holds | TTL |
/// |---|---|---|
/// | `NAMESPACE` + token hash | a session as JSON, or a revoked one's tombstone | the session's; `2 * maxAge` |
/// | `NAMESPACE` + `user:` + user id | the fence of the user's last revocation | `2 * maxAge` |
/// | `NAMESPACE` + `all` | the fence of the last revocation of everything | `2 * maxAge` |
/// | `NAMESPACE` + `follower` | which node follows the source | the lease |
/// | `NAMESPACE` + `followed` | how far it has come | a week |
/// | `NAMESPACE` + `fence` | the last fence issued | a week |
/// | `NAMESPACE` + `lock` | which node is warming | the lease |
/// | `NAMESPACE` + `warm` | when the last complete run ended, with its limit and window | set by the run |
/// | `NAMESPACE` + `migration:` + Spring's namespace | when sessions were last migrated to it, as above | a year |
/// | `NAMESPACE` + `migrated:` + a Spring session's key | that the session was migrated | a week after the end of its row |
/// | `NAMESPACE` + `stats:` + minute | look-ups counted in that minute | 25 hours |
///
/// The caller owns the client, which is not closed here. Give it socket timeouts of about a second:
/// they bound a look-up when Redis hangs. Thread-safe.
public final class RedisSessions {

  /// The default namespace.
  public static final String NAMESPACE = "stoker:session:";

  /// The default for how long after it was read from the source an entry may be served.
  ///
  /// Tombstones live twice as long, and so outlive every entry read before them, even if a process
  /// froze between reading and writing it, and even if two machines' clocks differ by this much.
  /// All nodes must use the same value, which must exceed the TTL cap plus the deadline of a warm
  /// run.
  public static final Duration MAX_AGE = Duration.ofMinutes(15);

  private final UnifiedJedis client;
  private final RedisKeys keys;
  private final Duration maxAge;
  private final Time time;

  /// Sessions with the default namespace and maximum age.
  public RedisSessions(UnifiedJedis client, Time time) {
    this(client, NAMESPACE, MAX_AGE, time);
  }

  /// Sessions with a namespace and maximum age of your own.
  public RedisSessions(UnifiedJedis client, String namespace, Duration maxAge, Time time) {
    if (namespace.isEmpty()) {
      throw new IllegalArgumentException("expected a namespace, got an empty text");
    }
    if (!maxAge.isPositive()) {
      throw new IllegalArgumentException("expected a maximum age above zero, got " + maxAge);
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

  /// Spring sessions, which Spring Session's Redis repositories read. They are the application's
  /// only ones, so each is written once ([WriteMode#ONCE]).
  ///
  /// @param namespace Spring's, normally `spring:session`
  /// @throws IllegalArgumentException if Stoker's own namespace has a hash tag, since a session and
  ///   its marker must be in the same slot of a cluster
  public SessionTarget springSessions(String namespace) {
    return springSessions(namespace, false, SpringValues.java());
  }

  /// Spring sessions in the layout of an application that does not use the defaults.
  ///
  /// @param namespace Spring's, normally `spring:session`
  /// @param indexed whether it uses `RedisIndexedSessionRepository`
  /// @param values how its serializer stores values
  /// @throws IllegalArgumentException as above
  public SessionTarget springSessions(String namespace, boolean indexed, SpringValues values) {
    if (keys.haveHashTag()) {
      throw new IllegalArgumentException(
          "expected a namespace without braces where sessions are Spring Session's");
    }
    return new RedisSpringSessionTarget(client, keys, namespace, indexed, values);
  }

  /// The lease and the marker of warm runs.
  public WarmLock lock() {
    return new RedisWarmLock(client, keys);
  }

  /// The lease of warm runs, and the marker of migrations to Spring's namespace.
  public WarmLock springLock(String namespace) {
    return new RedisWarmLock(client, keys, keys.migration(namespace));
  }

  /// Who follows the source, and how far they have come.
  public FollowLog followLog() {
    return new RedisFollowLog(client, keys);
  }

  /// The counts of look-ups of all processes.
  public SessionStats stats() {
    return new RedisSessionStats(client, keys, time);
  }
}
