package io.stoker.answers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A batch of questions, in its current state.
///
/// @param id its key; keys increase over time
/// @param startedAt when its first question was claimed; null if none was
/// @param endedAt when it ended; null while it is open
/// @param reason the reason given for the last action; empty if none was
public record Batch(
    long id,
    BatchState state,
    Counts counts,
    BatchOptions options,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    String reason) {
  /// Number of a batch's questions, in total and by final state; the rest is pending or processing.
  public record Counts(long total, long completed, long failed, long skipped, long cancelled) {

    /// The sum of both.
    Counts plus(Counts more) {
      return new Counts(
          total + more.total,
          completed + more.completed,
          failed + more.failed,
          skipped + more.skipped,
          cancelled + more.cancelled);
    }

    /// How many have ended.
    public long processed() {
      return completed + failed + skipped + cancelled;
    }

    /// How many have not ended.
    public long open() {
      return total - processed();
    }

    /// The share that has ended, in percent.
    public double percent() {
      return total == 0 ? 100 : 100.0 * processed() / total;
    }
  }

  /// An entry of a batch's history.
  ///
  /// @param what `submitted`, `added`, or a [BatchAction#label()]
  /// @param reason the reason given; empty if none was
  /// @param state the batch's state afterwards
  public record Change(Instant at, String what, String reason, BatchState state) {}
}
