package io.stoker;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// Counts of the entries that a run selected, by outcome; each entry is counted exactly once.
///
/// @param warmed entries that the cache acknowledged
/// @param skipped entries that were deliberately not written, by reason
/// @param failed entries that should have been warmed and were not, by reason
public record WarmCounts(long warmed, Map<String, Long> skipped, Map<String, Long> failed) {

  /// No entries.
  public static final WarmCounts NONE = new WarmCounts(0, Map.of(), Map.of());

  /// Checks the counts and keeps sorted copies of the maps.
  public WarmCounts {
    if (warmed < 0) {
      throw new IllegalArgumentException("expected a count of at least 0, got " + warmed);
    }
    skipped = Collections.unmodifiableMap(new TreeMap<>(skipped));
    failed = Collections.unmodifiableMap(new TreeMap<>(failed));
  }

  /// All entries, whatever their outcome.
  public long selected() {
    return warmed + totalSkipped() + totalFailed();
  }

  /// Entries that were deliberately not written.
  public long totalSkipped() {
    return sum(skipped);
  }

  /// Entries that should have been warmed and were not.
  public long totalFailed() {
    return sum(failed);
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /// Counts outcomes. Confined to one thread.
  public static final class Counter {

    private long warmed;
    private final Map<String, Long> skipped = new TreeMap<>();
    private final Map<String, Long> failed = new TreeMap<>();

    /// Starts at zero.
    public Counter() {}

    /// Counts one more entry.
    public void add(WarmOutcome outcome) {
      switch (outcome) {
        case WarmOutcome.Warmed _ -> warmed++;
        case WarmOutcome.Skipped(String reason) -> skipped.merge(reason, 1L, Long::sum);
        case WarmOutcome.Failed(String reason, _) -> failed.merge(reason, 1L, Long::sum);
      }
    }

    /// The counts so far.
    public WarmCounts counts() {
      return new WarmCounts(warmed, skipped, failed);
    }
  }
}
