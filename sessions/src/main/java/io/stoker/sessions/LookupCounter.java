package io.stoker.sessions;

import java.util.concurrent.atomic.LongAdder;

/// Counts look-ups by result. Thread-safe.
final class LookupCounter {

  private final LongAdder processHits = new LongAdder();
  private final LongAdder cacheHits = new LongAdder();
  private final LongAdder loaded = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder cacheErrors = new LongAdder();
  private final LongAdder invalidations = new LongAdder();

  void processHit() {
    processHits.increment();
  }

  void cacheHit() {
    cacheHits.increment();
  }

  void loaded() {
    loaded.increment();
  }

  void unknown() {
    unknown.increment();
  }

  void failed() {
    failed.increment();
  }

  void cacheError() {
    cacheErrors.increment();
  }

  void invalidation() {
    invalidations.increment();
  }

  LookupCounts counts() {
    return new LookupCounts(
        processHits.sum(),
        cacheHits.sum(),
        loaded.sum(),
        unknown.sum(),
        failed.sum(),
        cacheErrors.sum(),
        invalidations.sum());
  }
}
