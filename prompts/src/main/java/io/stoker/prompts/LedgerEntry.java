package io.stoker.prompts;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A line of the ledger. Amounts are in micro-dollars.
///
/// @param at the start of the request; for [Kind#LEFT], when the user counted as gone
/// @param tenant empty for none
/// @param model the full name
/// @param usage [Usage#NONE] for [Kind#LEFT]
/// @param cost 0 if prices are unknown
/// @param saved the extra cost of a turn without warms; 0 for other kinds
/// @param wasted the cost of warms after which the user did not come back; 0 for other kinds
/// @param priced whether prices were known
/// @param idle how long the user was away before a turn; null before the first one and for other
///   kinds
/// @param warms the number of warms while the user was away
/// @param timeToFirstToken of a turn; null if no answer came, and for other kinds
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

  /// The subject of a line.
  public enum Kind {
    /// A turn.
    TURN,
    /// A warm with a cache hit.
    PING,
    /// A warm with a cache miss, which wrote the entry again.
    REWRITE,
    /// A user who did not come back before the entry expired.
    LEFT
  }

  /// Checks that no amount is negative.
  public LedgerEntry {
    if (cost < 0 || saved < 0 || wasted < 0 || warms < 0) {
      throw new IllegalArgumentException("amounts cannot be negative");
    }
  }

  public boolean isWarm() {
    return kind == Kind.PING || kind == Kind.REWRITE;
  }

  /// Whether a turn had a cache hit: more was read than written.
  public boolean isHit() {
    return usage.read() > usage.written();
  }

  /// The name of the model's provider.
  public String provider() {
    return model.substring(0, Math.max(0, model.indexOf('/')));
  }

  WarmingCosts costs() {
    return new WarmingCosts(isWarm() ? cost : 0, saved, wasted);
  }
}
