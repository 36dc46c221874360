package io.stoker.prompts.policy;

/// What is to be expected of an idle period, by what was counted of others.
///
/// Users coming back and conversations being closed are competing risks: of those still idle at the
/// start of a window, a share comes back in it and a share is closed.
final class Odds {

  private final TierTerms terms;
  private final double[] sent;
  private final double[] missed;
  private final double back;

  /// @param favour what the odds of coming back in any window are multiplied by; 1 for what was
  ///   counted
  Odds(TierTerms terms, GapHistogram counts, double favour) {
    this.terms = terms;
    int windows = counts.windows();
    var idleAfter = new double[windows];
    var backAfter = new double[windows];
    double left = counts.total();
    double idle = 1;
    var back = new double[windows];
    for (int i = 0; i < windows; i++) {
      double returns = left <= 0 ? 0 : Math.clamp(counts.returned(i) / left, 0, 1);
      double closes = left <= 0 ? 0 : Math.clamp(counts.closed(i) / left, 0, 1 - returns);
      double favoured = favour * returns / (favour * returns + 1 - returns);
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
    this.sent = new double[terms.mostPings() + 1];
    this.missed = new double[terms.mostPings() + 1];
    long every = terms.pingEvery().toMillis();
    for (int k = 0; k <= terms.mostPings(); k++) {
      missed[k] = backAfter[counts.window(k * every + terms.timeToLive().toMillis())];
      sent[k] = k == 0 ? 1 : idleAfter[counts.window(k * every)];
    }
  }

  /// What `pings` more pings cost, for each token of the prefix, with what is lost in spite of
  /// them.
  ///
  /// @param before how many have been sent
  /// @param price of one ping
  double cost(int before, int pings, double price) {
    double cost = missed[pings] * terms.loss();
    for (int k = before + 1; k <= pings; k++) {
      cost += sent[k] * price;
    }
    return cost;
  }

  /// The chance that the user comes back while the entry should be there, with that many pings.
  double inTime(int pings) {
    return back - missed[pings];
  }

  /// The chance that the user is still away when the `k`-th ping is due.
  double stillAway(int k) {
    return sent[k];
  }

  /// The chance that the `k`-th ping saves the entry, once it is due.
  double saves(int k) {
    return sent[k] <= 0 ? 0 : Math.clamp((missed[k - 1] - missed[k]) / sent[k], 0, 1);
  }
}
