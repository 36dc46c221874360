package io.stoker.sessions;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/// How look-ups went. Every look-up is counted in exactly one of the first five.
///
/// @param processHits answered from this process' memory
/// @param cacheHits answered from Redis
/// @param loaded found in Postgres only
/// @param unknown found nowhere, or revoked
/// @param failed not answered, since Postgres was needed and did not answer
/// @param cacheErrors times that Redis did not answer and Postgres was asked instead
/// @param invalidations revocations asked for
public record LookupCounts(
    long processHits,
    long cacheHits,
    long loaded,
    long unknown,
    long failed,
    long cacheErrors,
    long invalidations) {

  /// Nothing counted.
  public static final LookupCounts NONE = new LookupCounts(0, 0, 0, 0, 0, 0, 0);

  /// Look-ups answered without Postgres.
  public long hits() {
    return processHits + cacheHits;
  }

  /// Look-ups for which Postgres was needed.
  public long misses() {
    return loaded + unknown + failed;
  }

  /// The share of all look-ups that were hits, from 0 to 1; nothing if there were none.
  public OptionalDouble hitRate() {
    long lookups = hits() + misses();
    return lookups == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) hits() / lookups);
  }

  /// The sums of both.
  public LookupCounts plus(LookupCounts other) {
    return new LookupCounts(
        processHits + other.processHits,
        cacheHits + other.cacheHits,
        loaded + other.loaded,
        unknown + other.unknown,
        failed + other.failed,
        cacheErrors + other.cacheErrors,
        invalidations + other.invalidations);
  }

  /// What has come since `earlier`.
  public LookupCounts minus(LookupCounts earlier) {
    return new LookupCounts(
        processHits - earlier.processHits,
        cacheHits - earlier.cacheHits,
        loaded - earlier.loaded,
        unknown - earlier.unknown,
        failed - earlier.failed,
        cacheErrors - earlier.cacheErrors,
        invalidations - earlier.invalidations);
  }

  /// Those counts that are not zero, under the names that Redis knows them by.
  Map<String, Long> byName() {
    var counts = new LinkedHashMap<String, Long>();
    counts.put("process_hits", processHits);
    counts.put("cache_hits", cacheHits);
    counts.put("loaded", loaded);
    counts.put("unknown", unknown);
    counts.put("failed", failed);
    counts.put("cache_errors", cacheErrors);
    counts.put("invalidations", invalidations);
    counts.values().removeIf(count -> count == 0);
    return counts;
  }

  /// The counts from their names; a name that is missing counts nothing.
  static LookupCounts ofTexts(Map<String, String> counts) {
    return new LookupCounts(
        Long.parseLong(counts.getOrDefault("process_hits", "0")),
        Long.parseLong(counts.getOrDefault("cache_hits", "0")),
        Long.parseLong(counts.getOrDefault("loaded", "0")),
        Long.parseLong(counts.getOrDefault("unknown", "0")),
        Long.parseLong(counts.getOrDefault("failed", "0")),
        Long.parseLong(counts.getOrDefault("cache_errors", "0")),
        Long.parseLong(counts.getOrDefault("invalidations", "0")));
  }
}
