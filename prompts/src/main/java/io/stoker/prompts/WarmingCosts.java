package io.stoker.prompts;

/// What warming has cost and brought, in micro-dollars.
///
/// @param spent on warms
/// @param saved by them
/// @param wasted the part of `spent` after which no user came back in time
public record WarmingCosts(long spent, long saved, long wasted) {

  /// None at all.
  public static final WarmingCosts NONE = new WarmingCosts(0, 0, 0);

  /// What is left of what was saved.
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
