package io.stoker.bench.warmbench;

/// How long a cache keeps a prompt whose parts were written for different times.
enum CacheLifetime {
  /// As the request said that used it last: it wrote an entry of its own, which is the whole
  /// prompt.
  WHOLE,
  /// Each part as the request said that wrote it, and nothing without what comes before it.
  IN_PARTS
}
