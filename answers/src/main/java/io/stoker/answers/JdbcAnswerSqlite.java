package io.stoker.answers;

import io.stoker.state.jdbc.JdbcConnection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Bulk statements of SQLite: JDBC batches.
final class JdbcAnswerSqlite implements JdbcAnswerDialect {

  @Override
  public void insertQuestions(
      JdbcConnection connection, long batch, int position, List<JdbcBatches.QuestionRow> questions)
      throws SQLException {
    var insert =
        connection.prepare(
            "INSERT INTO stoker.query (batch_id, position, question, aliases) VALUES (?, ?, ?, ?)");
    int next = position;
    for (var question : questions) {
      insert.setLong(1, batch);
      insert.setInt(2, next++);
      insert.setString(3, question.question());
      insert.setString(4, question.wordings());
      insert.addBatch();
    }
    insert.executeBatch();
  }

  @Override
  public void insertEvents(JdbcConnection connection, long newest, List<AnswerLog.Event> events)
      throws SQLException {
    var rows = new ArrayList<@Nullable Object[]>(events.size());
    for (var event : events) {
      rows.add(
          new @Nullable Object[] {
            newest + rows.size() + 1, event.batchId(), event.kind().code(), event.questionId()
          });
    }
    connection.batch(
        "INSERT INTO stoker.event (id, batch_id, kind, query_id) VALUES (?, ?, ?, ?)", rows);
  }

  @Override
  public boolean[] settle(JdbcConnection connection, List<SettledRow> settled) throws SQLException {
    var changed =
        connection.batch(
            """
            UPDATE stoker.query
               SET state = ?, outcome = ?, detail = ?, attempts = attempts + ?, not_before = ?,
                   ended_at = ?, lease_ends = NULL
             WHERE id = ? AND token = ? AND state = 1
            """
                + JdbcAnswerClaims.OPEN,
            settled.stream().map(JdbcAnswerSqlite::row).toList());
    var ours = new boolean[changed.length];
    for (int i = 0; i < changed.length; i++) {
      ours[i] = changed[i] == 1;
    }
    return ours;
  }

  private static @Nullable Object[] row(SettledRow one) {
    return new @Nullable Object[] {
      one.state().code(),
      one.outcome() == null ? null : one.outcome().code(),
      one.detail(),
      one.countedAttempts(),
      one.notBefore(),
      one.endedAt(),
      one.id(),
      one.token()
    };
  }
}
