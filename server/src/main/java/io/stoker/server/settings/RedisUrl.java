package io.stoker.server.settings;

import io.stoker.Time;
import io.stoker.answers.SharedAnswerCache;
import io.stoker.answers.WakeSignal;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.sessions.RedisAddress;
import io.stoker.sessions.RedisSessions;
import java.time.Duration;
import java.util.function.Consumer;
import redis.clients.jedis.UnifiedJedis;

/// The address and login of the Redis in `REDIS_URL`, and what the server stores there. `toString`
/// does not show the password. Immutable.
///
/// @param address in one of the forms of [RedisAddress#parse(String)]
public record RedisUrl(RedisAddress address) {

  private static final Duration TIER_TIMEOUT = Duration.ofMillis(100);

  /// Parses a URL.
  ///
  /// @throws InvalidValueException whose message does not quote the text
  static RedisUrl parse(String text) {
    try {
      return new RedisUrl(RedisAddress.parse(text));
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException("REDIS_URL", String.valueOf(e.getMessage()));
    }
  }

  /// Whether Redis has a password or is on this machine.
  public boolean isProtected() {
    return address.isProtected();
  }

  /// Opens the sessions in this Redis.
  ///
  /// @param closing receives the action that closes the client
  public RedisSessions sessions(String namespace, Time time, Consumer<Runnable> closing) {
    var client = open();
    closing.accept(client::close);
    return new RedisSessions(client, namespace, RedisSessions.MAX_AGE, time);
  }

  /// Opens the channel that wakes the answer workers of all servers.
  ///
  /// @param closing receives the action that closes the client
  public WakeSignal signal(String namespace, Time time, Consumer<Runnable> closing) {
    var client = open();
    closing.accept(client::close);
    return WakeSignal.redis(client, namespace, time);
  }

  /// Opens the shared answer cache. Its timeout is short, because the state database has all
  /// answers, too.
  ///
  /// @param closing receives the action that closes the client
  public SharedAnswerCache answerCache(String namespace, Time time, Consumer<Runnable> closing) {
    var client = address.open(TIER_TIMEOUT, false);
    closing.accept(client::close);
    return SharedAnswerCache.redis(client, namespace, time);
  }

  /// Opens a client with a connection pool. Connections are opened on first use.
  public UnifiedJedis open() {
    return address.open();
  }

  /// Hosts and ports only.
  @Override
  public String toString() {
    return address.toString();
  }
}
