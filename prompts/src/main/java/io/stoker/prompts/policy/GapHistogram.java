package io.stoker.prompts.policy;

import java.time.Duration;
import java.util.Arrays;

/// How idle periods ended, counted by when: the older a count, the less it weighs. Confined to the
/// policy's lock.
///
/// The windows are bounded by all times at which it matters whether the user is back: at `k I`,
/// when a ping is due, and at `k I + T`, when the entry of the `k`-th ping dies.
final class GapHistogram {

  private final long[] bounds;
  private final double[] returned;
  private final double[] closed;

  GapHistogram(TierTerms terms) {
    this.bounds = bounds(terms);
    this.returned = new double[bounds.length + 1];
    this.closed = new double[bounds.length + 1];
  }

  /// Has been counted before.
  ///
  /// @param counts as [#counts()] gave them, for the same terms
  GapHistogram(TierTerms terms, double[] counts) {
    this(terms);
    System.arraycopy(counts, 0, returned, 0, returned.length);
    System.arraycopy(counts, returned.length, closed, 0, closed.length);
  }

  private static long[] bounds(TierTerms terms) {
    long every = terms.pingEvery().toMillis();
    long life = terms.timeToLive().toMillis();
    var bounds = new long[2 * terms.mostPings() + 1];
    for (int k = 0; k <= terms.mostPings(); k++) {
      bounds[k] = k * every + life;
      if (k > 0) {
        bounds[terms.mostPings() + k] = k * every;
      }
    }
    Arrays.sort(bounds);
    return bounds;
  }

  /// Counts one.
  ///
  /// @param comesBack whether the user did, or the conversation was closed
  /// @param memory what all that was counted before weighs from now on, from 0 to 1
  void add(Duration idle, boolean comesBack, double memory) {
    for (int i = 0; i < returned.length; i++) {
      returned[i] *= memory;
      closed[i] *= memory;
    }
    (comesBack ? returned : closed)[window(idle.toMillis())]++;
  }

  /// Adds all counts of another one for the same terms.
  void add(GapHistogram other, double weight) {
    for (int i = 0; i < returned.length; i++) {
      returned[i] += weight * other.returned[i];
      closed[i] += weight * other.closed[i];
    }
  }

  /// Adds users who never came back.
  void addEndless(double weight) {
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

  /// All counts, those of users who came back first.
  double[] counts() {
    var counts = Arrays.copyOf(returned, 2 * returned.length);
    System.arraycopy(closed, 0, counts, returned.length, closed.length);
    return counts;
  }

  /// How many counts there are.
  static long counts(int mostPings) {
    return 2L * (2L * mostPings + 2);
  }
}
