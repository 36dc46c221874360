package io.stoker.server.wire;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.stoker.prompts.LedgerEntry;
import io.stoker.prompts.LedgerSums;
import io.stoker.prompts.PromptLedger;
import io.stoker.prompts.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What goes over the wire about what warming has cost and brought, and comes out of `--json`: JSON
/// by [WireJson].
///
/// Money is in micro-dollars, of which 1,000,000 are a dollar. A member without a value is null.
public final class LedgerWire {

  private LedgerWire() {}

  /// Lines in sum: all of them, and those that have something in common.
  public record Ledger(Sums sums, List<Group> groups) {

    public static Ledger of(LedgerSums all, List<PromptLedger.Group> groups) {
      return new Ledger(
          Sums.of(all),
          groups.stream().map(group -> new Group(group.name(), Sums.of(group.sums()))).toList());
    }
  }

  /// Lines that have something in common.
  ///
  /// @param name of that; empty for the tenant of those who have none
  public record Group(String name, Sums sums) {}

  /// Lines in sum.
  ///
  /// @param spentMicros on warms
  /// @param savedMicros by them
  /// @param wastedMicros the part of what was spent after which no user came back in time
  /// @param netMicros what is left of what was saved
  /// @param turnCostMicros what turns cost
  /// @param pings warms that succeeded
  /// @param pingsThatWrote how many of them found the entry gone
  /// @param left how often a user did not come back in time
  /// @param unpriced turns and warms whose price nobody knows
  /// @param readTokens that warms read from caches
  /// @param writtenTokens that warms wrote to caches
  /// @param retentionPercent how much of what caches held after warms they had held before; null if
  ///   nothing was read or written
  /// @param warmTurns turns that found the cache warm, and had a first piece of an answer
  /// @param warmFirstTokenMs until that piece, in the mean; null if there was none
  /// @param coldTurns turns that did not, and had one
  /// @param coldFirstTokenMs until that piece, in the mean; null if there was none
  public record Sums(
      long spentMicros,
      long savedMicros,
      long wastedMicros,
      long netMicros,
      long turnCostMicros,
      long turns,
      long pings,
      long pingsThatWrote,
      long left,
      long unpriced,
      long readTokens,
      long writtenTokens,
      @Nullable Integer retentionPercent,
      long warmTurns,
      @Nullable Long warmFirstTokenMs,
      long coldTurns,
      @Nullable Long coldFirstTokenMs) {

    static Sums of(LedgerSums sums) {
      var money = sums.costs();
      var retention = sums.retentionPercent();
      return new Sums(
          money.spent(),
          money.saved(),
          money.wasted(),
          money.net(),
          sums.turnCost(),
          sums.turns(),
          sums.warms(),
          sums.rewrites(),
          sums.left(),
          sums.unpriced(),
          sums.readTokens(),
          sums.writtenTokens(),
          retention.isEmpty() ? null : retention.getAsInt(),
          sums.warmTurns(),
          millis(sums.warmFirstToken()),
          sums.coldTurns(),
          millis(sums.coldFirstToken()));
    }

    private static @Nullable Long millis(Optional<Duration> duration) {
      return duration.map(Duration::toMillis).orElse(null);
    }
  }

  /// A line of the ledger.
  ///
  /// @param at when the request began; for `left`, when it was known
  /// @param kind `turn`, `ping`, `rewrite` for a ping that found the entry gone, or `left` for a
  ///   user who did not come back in time
  /// @param cacheReadTokens null if the provider does not say
  /// @param cacheWriteTokens null if the provider does not say
  /// @param savedMicros what a turn would have cost more without warms
  /// @param wastedMicros what was spent on warms for a user who did not come back
  /// @param priced whether prices were known
  /// @param idleMs how long the user was away before a turn; null before the first one
  /// @param pings how many warms there were meanwhile
  /// @param firstTokenMs until a turn's first piece of an answer; null if none came
  public record Entry(
      Instant at,
      String conversationId,
      String tenant,
      String model,
      String kind,
      long inputTokens,
      long outputTokens,
      @Nullable Long cacheReadTokens,
      @Nullable Long cacheWriteTokens,
      long costMicros,
      long savedMicros,
      long wastedMicros,
      boolean priced,
      @Nullable Long idleMs,
      int pings,
      @Nullable Long firstTokenMs) {

    public static Entry of(LedgerEntry line) {
      Usage usage = line.usage();
      return new Entry(
          line.at(),
          line.conversationId(),
          line.tenant(),
          line.model(),
          PromptWire.label(line.kind()),
          usage.inputTokens(),
          usage.outputTokens(),
          usage.cacheReadTokens(),
          usage.cacheWriteTokens(),
          line.cost(),
          line.saved(),
          line.wasted(),
          line.priced(),
          millis(line.idle()),
          line.warms(),
          millis(line.timeToFirstToken()));
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
      return duration == null ? null : duration.toMillis();
    }
  }

  /// What warms may cost today, and have cost: all of them, then those of tenants that have
  /// settings of their own.
  ///
  /// @param dayEndsAt when the next day begins, at midnight, UTC
  /// @param warmsPerMinute how many warms each provider may be sent in a minute; 0 for any number
  public record Budgets(
      Instant dayEndsAt, int warmsPerMinute, @JsonUnwrapped Budget all, List<Tenant> tenants) {}

  /// What a tenant's warms may cost today, and have cost.
  public record Tenant(String tenant, @JsonUnwrapped Budget budget) {}

  /// What warms may cost today, and have cost.
  ///
  /// @param mode `interval`, `adaptive` or `off`
  /// @param spentTodayMicros with what is set aside for warms in flight
  /// @param dailyBudgetMicros null for any amount
  public record Budget(String mode, long spentTodayMicros, @Nullable Long dailyBudgetMicros) {}
}
