package io.stoker.answers;

import io.stoker.state.jdbc.JdbcNumbering;
import java.util.List;

/// The numbers that stand for states, outcomes and kinds in a database.
final class JdbcNumbers {

  private static final JdbcNumbering<BatchState> BATCH_STATES =
      new JdbcNumbering<>(
          List.of(
              BatchState.PENDING,
              BatchState.RUNNING,
              BatchState.PAUSED,
              BatchState.COMPLETED,
              BatchState.COMPLETED_WITH_ERRORS,
              BatchState.CANCELLED));

  private static final JdbcNumbering<QueryState> QUERY_STATES =
      new JdbcNumbering<>(
          List.of(
              QueryState.PENDING,
              QueryState.PROCESSING,
              QueryState.COMPLETED,
              QueryState.FAILED,
              QueryState.SKIPPED,
              QueryState.CANCELLED));

  private static final JdbcNumbering<AnswerOutcome> OUTCOMES =
      new JdbcNumbering<>(
          List.of(
              AnswerOutcome.STORED,
              AnswerOutcome.REFRESHED,
              AnswerOutcome.ALREADY_FRESH,
              AnswerOutcome.NOT_CACHEABLE,
              AnswerOutcome.LOW_CONFIDENCE,
              AnswerOutcome.FAILED));

  private static final JdbcNumbering<AnswerEvent.Kind> KINDS =
      new JdbcNumbering<>(
          List.of(
              AnswerEvent.Kind.CHANGED,
              AnswerEvent.Kind.QUERY,
              AnswerEvent.Kind.PAUSED,
              AnswerEvent.Kind.COMPLETE,
              AnswerEvent.Kind.DELETED));

  private JdbcNumbers() {}

  static int of(BatchState state) {
    return BATCH_STATES.number(state);
  }

  static int of(QueryState state) {
    return QUERY_STATES.number(state);
  }

  static int of(AnswerOutcome outcome) {
    return OUTCOMES.number(outcome);
  }

  static int of(AnswerEvent.Kind kind) {
    return KINDS.number(kind);
  }

  static BatchState batchState(int number) {
    return BATCH_STATES.at(number);
  }

  static QueryState queryState(int number) {
    return QUERY_STATES.at(number);
  }

  static AnswerOutcome outcome(int number) {
    return OUTCOMES.at(number);
  }

  static AnswerEvent.Kind kind(int number) {
    return KINDS.at(number);
  }
}
