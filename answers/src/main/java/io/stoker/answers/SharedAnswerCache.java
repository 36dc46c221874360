package io.stoker.answers;

import io.stoker.Time;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.UnifiedJedis;

/// Copies of answers that several processes share, in front of the database that they are the
/// copies of. Thread-safe.
///
/// An address stands for one answer as it was put at one time, and never for another. Which address
/// a question has is asked of the database each time, so a copy that was left behind is not found
/// any more, whatever went wrong when it should have been removed.
public interface SharedAnswerCache {

  /// Copies in a Redis. While it is down or slow, nothing is found there and nothing is kept.
  ///
  /// @param client stays the host's; not closed here. Give it timeouts of a tenth of a second: they
  ///   bound what a Redis that hangs costs once a second
  /// @param namespace what all keys begin with, such as `stoker:`
  static SharedAnswerCache redis(UnifiedJedis client, String namespace, Time time) {
    return new RedisAnswerCache(client, namespace, time);
  }

  /// The copy at an address, if there is one. Whether it is stale, and its hits, are as when it was
  /// kept. Never fails.
  Optional<CachedAnswer> get(String address);

  /// Keeps a copy until the answer expires. Never fails.
  void put(String address, CachedAnswer answer);

  /// Removes copies, as far as that is possible now. Never fails.
  void remove(List<String> addresses);
}
