package io.stoker.prompts;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// The sums over lines of the ledger. Amounts are in micro-dollars.
///
/// @param costs the costs and savings of warms
/// @param turnCost the cost of turns
/// @param warms warms that succeeded
/// @param rewrites warms among them that missed
/// @param left users who did not come back in time
/// @param unpriced turns and warms without a known price
/// @param readTokens cache reads of warms
/// @param writtenTokens cache writes of warms
/// @param warmTurns turns with a cache hit and a time to first token
/// @param warmWait the sum of their times to first token
/// @param coldTurns turns with a cache miss and a time to first token
/// @param coldWait the sum of their times to first token
public record LedgerSums(
    WarmingCosts costs,
    long turnCost,
    long turns,
    long warms,
    long rewrites,
    long left,
    long unpriced,
    long readTokens,
    long writtenTokens,
    long warmTurns,
    Duration warmWait,
    long coldTurns,
    Duration coldWait) {

  public static final LedgerSums NONE =
      new LedgerSums(WarmingCosts.NONE, 0, 0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO, 0, Duration.ZERO);

  /// The sums of one line.
  public static LedgerSums of(LedgerEntry line) {
    boolean isTurn = line.kind() == LedgerEntry.Kind.TURN;
    boolean isWarm = line.isWarm();
    var firstToken = isTurn ? line.timeToFirstToken() : null;
    var wait = firstToken == null ? Duration.ZERO : firstToken;
    boolean hit = firstToken != null && line.isHit();
    boolean miss = firstToken != null && !line.isHit();
    return new LedgerSums(
        line.costs(),
        isTurn ? line.cost() : 0,
        isTurn ? 1 : 0,
        isWarm ? 1 : 0,
        line.kind() == LedgerEntry.Kind.REWRITE ? 1 : 0,
        line.kind() == LedgerEntry.Kind.LEFT ? 1 : 0,
        line.priced() || line.kind() == LedgerEntry.Kind.LEFT ? 0 : 1,
        isWarm ? line.usage().read() : 0,
        isWarm ? line.usage().written() : 0,
        hit ? 1 : 0,
        hit ? wait : Duration.ZERO,
        miss ? 1 : 0,
        miss ? wait : Duration.ZERO);
  }

  /// Both together.
  public LedgerSums plus(LedgerSums other) {
    return new LedgerSums(
        costs.plus(other.costs),
        Math.addExact(turnCost, other.turnCost),
        turns + other.turns,
        warms + other.warms,
        rewrites + other.rewrites,
        left + other.left,
        unpriced + other.unpriced,
        Math.addExact(readTokens, other.readTokens),
        Math.addExact(writtenTokens, other.writtenTokens),
        warmTurns + other.warmTurns,
        warmWait.plus(other.warmWait),
        coldTurns + other.coldTurns,
        coldWait.plus(other.coldWait));
  }

  /// The share of the cached prompts that warms still found, in percent, rounded half up; empty if
  /// nothing was read or written.
  public OptionalInt retentionPercent() {
    long whole = readTokens + writtenTokens;
    return whole == 0
        ? OptionalInt.empty()
        : OptionalInt.of((int) Math.floor(100.0 * readTokens / whole + 0.5));
  }

  /// The mean time to first token with a cache hit.
  public Optional<Duration> warmFirstToken() {
    return warmTurns == 0 ? Optional.empty() : Optional.of(warmWait.dividedBy(warmTurns));
  }

  /// The mean time to first token with a cache miss.
  public Optional<Duration> coldFirstToken() {
    return coldTurns == 0 ? Optional.empty() : Optional.of(coldWait.dividedBy(coldTurns));
  }
}
