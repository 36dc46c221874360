package io.stoker.answers;

import io.stoker.answers.AnswerLog.Event.Kind;
import io.stoker.state.jdbc.JdbcConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// SQL for the rows of batches and questions, shared by the adapters of the queue.
final class JdbcBatches {

  static final String BATCH =
      "id, state, total, completed, failed, skipped, cancelled, name, scope, keep_duplicates,"
          + " only_stale, created_at, started_at, ended_at, reason";

  static final String QUESTION =
      "id, batch_id, position, question, state, outcome, detail, attempts, not_before, started_at,"
          + " ended_at, aliases";

  private JdbcBatches() {}

  static Batch batch(ResultSet row) throws SQLException {
    return new Batch(
        row.getLong(1),
        JdbcAnswerDatabase.fromCode(BatchState.values(), BatchState::code, row.getInt(2)),
        new Batch.Counts(
            row.getLong(3), row.getLong(4), row.getLong(5), row.getLong(6), row.getLong(7)),
        new BatchOptions(
            row.getString(8), row.getString(9), row.getBoolean(10), row.getBoolean(11)),
        JdbcConnection.instant(row.getLong(12)),
        JdbcConnection.instant(row, 13),
        JdbcConnection.instant(row, 14),
        row.getString(15));
  }

  static Question question(ResultSet row) throws SQLException {
    int outcome = row.getInt(6);
    var ended =
        row.wasNull()
            ? null
            : JdbcAnswerDatabase.fromCode(AnswerOutcome.values(), AnswerOutcome::code, outcome);
    return new Question(
        row.getLong(1),
        row.getLong(2),
        row.getInt(3),
        row.getString(4),
        QuestionRow.wordings(row.getString(12)),
        JdbcAnswerDatabase.fromCode(QuestionState.values(), QuestionState::code, row.getInt(5)),
        ended,
        row.getString(7),
        row.getInt(8),
        JdbcConnection.instant(row, 9),
        JdbcConnection.instant(row, 10),
        JdbcConnection.instant(row, 11));
  }

  static Optional<Batch> batch(JdbcConnection connection, long id) throws SQLException {
    return connection.first(
        "SELECT " + BATCH + " FROM stoker.batch WHERE id = ?", JdbcBatches::batch, id);
  }

  /// Empty also if its batch was deleted and the background job has not reached the question yet.
  static Optional<Question> question(JdbcConnection connection, long id) throws SQLException {
    return connection.first(
        "SELECT "
            + QUESTION
            + " FROM stoker.query q WHERE q.id = ?"
            + " AND EXISTS (SELECT 1 FROM stoker.batch b WHERE b.id = q.batch_id)",
        JdbcBatches::question,
        id);
  }

  /// Inserts a batch with its questions.
  ///
  /// @param cause the id of the background job that creates it; null for none
  static Batch insert(
      JdbcConnection connection,
      JdbcAnswerDialect sql,
      Submission submission,
      @Nullable Long cause,
      Instant now)
      throws SQLException {
    var options = submission.options();
    var key = submission.idempotencyKey();
    var batch =
        connection
            .first(
                """
                INSERT INTO stoker.batch
                       (total, name, scope, keep_duplicates, only_stale, created_at,
                        idempotency_key, cause)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                RETURNING
                """
                    + BATCH,
                JdbcBatches::batch,
                (long) submission.questions().size(),
                options.name(),
                options.scope(),
                options.keepDuplicates(),
                options.onlyStale(),
                now,
                key == null ? null : JdbcAnswerDatabase.digest(key),
                cause)
            .orElseThrow();
    sql.insertQuestions(
        connection, batch.id(), 0, QuestionRow.with(submission.questions(), submission.wordings()));
    addHistory(connection, batch, "submitted", "", now);
    JdbcEventBuffer.add(connection, Kind.CHANGED, batch.id(), 0);
    return batch;
  }

  /// Appends questions to a batch, without counting them.
  static void append(
      JdbcConnection connection,
      JdbcAnswerDialect sql,
      long batch,
      List<String> questions,
      Map<String, List<String>> wordings)
      throws SQLException {
    long position =
        connection.number("SELECT max(position) + 1 FROM stoker.query WHERE batch_id = ?", batch);
    sql.insertQuestions(
        connection, batch, Math.toIntExact(position), QuestionRow.with(questions, wordings));
  }

  /// A number of questions in one state; 0 if that is not final.
  static Batch.Counts countsOf(QuestionState state, long number) {
    return switch (state) {
      case PENDING, PROCESSING -> new Batch.Counts(0, 0, 0, 0, 0);
      case COMPLETED -> new Batch.Counts(0, number, 0, 0, 0);
      case FAILED -> new Batch.Counts(0, 0, number, 0, 0);
      case SKIPPED -> new Batch.Counts(0, 0, 0, number, 0);
      case CANCELLED -> new Batch.Counts(0, 0, 0, 0, number);
    };
  }

  /// Adds to a batch's counts, and ends it with its last open question. Does not log the change of
  /// the counts itself.
  static Optional<Batch> addCounts(
      JdbcConnection connection, long id, Batch.Counts more, Instant now) throws SQLException {
    var counted =
        connection.first(
            """
            UPDATE stoker.batch
               SET total = total + ?, completed = completed + ?, failed = failed + ?,
                   skipped = skipped + ?, cancelled = cancelled + ?
             WHERE id = ?
            RETURNING
            """
                + BATCH,
            JdbcBatches::batch,
            more.total(),
            more.completed(),
            more.failed(),
            more.skipped(),
            more.cancelled(),
            id);
    if (counted.isEmpty() || counted.get().state().isOver() || counted.get().counts().open() > 0) {
      return counted;
    }
    var ended =
        set(
            connection,
            id,
            """
            UPDATE stoker.batch SET state = ?, ended_at = ? WHERE id = ?
            RETURNING
            """,
            BatchRules.ended(counted.get().counts().failed()).code(),
            now,
            id);
    JdbcEventBuffer.add(connection, Kind.COMPLETE, id, 0);
    return Optional.of(ended);
  }

  /// Updates an existing batch.
  ///
  /// @param update ends with `RETURNING`
  static Batch set(JdbcConnection connection, long id, String update, @Nullable Object... values)
      throws SQLException {
    return connection
        .first(update + BATCH, JdbcBatches::batch, values)
        .orElseThrow(() -> new IllegalStateException("batch " + id + " is gone"));
  }

  /// Adds an entry to a batch's history.
  static void addHistory(
      JdbcConnection connection, Batch batch, String what, String reason, Instant now)
      throws SQLException {
    connection.update(
        """
        INSERT INTO stoker.batch_change (batch_id, at, what, reason, state) VALUES (?, ?, ?, ?, ?)
        """,
        batch.id(),
        now,
        what,
        reason,
        batch.state().code());
  }

  static Batch.Change change(ResultSet row) throws SQLException {
    return new Batch.Change(
        JdbcConnection.instant(row.getLong(1)),
        Objects.requireNonNull(row.getString(2)),
        Objects.requireNonNull(row.getString(3)),
        JdbcAnswerDatabase.fromCode(BatchState.values(), BatchState::code, row.getInt(4)));
  }

  /// A question and its other wordings as stored: one per line, with line breaks and backslashes
  /// escaped as in Java.
  ///
  /// @param wordings null if there are none, to save space
  record QuestionRow(String question, @Nullable String wordings) {

    static List<QuestionRow> with(List<String> questions, Map<String, List<String>> wordings) {
      return questions.stream()
          .map(question -> new QuestionRow(question, text(wordings.get(question))))
          .toList();
    }

    private static @Nullable String text(@Nullable List<String> wordings) {
      return wordings == null || wordings.isEmpty()
          ? null
          : wordings.stream().map(QuestionRow::escaped).collect(Collectors.joining("\n"));
    }

    private static String escaped(String wording) {
      return wording.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    /// The wordings in a row.
    static List<String> wordings(@Nullable String wordings) {
      return wordings == null
          ? List.of()
          : Stream.of(wordings.split("\n", -1)).map(String::translateEscapes).toList();
    }
  }
}
