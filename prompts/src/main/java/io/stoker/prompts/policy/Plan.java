package io.stoker.prompts.policy;

/// What an idle period is worth.
///
/// @param pings how many pings it is worth in all, with those that were sent
/// @param next the number of the next one; `pings + 1` if it is not worth sending
/// @param chance that the next one saves the entry, once it is due, from 0 to 1
/// @param breakEven the chance from which on a single ping pays
/// @param value what is to be expected of the next one and those behind it, less their price, in
///   plain tokens of the prompt; not above 0 if it is not worth sending
public record Plan(int pings, int next, double chance, double breakEven, double value) {

  /// Whether the next ping is to be sent.
  public boolean goesOn() {
    return pings >= next;
  }
}
