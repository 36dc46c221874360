package io.stoker.bench;

import io.stoker.Time;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/// What the heap of this JVM holds.
final class Heap {

  private static final int COLLECTIONS = 4;
  private static final Duration BETWEEN = Duration.ofMillis(200);

  private Heap() {}

  /// Bytes in use once all that is not used any more is gone.
  static long settled() throws InterruptedException {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      Time.system().pause(BETWEEN);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
