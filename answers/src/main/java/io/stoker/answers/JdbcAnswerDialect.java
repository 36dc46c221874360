package io.stoker.answers;

import io.stoker.state.jdbc.JdbcConnection;
import io.stoker.state.jdbc.JdbcDialect;
import io.stoker.state.jdbc.JdbcPostgres;
import io.stoker.state.jdbc.JdbcSqlite;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Bulk statements that differ between the databases.
sealed interface JdbcAnswerDialect permits JdbcAnswerSqlite, JdbcAnswerPostgres {

  static JdbcAnswerDialect of(JdbcDialect dialect) {
    return switch (dialect) {
      case JdbcSqlite _ -> new JdbcAnswerSqlite();
      case JdbcPostgres _ -> new JdbcAnswerPostgres();
    };
  }

  /// Appends questions to a batch, from a position on.
  void insertQuestions(
      JdbcConnection connection, long batch, int position, List<JdbcBatches.QuestionRow> questions)
      throws SQLException;

  /// Appends events to the log, numbered from `newest + 1`.
  void insertEvents(JdbcConnection connection, long newest, List<AnswerLog.Event> events)
      throws SQLException;

  /// Settles claims; returns for each whether it was still the newest one.
  boolean[] settle(JdbcConnection connection, List<SettledRow> settled) throws SQLException;

  /// The new values of a question's row.
  ///
  /// @param countedAttempts 1 if the attempt counts, 0 if not
  record SettledRow(
      long id,
      long token,
      QuestionState state,
      @Nullable AnswerOutcome outcome,
      String detail,
      int countedAttempts,
      @Nullable Instant notBefore,
      @Nullable Instant endedAt) {}
}
