package io.stoker.prompts.policy;

/// The estimated probabilities of when a user comes back, from a [GapHistogram].
///
/// Returning and closing are competing risks: of the users still idle at the start of a window, one
/// share comes back in it and one closes the conversation.
final class ReturnProbabilities {

  private final CachePricing pricing;
  private final double[] sent;
  private final double[] missed;
  private final double back;

  /// @param oddsRatio a factor on the odds of coming back in each window; 1 for the counts as they
  ///   are
  ReturnProbabilities(CachePricing pricing, GapHistogram counts, double oddsRatio) {
    this.pricing = pricing;
    int windows = counts.windows();
    var idleAfter = new double[windows];
    var backAfter = new double[windows];
    double left = counts.total();
    double idle = 1;
    var back = new double[windows];
    for (int i = 0; i < windows; i++) {
      double returns = left <= 0 ? 0 : Math.clamp(counts.returned(i) / left, 0, 1);
      double closes = left <= 0 ? 0 : Math.clamp(counts.closed(i) / left, 0, 1 - returns);
      double favoured = oddsRatio * returns / (oddsRatio * returns + 1 - returns);
      double spared = returns >= 1 ? 0 : (1 - favoured) / (1 - returns);
      back[i] = idle * favoured;
      idle = Math.max(0, idle - back[i] - idle * closes * spared);
      idleAfter[i] = idle;
      left -= counts.returned(i) + counts.closed(i);
    }
    double later = 0;
    for (int i = windows - 1; i >= 0; i--) {
      backAfter[i] = later;
      later += back[i];
    }
    this.back = later;
    this.sent = new double[pricing.maxWarms() + 1];
    this.missed = new double[pricing.maxWarms() + 1];
    long every = pricing.warmEvery().toMillis();
    for (int k = 0; k <= pricing.maxWarms(); k++) {
      missed[k] = backAfter[counts.window(k * every + pricing.timeToLive().toMillis())];
      sent[k] = k == 0 ? 1 : idleAfter[counts.window(k * every)];
    }
  }

  /// The expected cost of sending up to `warms` warms, per token of the prefix, including misses.
  ///
  /// @param before warms sent so far
  /// @param price of one warm
  double cost(int before, int warms, double price) {
    double cost = missed[warms] * pricing.missCost();
    for (int k = before + 1; k <= warms; k++) {
      cost += sent[k] * price;
    }
    return cost;
  }

  /// The probability that the user comes back while the entry is cached, with that many warms.
  double inTime(int warms) {
    return back - missed[warms];
  }

  /// The probability that the user is still away when the `k`-th warm is due.
  double stillAway(int k) {
    return sent[k];
  }

  /// The probability that the `k`-th warm saves the entry, given that it is due.
  double saves(int k) {
    return sent[k] <= 0 ? 0 : Math.clamp((missed[k - 1] - missed[k]) / sent[k], 0, 1);
  }
}
