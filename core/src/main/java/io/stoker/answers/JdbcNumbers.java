package io.stoker.answers;

import java.util.List;

/// The numbers that stand for states, outcomes and kinds in a database. Their order must never
/// change; new ones go to the end.
final class JdbcNumbers {

  private static final List<BatchState> BATCH_STATES =
      List.of(
          BatchState.PENDING,
          BatchState.RUNNING,
          BatchState.PAUSED,
          BatchState.COMPLETED,
          BatchState.COMPLETED_WITH_ERRORS,
          BatchState.CANCELLED);

  private static final List<QueryState> QUERY_STATES =
      List.of(
          QueryState.PENDING,
          QueryState.PROCESSING,
          QueryState.COMPLETED,
          QueryState.FAILED,
          QueryState.SKIPPED,
          QueryState.CANCELLED);

  private static final List<AnswerOutcome> OUTCOMES =
      List.of(
          AnswerOutcome.STORED,
          AnswerOutcome.REFRESHED,
          AnswerOutcome.ALREADY_FRESH,
          AnswerOutcome.NOT_CACHEABLE,
          AnswerOutcome.LOW_CONFIDENCE,
          AnswerOutcome.FAILED);

  private static final List<AnswerEvent.Kind> KINDS =
      List.of(
          AnswerEvent.Kind.CHANGED,
          AnswerEvent.Kind.QUERY,
          AnswerEvent.Kind.PAUSED,
          AnswerEvent.Kind.COMPLETE,
          AnswerEvent.Kind.DELETED);

  private JdbcNumbers() {}

  static int of(BatchState state) {
    return of(state, BATCH_STATES);
  }

  static int of(QueryState state) {
    return of(state, QUERY_STATES);
  }

  static int of(AnswerOutcome outcome) {
    return of(outcome, OUTCOMES);
  }

  static int of(AnswerEvent.Kind kind) {
    return of(kind, KINDS);
  }

  static BatchState batchState(int number) {
    return BATCH_STATES.get(number);
  }

  static QueryState queryState(int number) {
    return QUERY_STATES.get(number);
  }

  static AnswerOutcome outcome(int number) {
    return OUTCOMES.get(number);
  }

  static AnswerEvent.Kind kind(int number) {
    return KINDS.get(number);
  }

  private static <T> int of(T one, List<T> all) {
    int number = all.indexOf(one);
    if (number < 0) {
      throw new IllegalStateException(one + " has no number yet");
    }
    return number;
  }
}
