package io.stoker.sessions;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/// Counts of look-ups by result. Each look-up is counted in exactly one of the first five.
///
/// @param processHits answered from this process' memory
/// @param cacheHits answered from Redis
/// @param loaded found in Postgres only
/// @param unknown found nowhere, or revoked
/// @param failed failed, since Postgres was needed and did not answer
/// @param cacheErrors fallbacks to Postgres because Redis did not answer
/// @param invalidations revocations requested
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

  /// Look-ups that needed Postgres.
  public long misses() {
    return loaded + unknown + failed;
  }

  /// The share of hits among all look-ups, from 0 to 1; empty if there were none.
  public OptionalDouble hitRate() {
    long lookups = hits() + misses();
    return lookups == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) hits() / lookups);
  }

  /// The sum of both.
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

  /// The difference to earlier counts.
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

  /// The counts that are not zero, by their field names in Redis.
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

  /// The counts from the fields of a Redis hash; missing ones are zero.
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
