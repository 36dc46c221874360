package io.stoker.sessions;

import java.time.Duration;

/// Look-ups counted by all processes that read the same cache, by the minute. Thread-safe.
///
/// Both methods throw [StokerException] if the cache does not answer or refuses.
public interface SessionStats {

  /// How long counts are kept.
  Duration KEPT = Duration.ofHours(25);

  /// Adds to the current minute.
  void add(LookupCounts counts);

  /// The sums over the last minutes, the current one included.
  ///
  /// @param window how far back, at most [#KEPT]
  LookupCounts over(Duration window);
}
