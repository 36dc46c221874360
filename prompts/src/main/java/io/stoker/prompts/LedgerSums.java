package io.stoker.prompts;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// Lines of the ledger in sum. Money is in micro-dollars.
///
/// @param costs what warms cost and brought
/// @param turnCost what turns cost
/// @param turns how many there were
/// @param warms how many warms succeeded
/// @param rewrites how many of them found the entry gone
/// @param left how often a user did not come back in time
/// @param unpriced how many turns and warms nothing is known of the price of
/// @param readTokens that warms read from caches
/// @param writtenTokens that warms wrote to caches
/// @param warmTurns turns that found the cache warm, and had a first piece of an answer
/// @param warmWait for that piece, in all of them together
/// @param coldTurns turns that did not, and had one
/// @param coldWait for that piece, in all of them together
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

  /// Of no lines.
  public static final LedgerSums NONE =
      new LedgerSums(WarmingCosts.NONE, 0, 0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO, 0, Duration.ZERO);

  /// One line.
  public static LedgerSums of(LedgerEntry line) {
    boolean turn = line.kind() == LedgerEntry.Kind.TURN;
    boolean ping = line.isWarmed();
    var firstToken = turn ? line.timeToFirstToken() : null;
    var wait = firstToken == null ? Duration.ZERO : firstToken;
    boolean warm = firstToken != null && line.isWarm();
    boolean cold = firstToken != null && !line.isWarm();
    return new LedgerSums(
        line.costs(),
        turn ? line.cost() : 0,
        turn ? 1 : 0,
        ping ? 1 : 0,
        line.kind() == LedgerEntry.Kind.REWRITE ? 1 : 0,
        line.kind() == LedgerEntry.Kind.LEFT ? 1 : 0,
        line.priced() || line.kind() == LedgerEntry.Kind.LEFT ? 0 : 1,
        ping ? line.usage().read() : 0,
        ping ? line.usage().written() : 0,
        warm ? 1 : 0,
        warm ? wait : Duration.ZERO,
        cold ? 1 : 0,
        cold ? wait : Duration.ZERO);
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

  /// The share of what the cache held after warms that it had held before, in percent, rounded half
  /// up; empty if nothing was read or written.
  public OptionalInt retentionPercent() {
    long whole = readTokens + writtenTokens;
    return whole == 0
        ? OptionalInt.empty()
        : OptionalInt.of((int) Math.floor(100.0 * readTokens / whole + 0.5));
  }

  /// How long users wait for the first piece of an answer, in the mean, if the cache is warm.
  public Optional<Duration> warmFirstToken() {
    return warmTurns == 0 ? Optional.empty() : Optional.of(warmWait.dividedBy(warmTurns));
  }

  /// The same if it is cold.
  public Optional<Duration> coldFirstToken() {
    return coldTurns == 0 ? Optional.empty() : Optional.of(coldWait.dividedBy(coldTurns));
  }
}
