package io.stoker.sessions;

/// An estimate of what a warm run would do.
///
/// @param eligible unexpired sessions that were active within the window
/// @param selected how many of them the run would warm
/// @param averageBytes mean size of an entry's value, from a sample of the most recently active
public record SessionEstimate(long eligible, long selected, long averageBytes) {

  /// Redis 6 and 7's overhead for a key of this length: dictionary entry, key, object header and
  /// expiry, measured as 941 B per entry with 700 B values.
  private static final int OVERHEAD = 241;

  /// The memory the entries would take in Redis, in bytes.
  public long cacheBytes() {
    return selected * (averageBytes + OVERHEAD);
  }
}
