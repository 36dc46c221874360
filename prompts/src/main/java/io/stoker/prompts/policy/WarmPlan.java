package io.stoker.prompts.policy;

/// How many warms of an idle period are worth their price, and why.
///
/// @param warms the best total number of warms, including those already sent
/// @param next the number of the next warm; `warms + 1` if it is not worth sending
/// @param chance the probability that the next warm saves the entry, given that it is due
/// @param breakEven the probability at which a single warm pays
/// @param value the expected net value of the next warm and those after it, in uncached input
///   tokens; not above 0 if it is not worth sending
public record WarmPlan(int warms, int next, double chance, double breakEven, double value) {

  /// Whether the next warm should be sent.
  public boolean isWorthwhile() {
    return warms >= next;
  }
}
