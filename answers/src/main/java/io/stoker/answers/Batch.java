package io.stoker.answers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A batch of questions as it stands.
///
/// @param id its key, which grows with time
/// @param startedAt when its first question was claimed; null if none was
/// @param endedAt when it was over; null while it is not
/// @param reason what the last move was made for; empty if nobody said
public record Batch(
    long id,
    BatchState state,
    Counts counts,
    BatchOptions options,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    String reason) {
  /// How many of a batch's questions are in which state. What is in none of the last four is
  /// pending or processing.
  ///
  /// @param total all of them
  public record Counts(long total, long completed, long failed, long skipped, long cancelled) {

    /// Those of both.
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

    /// How many are still to be done.
    public long open() {
      return total - processed();
    }

    /// How much has ended, from 0 to 100.
    public double percent() {
      return total == 0 ? 100 : 100.0 * processed() / total;
    }
  }

  /// Something that was done to a batch.
  ///
  /// @param what `submitted`, `added`, or a [BatchAction#label()]
  /// @param reason what for; empty if nobody said
  /// @param state the batch's state afterwards
  public record Change(Instant at, String what, String reason, BatchState state) {}
}
