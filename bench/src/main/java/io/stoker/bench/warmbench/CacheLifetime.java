package io.stoker.bench.warmbench;

/// The lifetime of a cached prompt whose parts were written for different TTLs.
enum CacheLifetime {
  /// The TTL of the last request that used it, which wrote its own entry for the whole prompt.
  WHOLE,
  /// Each part has the TTL of the request that wrote it, and expires with any part before it.
  IN_PARTS
}
