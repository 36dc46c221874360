package io.stoker.answers;

import io.stoker.state.jdbc.JdbcConnection;
import io.stoker.state.jdbc.JdbcDialect;
import io.stoker.state.jdbc.JdbcPostgres;
import io.stoker.state.jdbc.JdbcSqlite;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is done with many rows at once, which differs from one database to the other.
sealed interface JdbcAnswerDialect permits JdbcAnswerSqlite, JdbcAnswerPostgres {

  static JdbcAnswerDialect of(JdbcDialect dialect) {
    return switch (dialect) {
      case JdbcSqlite _ -> new JdbcAnswerSqlite();
      case JdbcPostgres _ -> new JdbcAnswerPostgres();
    };
  }

  /// Adds questions to a batch, from a position on.
  void insert(
      JdbcConnection connection, long batch, int position, List<JdbcBatches.QuestionRow> questions)
      throws SQLException;

  /// Adds events to the log, numbered from after `newest`.
  void log(JdbcConnection connection, long newest, List<AnswerLog.Event> events)
      throws SQLException;

  /// Settles questions, and tells of each whether it was still ours.
  boolean[] settle(JdbcConnection connection, List<Settled> settled) throws SQLException;

  /// What becomes of a question.
  ///
  /// @param tries how many more attempts count
  record Settled(
      long id,
      long token,
      QuestionState state,
      @Nullable AnswerOutcome outcome,
      String detail,
      int tries,
      @Nullable Instant notBefore,
      @Nullable Instant endedAt) {}
}
