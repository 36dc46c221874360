package io.stoker.sessions;

import io.stoker.sessions.WarmLock.Lease;
import io.stoker.sessions.WarmLock.Renewal;
import java.time.Duration;
import java.util.List;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/// A lease that is valid as long as a key contains its token. Thread-safe.
///
/// @param name the key
/// @param token what the key holds while the lease lasts
/// @param purpose what it is a lease of, as in `warming lock`
record RedisLease(UnifiedJedis client, String name, String token, String purpose) implements Lease {

  private static final String RENEW =
      """
      local holder = redis.call('GET', KEYS[1])
      if holder and holder ~= ARGV[1] then return 'LOST' end
      if holder then
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
        return 'EXTENDED'
      end
      redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
      return 'TAKEN_ANEW'
      """;

  private static final String RELEASE =
      """
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      return redis.call('DEL', KEYS[1])
      """;

  @Override
  public Renewal renew(Duration length) {
    var renewal = eval("renew", RENEW, token, Long.toString(length.toMillis()));
    return Renewal.valueOf(String.valueOf(renewal));
  }

  @Override
  public void release() {
    eval("release", RELEASE, token);
  }

  private Object eval(String verb, String script, String... arguments) {
    try {
      return client.eval(script, List.of(name), List.of(arguments));
    } catch (JedisException e) {
      throw RedisErrors.of(verb + " the " + purpose, e);
    }
  }
}
