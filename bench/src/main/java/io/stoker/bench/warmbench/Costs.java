package io.stoker.bench.warmbench;

/// The costs of a rule, in uncached prompt tokens.
///
/// @param pings the cost of pings
/// @param rewrites the cost of writing again what had expired when the user came back, at the usual
///   tier's price
/// @param surcharge the extra cost of writing for the longer TTL
/// @param unavoidable the cost of reads and writes that no rule avoids
/// @param wasted the part of `pings` for users who never came back
/// @param sent the number of pings
record Costs(
    double pings, double rewrites, double surcharge, double unavoidable, double wasted, long sent) {

  static final Costs EMPTY = new Costs(0, 0, 0, 0, 0, 0);

  /// The costs that a better rule could save.
  double avoidable() {
    return pings + rewrites + surcharge;
  }

  double total() {
    return avoidable() + unavoidable;
  }

  /// The change of the avoidable costs relative to other costs.
  double against(Costs other) {
    return avoidable() / other.avoidable() - 1;
  }

  Costs plus(Costs other) {
    return new Costs(
        pings + other.pings,
        rewrites + other.rewrites,
        surcharge + other.surcharge,
        unavoidable + other.unavoidable,
        wasted + other.wasted,
        sent + other.sent);
  }
}
