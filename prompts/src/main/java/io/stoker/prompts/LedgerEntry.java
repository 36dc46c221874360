package io.stoker.prompts;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A line of the ledger. Money is in micro-dollars.
///
/// @param at when the request began; for [Kind#LEFT], when it was known
/// @param tenant empty for nobody in particular
/// @param model the full name
/// @param usage what was used; [Usage#NONE] for [Kind#LEFT]
/// @param cost what that cost; 0 if nothing is known of prices
/// @param saved what a turn would have cost more if its conversation had not been warmed; 0 for
///   other kinds
/// @param wasted what was spent on warms after which no user came back; 0 for other kinds
/// @param priced whether prices were known
/// @param idle how long the user was away before a turn; null before the first one and for other
///   kinds
/// @param warms how many warms there were while the user was away
/// @param timeToFirstToken until a turn's first piece of an answer; null if none came, and for
///   other kinds
public record LedgerEntry(
    Instant at,
    String conversationId,
    String tenant,
    String model,
    Kind kind,
    Usage usage,
    long cost,
    long saved,
    long wasted,
    boolean priced,
    @Nullable Duration idle,
    int warms,
    @Nullable Duration timeToFirstToken) {

  /// What a line is about.
  public enum Kind {
    /// A turn.
    TURN,
    /// A warm that found the entry, and kept it.
    PING,
    /// A warm that found the entry gone, and wrote it anew.
    REWRITE,
    /// A user who did not come back in time.
    LEFT
  }

  /// Checks that no amount is negative.
  public LedgerEntry {
    if (cost < 0 || saved < 0 || wasted < 0 || warms < 0) {
      throw new IllegalArgumentException("amounts cannot be negative");
    }
  }

  /// Whether it is about a warm.
  public boolean isWarmed() {
    return kind == Kind.PING || kind == Kind.REWRITE;
  }

  /// Whether a turn found its prompt in the cache: more of it was read than written.
  public boolean isWarm() {
    return usage.read() > usage.written();
  }

  /// The name of the model's provider.
  public String provider() {
    return model.substring(0, Math.max(0, model.indexOf('/')));
  }

  WarmingCosts costs() {
    return new WarmingCosts(isWarmed() ? cost : 0, saved, wasted);
  }
}
