package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import java.util.Map;
import java.util.regex.Pattern;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/// Compares the layout of the application's own sessions in Redis with the one that would be
/// written, so that no run locks users out. Thread-safe.
final class RedisSpringLayout {

  private static final int BATCH = 1000;
  private static final int MOST_BATCHES = 50;
  private static final int MOST_HASHES = 20;

  /// Characters with a meaning in the patterns of `SCAN`.
  private static final Pattern GLOB = Pattern.compile("[\\\\*?\\[\\]]");

  private static final String EXPIRY = "expires:";
  private static final String EXPIRATIONS = "expirations";

  private final UnifiedJedis client;
  private final String prefix;
  private final boolean indexed;
  private final SpringValues values;

  RedisSpringLayout(UnifiedJedis client, String prefix, boolean indexed, SpringValues values) {
    this.client = client;
    this.prefix = prefix;
    this.indexed = indexed;
    this.values = values;
  }

  /// Looks at some of the sessions that are there, if any.
  ///
  /// @throws StokerException if the application writes another layout, or Redis fails
  void check() {
    try {
      var keys = client.scanIteration(BATCH, GLOB.matcher(prefix).replaceAll("\\\\$0") + "*");
      int hashes = 0;
      for (int i = 0;
          i < MOST_BATCHES && hashes < MOST_HASHES && !keys.isIterationCompleted();
          i++) {
        for (var key : keys.nextBatchList()) {
          var id = key.substring(prefix.length());
          if (id.startsWith(EXPIRY)) {
            requireIndexed();
          } else if (!id.equals(EXPIRATIONS) && hashes < MOST_HASHES) {
            hashes++;
            requireReadable(client.hgetAll(key.getBytes(UTF_8)));
          }
        }
      }
    } catch (JedisException e) {
      throw RedisErrors.of("look at the sessions that are there", e);
    }
  }

  private void requireIndexed() {
    if (!indexed) {
      throw refused(
          "the keys of RedisIndexedSessionRepository, whose look-up by principal would not find"
              + " warmed sessions. Set stoker.sessions.spring-indexed=true");
    }
  }

  private void requireReadable(Map<byte[], byte[]> hash) {
    if (!canDecode(hash)) {
      throw refused(
          "values in another format, and the application could not read warmed sessions. An"
              + " application with a serializer of its own (springSessionDefaultRedisSerializer)"
              + " warms its sessions with Stoker's Spring Boot starter");
    }
  }

  boolean canDecode(Map<byte[], byte[]> hash) {
    return hash.values().stream().allMatch(values::canDecode);
  }

  private StokerException refused(String got) {
    return new StokerException(
        Code.CACHE_REFUSED,
        "Nothing was written: expected sessions at "
            + prefix
            + " in "
            + values.description()
            + (indexed ? ", indexed" : ", not indexed")
            + ", got "
            + got,
        null);
  }
}
