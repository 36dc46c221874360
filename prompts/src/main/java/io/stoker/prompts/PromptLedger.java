package io.stoker.prompts;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What turns and warms have cost and brought, line by line. Lines are only ever added, together
/// with the state of their conversation, by [PromptStore#save]. Thread-safe.
///
/// All methods throw [io.stoker.StokerException] if the store does not answer.
public interface PromptLedger {

  /// Which lines; null is any.
  ///
  /// @param from the first moment
  /// @param until the first moment behind the last
  /// @param tenant empty for those of nobody in particular
  /// @param provider its name
  record Range(
      @Nullable Instant from,
      @Nullable Instant until,
      @Nullable String tenant,
      @Nullable String provider,
      @Nullable String conversationId) {

    /// All there are.
    public static final Range ALL = new Range(null, null, null, null, null);
  }

  /// What lines have in common that are summed.
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

  /// Lines that have something in common.
  record Group(String name, LedgerSums sums) {}

  /// Lines in sum.
  LedgerSums sums(Range range);

  /// Lines in sums: hours and days in their order, all others by what was spent on warms, the most
  /// first, then by name.
  ///
  /// @param limit how many at most; of hours and days, the last ones
  List<Group> sumsBy(By by, Range range, int limit);

  /// Visits each line, the oldest first, without holding all of them in memory.
  void visit(Range range, Consumer<LedgerEntry> visitor);
}
