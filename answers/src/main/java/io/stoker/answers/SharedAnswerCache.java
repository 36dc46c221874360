package io.stoker.answers;

import io.stoker.Time;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.UnifiedJedis;

/// A cache of answers shared by several processes, in front of their database. Thread-safe.
///
/// A versioned key identifies one answer as it was stored at one time, and is never reused. Which
/// one a question has is read from the database each time, so a copy that failed to be removed is
/// never served.
public interface SharedAnswerCache {

  /// A cache in Redis. While Redis is down or slow, nothing is found and nothing is stored.
  ///
  /// @param client not closed here. Give it timeouts of about 100 ms: a hanging Redis costs one
  ///   timeout a second
  /// @param namespace prefix of all keys, such as `stoker:`
  static SharedAnswerCache redis(UnifiedJedis client, String namespace, Time time) {
    return new RedisAnswerCache(client, namespace, time);
  }

  /// The copy with this key, if there is one, with the hits and staleness it had when it was
  /// stored. Never fails.
  Optional<CachedAnswer> get(String versionedKey);

  /// Stores a copy until the answer expires. Never fails.
  void put(String versionedKey, CachedAnswer answer);

  /// Removes copies, if possible. Never fails.
  void remove(List<String> versionedKeyes);
}
