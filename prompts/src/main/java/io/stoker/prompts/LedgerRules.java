package io.stoker.prompts;

import io.stoker.prompts.LedgerEntry.Kind;
import io.stoker.prompts.WarmingEvent.TurnEnded;
import io.stoker.prompts.WarmingEvent.WarmDone;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Derives the lines of the ledger from an event.
///
/// A saving is counted only if it is certain: the user was away for longer than an entry lives
/// without warms, there was a warm meanwhile, and the provider read more than it wrote. Then each
/// token that was read would have been written instead.
final class LedgerRules {

  private static final long MILLION = 1_000_000;

  private LedgerRules() {}

  /// The model of a request.
  ///
  /// @param prices null if unknown
  /// @param timeToLive of the entry that the previous request asked for, without warms
  record Model(String fullName, @Nullable Prices prices, Duration timeToLive) {}

  /// The lines that an event adds.
  ///
  /// @param before the conversation before the event
  /// @param after the conversation after the event
  /// @param model the model; evaluated only for a line about a request
  static List<LedgerEntry> lines(
      Conversation before,
      @Nullable WarmingEvent event,
      Conversation after,
      Supplier<Model> model,
      Instant now) {
    var lines = new ArrayList<LedgerEntry>(1);
    switch (event) {
      case TurnEnded(var touchedAt, var outcome) when touchedAt != null && outcome != null ->
          lines.add(turn(before, touchedAt, outcome, model.get()));
      case WarmDone done when isTaken(before, after) -> lines.add(warm(before, done, model.get()));
      case null, default -> {}
    }
    var idle = before.warming().idle();
    var idleAfter = after.warming().idle();
    boolean cameBack = event instanceof WarmingEvent.TurnStarted;
    if (idle != null
        && !idle.resolved()
        && idleAfter != null
        && idleAfter.resolved()
        && !cameBack) {
      lines.add(left(after, idle, now));
    }
    return lines;
  }

  private static boolean isTaken(Conversation before, Conversation after) {
    return before.warming().activity() == WarmingState.Activity.WARMING
        && after.warming().activity() == WarmingState.Activity.IDLE;
  }

  private static LedgerEntry turn(
      Conversation conversation, Instant touchedAt, TurnOutcome outcome, Model model) {
    var idle = conversation.warming().idle();
    var away = idle == null ? null : Duration.between(idle.since(), touchedAt);
    return new LedgerEntry(
        touchedAt,
        conversation.id(),
        conversation.tenant(),
        conversation.model(),
        Kind.TURN,
        outcome.usage(),
        cost(model.prices(), outcome.usage()),
        idle == null || away == null ? 0 : saved(idle, away, outcome, model),
        0,
        model.prices() != null,
        away == null || away.isNegative() ? null : away,
        idle == null ? 0 : idle.warms(),
        outcome.timeToFirstToken());
  }

  private static long saved(IdlePeriod idle, Duration away, TurnOutcome outcome, Model model) {
    var usage = outcome.usage();
    boolean wouldHaveExpired = away.compareTo(model.timeToLive()) > 0;
    var prices = model.prices();
    if (prices == null
        || !wouldHaveExpired
        || idle.warms() == 0
        || usage.read() <= usage.written()) {
      return 0;
    }
    long more = Math.max(0, Math.subtractExact(prices.write(outcome.tier()), prices.read()));
    return Math.addExact(Math.multiplyExact(usage.read(), more), MILLION / 2) / MILLION;
  }

  private static LedgerEntry warm(Conversation conversation, WarmDone done, Model model) {
    var idle = conversation.warming().idle();
    return new LedgerEntry(
        done.startedAt(),
        conversation.id(),
        conversation.tenant(),
        model.fullName(),
        idle != null && idle.isMiss(done.usage()) ? Kind.REWRITE : Kind.PING,
        done.usage(),
        done.cost(),
        0,
        0,
        model.prices() != null,
        null,
        0,
        null);
  }

  private static LedgerEntry left(Conversation conversation, IdlePeriod idle, Instant now) {
    return new LedgerEntry(
        now,
        conversation.id(),
        conversation.tenant(),
        conversation.model(),
        Kind.LEFT,
        Usage.NONE,
        0,
        0,
        idle.spent(),
        true,
        null,
        idle.warms(),
        null);
  }

  static long cost(@Nullable Prices prices, Usage usage) {
    return prices == null ? 0 : prices.cost(usage);
  }
}
