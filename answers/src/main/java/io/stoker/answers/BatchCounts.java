package io.stoker.answers;

/// How many of a batch's questions are in which state. What is in none of the last four is pending
/// or processing.
///
/// @param total all of them
public record BatchCounts(long total, long completed, long failed, long skipped, long cancelled) {

  /// Those of both.
  BatchCounts plus(BatchCounts more) {
    return new BatchCounts(
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
