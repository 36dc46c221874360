package io.stoker.bench;

import io.stoker.Time;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/// Measures the heap of this JVM.
final class Heap {

  private static final int COLLECTIONS = 4;
  private static final Duration BETWEEN = Duration.ofMillis(200);

  private Heap() {}

  /// The bytes in use after garbage collection.
  static long settled() throws InterruptedException {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      Time.system().pause(BETWEEN);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
