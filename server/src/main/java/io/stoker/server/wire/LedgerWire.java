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

/// The JSON of the ledger of costs and savings, with the conventions of [SessionWire]. Money is in
/// micro-dollars: a dollar has 1,000,000.
public final class LedgerWire {

  private LedgerWire() {}

  /// Sums of all entries, and of each group.
  public record Ledger(Sums sums, List<Group> groups) {

    public static Ledger of(LedgerSums all, List<PromptLedger.Group> groups) {
      return new Ledger(
          Sums.of(all),
          groups.stream().map(group -> new Group(group.name(), Sums.of(group.sums()))).toList());
    }
  }

  /// Sums of one group of entries.
  ///
  /// @param name such as the day or the tenant; empty for entries without a tenant
  public record Group(String name, Sums sums) {}

  /// Sums of entries.
  ///
  /// @param spentMicros cost of warms
  /// @param savedMicros savings by warms
  /// @param wastedMicros the part of `spent` after which the user did not return in time
  /// @param netMicros savings less costs
  /// @param turnCostMicros cost of turns
  /// @param pings successful warms
  /// @param pingsThatWrote successful warms that found the cache entry gone
  /// @param left how often a user did not return in time
  /// @param unpriced turns and warms with unknown prices
  /// @param readTokens tokens that warms read from caches
  /// @param writtenTokens tokens that warms wrote to caches
  /// @param retentionPercent share of the tokens that warms read instead of writing; null if there
  ///   were none
  /// @param warmTurns turns with a warm cache and a first token
  /// @param warmFirstTokenMs their mean time to the first token; null if there were none
  /// @param coldTurns turns with a cold cache and a first token
  /// @param coldFirstTokenMs their mean time to the first token; null if there were none
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

  /// An entry of the ledger.
  ///
  /// @param at when the request began; for `left`, when the entry was made
  /// @param kind `turn`, `ping`, `rewrite` for a ping that found the cache entry gone, or `left`
  ///   for a user who did not return in time
  /// @param cacheReadTokens null if the provider does not report it
  /// @param cacheWriteTokens null if the provider does not report it
  /// @param savedMicros additional cost of the turn without warms
  /// @param wastedMicros cost of warms for a user who did not return
  /// @param priced whether prices were known
  /// @param idleMs time since the previous turn; null for the first one
  /// @param pings warms in that time
  /// @param firstTokenMs time to the first token; null if there was none
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

  /// Today's budgets and costs of warms: in total, and for tenants with their own settings.
  ///
  /// @param dayEndsAt the next midnight, UTC
  /// @param warmsPerMinute limit for each provider; 0 for no limit
  public record Budgets(
      Instant dayEndsAt, int warmsPerMinute, @JsonUnwrapped Budget all, List<Tenant> tenants) {}

  /// Today's budget and costs of one tenant.
  public record Tenant(String tenant, @JsonUnwrapped Budget budget) {}

  /// Today's budget and costs.
  ///
  /// @param mode `interval`, `adaptive` or `off`
  /// @param spentTodayMicros includes reservations for warms in flight
  /// @param dailyBudgetMicros null for no limit
  public record Budget(String mode, long spentTodayMicros, @Nullable Long dailyBudgetMicros) {}
}
