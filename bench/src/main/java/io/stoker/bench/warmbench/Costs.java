package io.stoker.bench.warmbench;

/// What a rule has cost, in plain tokens of the prompt.
///
/// @param pings for pings
/// @param rewrites for what was gone when the user came back, at the price of the usual tier
/// @param surcharge what was written for longer than usual cost more
/// @param unavoidable what is read and written whatever the rule is
/// @param wasted the part of `pings` for users who never came back
/// @param sent how many pings there were
record Costs(
    double pings, double rewrites, double surcharge, double unavoidable, double wasted, long sent) {

  static final Costs EMPTY = new Costs(0, 0, 0, 0, 0, 0);

  /// What could have been saved.
  double avoidable() {
    return pings + rewrites + surcharge;
  }

  double total() {
    return avoidable() + unavoidable;
  }

  /// The change against other costs, as a share of what could have been saved there.
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
