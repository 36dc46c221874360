package io.stoker.answers;

import java.util.Optional;

/// The state machine of a batch: which action leads from which state to which.
///
/// Actions are idempotent: pausing a paused batch, resuming a running one and cancelling a
/// cancelled one change nothing.
final class BatchRules {

  private BatchRules() {}

  /// The state after an action; empty if the state does not allow it.
  ///
  /// @param begun whether a question was ever claimed
  static Optional<BatchState> next(BatchState state, boolean begun, BatchAction action) {
    return Optional.ofNullable(
        switch (action) {
          case PAUSE ->
              switch (state) {
                case PENDING, RUNNING, PAUSED -> BatchState.PAUSED;
                case COMPLETED, COMPLETED_WITH_ERRORS, CANCELLED -> null;
              };
          case RESUME ->
              switch (state) {
                case PENDING -> BatchState.PENDING;
                case RUNNING -> BatchState.RUNNING;
                case PAUSED -> begun ? BatchState.RUNNING : BatchState.PENDING;
                case COMPLETED, COMPLETED_WITH_ERRORS, CANCELLED -> null;
              };
          case CANCEL ->
              switch (state) {
                case PENDING, RUNNING, PAUSED, CANCELLED -> BatchState.CANCELLED;
                case COMPLETED, COMPLETED_WITH_ERRORS -> null;
              };
          case RETRY_FAILED, RETRY_SKIPPED, RETRY_ALL ->
              switch (state) {
                case PENDING, RUNNING, PAUSED -> state;
                case COMPLETED, COMPLETED_WITH_ERRORS, CANCELLED -> BatchState.PENDING;
              };
        });
  }

  /// The state of a batch whose last question has ended.
  static BatchState ended(long failed) {
    return failed == 0 ? BatchState.COMPLETED : BatchState.COMPLETED_WITH_ERRORS;
  }
}
