package io.stoker.prompts.policy;

import java.time.Duration;
import java.util.Arrays;

/// A histogram of idle periods by length, with exponential decay. Confined to the policy's lock.
///
/// The windows are bounded by the times at which it matters whether the user is back: `k I`, when a
/// warm is due, and `k I + T`, when the entry of the `k`-th warm expires.
final class GapHistogram {

  private final long[] bounds;
  private final double[] returned;
  private final double[] closed;

  GapHistogram(CachePricing pricing) {
    this.bounds = bounds(pricing);
    this.returned = new double[bounds.length + 1];
    this.closed = new double[bounds.length + 1];
  }

  /// A histogram with saved counts.
  ///
  /// @param counts from [#counts()], for the same pricing
  GapHistogram(CachePricing pricing, double[] counts) {
    this(pricing);
    System.arraycopy(counts, 0, returned, 0, returned.length);
    System.arraycopy(counts, returned.length, closed, 0, closed.length);
  }

  private static long[] bounds(CachePricing pricing) {
    long every = pricing.warmEvery().toMillis();
    long life = pricing.timeToLive().toMillis();
    var bounds = new long[2 * pricing.maxWarms() + 1];
    for (int k = 0; k <= pricing.maxWarms(); k++) {
      bounds[k] = k * every + life;
      if (k > 0) {
        bounds[pricing.maxWarms() + k] = k * every;
      }
    }
    Arrays.sort(bounds);
    return bounds;
  }

  /// Adds an idle period.
  ///
  /// @param comesBack whether the user came back; else the conversation was closed
  /// @param decay the factor for all earlier counts, from 0 to 1
  void add(Duration idle, boolean comesBack, double decay) {
    for (int i = 0; i < returned.length; i++) {
      returned[i] *= decay;
      closed[i] *= decay;
    }
    (comesBack ? returned : closed)[window(idle.toMillis())]++;
  }

  /// Adds the weighted counts of another histogram with the same windows.
  void add(GapHistogram other, double weight) {
    for (int i = 0; i < returned.length; i++) {
      returned[i] += weight * other.returned[i];
      closed[i] += weight * other.closed[i];
    }
  }

  /// Adds users who never came back.
  void addNeverReturned(double weight) {
    closed[closed.length - 1] += weight;
  }

  double total() {
    double total = 0;
    for (int i = 0; i < returned.length; i++) {
      total += returned[i] + closed[i];
    }
    return total;
  }

  int windows() {
    return returned.length;
  }

  double returned(int window) {
    return returned[window];
  }

  double closed(int window) {
    return closed[window];
  }

  /// The window that ends at a bound, or the last one.
  int window(long millis) {
    int found = Arrays.binarySearch(bounds, millis);
    return found >= 0 ? found : -found - 1;
  }

  /// All counts: first users who came back, then closed conversations.
  double[] counts() {
    var counts = Arrays.copyOf(returned, 2 * returned.length);
    System.arraycopy(closed, 0, counts, returned.length, closed.length);
    return counts;
  }

  /// The length of [#counts()].
  static long counts(int maxWarms) {
    return 2L * (2L * maxWarms + 2);
  }
}
