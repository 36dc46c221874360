package io.stoker.prompts;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The ledger of the costs and savings of turns and warms. Lines are only added, together with the
/// state of their conversation, by [PromptStore#save]. Thread-safe.
///
/// All methods throw [io.stoker.StokerException] if the store does not respond.
public interface PromptLedger {

  /// A filter of lines; null matches any.
  ///
  /// @param from inclusive
  /// @param until exclusive
  /// @param tenant empty for lines without a tenant
  record Range(
      @Nullable Instant from,
      @Nullable Instant until,
      @Nullable String tenant,
      @Nullable String provider,
      @Nullable String conversationId) {

    /// All lines.
    public static final Range ALL = new Range(null, null, null, null, null);
  }

  /// The dimension by which lines are grouped.
  enum By {
    /// The tenant.
    TENANT,
    /// The provider's name.
    PROVIDER,
    /// The full name of the model.
    MODEL,
    /// The conversation's id.
    CONVERSATION,
    /// The hour (UTC), as `2026-11-21T16:00Z`.
    HOUR,
    /// The day (UTC), as `2026-11-21`.
    DAY
  }

  /// The sums of a group of lines.
  record Group(String name, LedgerSums sums) {}

  /// The sums of all lines in a range.
  LedgerSums sums(Range range);

  /// The sums of groups: hours and days in order of time, others by the cost of warms, highest
  /// first, then by name.
  ///
  /// @param limit the maximum number of groups; of hours and days, the last ones
  List<Group> sumsBy(By by, Range range, int limit);

  /// Visits each line, the oldest first, without holding all of them in memory.
  void visit(Range range, Consumer<LedgerEntry> visitor);
}
