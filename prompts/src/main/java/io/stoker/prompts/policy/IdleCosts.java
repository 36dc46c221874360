package io.stoker.prompts.policy;

import java.time.Duration;

/// What an idle period costs whose length is known, in plain tokens of the prompt, beyond what it
/// would cost if the cache kept everything for ever.
///
/// A ping is sent at each multiple of the interval at which the user is still away, up to a number
/// that was decided on. An entry lives from the start of the request that used it last. So of `K`
/// pings, an idle period of length `g` sees `n = min(K, ceil(g / I) - 1)`, and the user finds the
/// entry if and only if `g <= n I + T`.
public final class IdleCosts {

  private IdleCosts() {}

  /// How many pings are sent.
  ///
  /// @param idle how long the user stays away
  /// @param decided how many there may be
  public static int pings(TierTerms terms, Duration idle, int decided) {
    long every = terms.pingEvery().toMillis();
    long due = Math.max(0, (idle.toMillis() - 1) / every);
    return (int) Math.min(decided, due);
  }

  /// Whether the user who comes back finds the entry.
  public static boolean isKept(TierTerms terms, Duration idle, int pings) {
    var end = terms.pingEvery().multipliedBy(pings).plus(terms.timeToLive());
    return idle.compareTo(end) <= 0;
  }
}
