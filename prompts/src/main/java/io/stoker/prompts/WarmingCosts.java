package io.stoker.prompts;

/// The costs and savings of warming, in micro-dollars.
///
/// @param spent the cost of warms
/// @param saved the savings by warms
/// @param wasted the part of `spent` after which the user did not come back in time
public record WarmingCosts(long spent, long saved, long wasted) {

  public static final WarmingCosts NONE = new WarmingCosts(0, 0, 0);

  /// Savings minus costs.
  public long net() {
    return saved - spent;
  }

  WarmingCosts plus(WarmingCosts other) {
    return new WarmingCosts(
        Math.addExact(spent, other.spent),
        Math.addExact(saved, other.saved),
        Math.addExact(wasted, other.wasted));
  }
}
