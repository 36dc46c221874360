package io.stoker.sessions;

import java.time.Duration;

/// Counts of look-ups per minute, shared by all processes that read the same cache. Thread-safe.
///
/// Both methods throw [StokerException] if the cache fails.
public interface SessionStats {

  /// How long counts are kept.
  Duration KEPT = Duration.ofHours(25);

  /// Adds counts to the current minute.
  void add(LookupCounts counts);

  /// The sum over the last minutes, including the current one.
  ///
  /// @param window how far back, at most [#KEPT]
  LookupCounts over(Duration window);
}
