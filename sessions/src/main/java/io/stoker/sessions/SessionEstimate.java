package io.stoker.sessions;

/// What a warm run would do, found out without doing it.
///
/// @param eligible sessions that are alive and were active within the window
/// @param selected how many of them the run would take
/// @param averageBytes mean size of an entry's value, from a sample of the most recently active
public record SessionEstimate(long eligible, long selected, long averageBytes) {

  /// What Redis 6 and 7 keep for a key of this length beside its value: dictionary entry, key,
  /// object header and expiry, measured as 941 B an entry with 700 B values.
  private static final int OVERHEAD = 241;

  /// The memory the entries would take in Redis, in bytes.
  public long cacheBytes() {
    return selected * (averageBytes + OVERHEAD);
  }
}
