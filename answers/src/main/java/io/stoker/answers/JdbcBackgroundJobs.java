package io.stoker.answers;

import io.stoker.TextRules;
import io.stoker.state.jdbc.JdbcConnection;
import io.stoker.state.jdbc.JdbcTransactions.Work;
import io.stoker.state.jdbc.StoredCodes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Background jobs on many rows, done in steps of bounded size. Each step is a transaction, so that
/// other writers never wait long. Thread-safe.
///
/// A job is inserted in the transaction of its cause, and each step updates its progress: after a
/// crash another process continues.
final class JdbcBackgroundJobs {

  /// The most answers or questions of a step.
  static final int STEP = 200;

  /// With a placeholder for each id, so that every database looks them up by the primary key.
  static final String IN_STEP = " IN (" + String.join(", ", Collections.nCopies(STEP, "?")) + ")";

  /// The most questions of a batch that a job creates.
  private static final int MAX_IN_BATCH = 10_000;

  /// Kind of job.
  enum Kind {
    /// Marks the answers based on a document as stale, and queues their questions.
    STALE,
    /// Deletes the questions of a deleted batch.
    DELETE,
    /// Cancels the open questions of a cancelled batch.
    CANCEL,
    RETRY_FAILED,
    RETRY_SKIPPED,
    RETRY_ALL
  }

  private static final StoredCodes<Kind> KINDS =
      new StoredCodes<>(
          List.of(
              Kind.STALE,
              Kind.DELETE,
              Kind.CANCEL,
              Kind.RETRY_FAILED,
              Kind.RETRY_SKIPPED,
              Kind.RETRY_ALL));

  private final JdbcAnswerDatabase database;

  JdbcBackgroundJobs(JdbcAnswerDatabase database) {
    this.database = database;
  }

  /// A job.
  ///
  /// @param subject a document, or the id of a batch
  /// @param reached the id or position of the last row that was done
  /// @param until the id or position of the last row to do
  private record Job(long id, Kind kind, String subject, long reached, long until) {

    static Job of(ResultSet row) throws SQLException {
      return new Job(
          row.getLong(1),
          KINDS.value(row.getInt(2)),
          Objects.requireNonNull(row.getString(3)),
          row.getLong(4),
          row.getLong(5));
    }

    long batch() {
      return Long.parseLong(subject);
    }
  }

  /// Starts a job that marks the answers based on a document as stale, but not range stored from
  /// now on.
  static void staleAnswers(JdbcConnection connection, String document) throws SQLException {
    start(
        connection,
        Kind.STALE,
        document,
        0,
        connection.number("SELECT max(id) FROM stoker.answer"));
  }

  /// Starts a job on the questions of a batch.
  static void questions(JdbcConnection connection, Kind kind, long batch) throws SQLException {
    start(
        connection,
        kind,
        Long.toString(batch),
        -1,
        connection.number("SELECT max(position) FROM stoker.query WHERE batch_id = ?", batch));
  }

  private static void start(
      JdbcConnection connection, Kind kind, String subject, long reached, long until)
      throws SQLException {
    connection.update(
        "INSERT INTO stoker.pending_work (kind, subject, reached, until) VALUES (?, ?, ?, ?)",
        KINDS.code(kind),
        subject,
        reached,
        until);
  }

  /// Runs a change of a batch in a transaction in which no job of the batch is left.
  <T> T withoutJobs(String purpose, long batch, Work<T> work) {
    while (true) {
      var done =
          database.write(
              purpose,
              connection ->
                  hasJob(connection, batch)
                      ? Optional.<T>empty()
                      : Optional.of(work.on(connection)));
      if (done.isPresent()) {
        return done.get();
      }
      finish(batch);
    }
  }

  private static boolean hasJob(JdbcConnection connection, long batch) throws SQLException {
    return jobOf(connection, batch).isPresent();
  }

  private static Optional<Job> jobOf(JdbcConnection connection, long batch) throws SQLException {
    return connection.first(
        """
        SELECT id, kind, subject, reached, until FROM stoker.pending_work
         WHERE subject = ? AND kind <> 0 ORDER BY id LIMIT 1
        """,
        Job::of,
        Long.toString(batch));
  }

  /// Runs all jobs of a batch to their end.
  void finish(long batch) {
    while (step("finish the jobs of batch " + batch, connection -> jobOf(connection, batch))) {
      // A step is a transaction.
    }
  }

  /// Runs a step of the oldest job. False if there is none.
  boolean step() {
    return step(
        "run a job",
        connection ->
            connection.first(
                """
                SELECT id, kind, subject, reached, until FROM stoker.pending_work
                 ORDER BY id LIMIT 1
                """,
                Job::of));
  }

  private boolean step(String purpose, Work<Optional<Job>> next) {
    if (database.read(purpose, next).isEmpty()) {
      return false;
    }
    return database.write(
        purpose,
        connection -> {
          var job = next.on(connection);
          if (job.isPresent()) {
            step(connection, job.get());
          }
          return job.isPresent();
        });
  }

  private void step(JdbcConnection connection, Job job) throws SQLException {
    long reached =
        switch (job.kind) {
          case STALE -> stale(connection, job);
          case DELETE, CANCEL, RETRY_FAILED, RETRY_SKIPPED, RETRY_ALL -> questions(connection, job);
        };
    if (reached >= job.until) {
      connection.update("DELETE FROM stoker.pending_work WHERE id = ?", job.id);
    } else {
      connection.update("UPDATE stoker.pending_work SET reached = ? WHERE id = ?", reached, job.id);
    }
  }

  // --- questions of a batch ---

  /// The position that was reached.
  private long questions(JdbcConnection connection, Job job) throws SQLException {
    long batch = job.batch();
    long last =
        connection
            .list(
                """
                SELECT position FROM stoker.query WHERE batch_id = ? AND position > ?
                 ORDER BY position LIMIT ?
                """,
                row -> row.getLong(1),
                batch,
                job.reached,
                STEP)
            .stream()
            .reduce((_, later) -> later)
            .orElse(job.until);
    var range = " WHERE batch_id = ? AND position > ? AND position <= ?";
    switch (job.kind) {
      case DELETE -> {
        connection.update("DELETE FROM stoker.query" + range, batch, job.reached, last);
        int changes =
            connection.update(
                """
                DELETE FROM stoker.batch_change WHERE id IN
                  (SELECT id FROM stoker.batch_change WHERE batch_id = ? ORDER BY id LIMIT ?)
                """,
                batch,
                STEP);
        if (changes == STEP) {
          return job.reached; // There may be more history than questions.
        }
      }
      case CANCEL ->
          connection.update(
              """
              UPDATE stoker.query SET state = 5, ended_at = ?, lease_ends = NULL, not_before = NULL
              """
                  + range
                  + " AND state IN (0, 1)",
              database.now(),
              batch,
              job.reached,
              last);
      case RETRY_FAILED -> reset(connection, range + " AND state = 3", job, last);
      case RETRY_SKIPPED -> reset(connection, range + " AND state IN (4, 5)", job, last);
      case RETRY_ALL -> reset(connection, range + " AND state IN (3, 4, 5)", job, last);
      case STALE -> throw new IllegalStateException("expected a job on questions, got " + job.kind);
    }
    return last;
  }

  private static void reset(JdbcConnection connection, String range, Job job, long last)
      throws SQLException {
    connection.update(
        """
        UPDATE stoker.query
           SET state = 0, outcome = NULL, detail = '', attempts = 0, lost = 0, ended_at = NULL
        """
            + range,
        job.batch(),
        job.reached,
        last);
  }

  // --- answers based on a document ---

  /// A stale answer, whose question is queued.
  private record StaleAnswer(long id, String question, String scope) {

    static StaleAnswer of(ResultSet row) throws SQLException {
      return new StaleAnswer(
          row.getLong(1),
          Objects.requireNonNull(row.getString(2)),
          Objects.requireNonNull(row.getString(3)));
    }
  }

  /// The id of the answer that was reached.
  private long stale(JdbcConnection connection, Job job) throws SQLException {
    var ids =
        connection.list(
            """
            SELECT DISTINCT answer_id FROM stoker.answer_source
             WHERE document = ? AND answer_id > ? AND answer_id <= ?
             ORDER BY answer_id LIMIT ?
            """,
            row -> row.getLong(1),
            job.subject,
            job.reached,
            job.until,
            STEP);
    if (ids.isEmpty()) {
      return job.until;
    }
    var stale = new ArrayList<@Nullable Object>(List.of(true));
    stale.addAll(padded(ids, 0L));
    var answers =
        connection.list(
            "UPDATE stoker.answer SET stale = ? WHERE id"
                + IN_STEP
                + " RETURNING id, question, scope",
            StaleAnswer::of,
            stale.toArray());
    var wordings = new HashMap<Long, List<String>>();
    connection.list(
        "SELECT answer_id, wording FROM stoker.answer_wording WHERE answer_id"
            + IN_STEP
            + " ORDER BY answer_id, position",
        row ->
            wordings
                .computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
                .add(Objects.requireNonNull(row.getString(2))),
        padded(ids, 0L).toArray());
    requeue(connection, job, answers, wordings);
    return ids.getLast();
  }

  /// The keys, padded to the number of placeholders with a value that no row has.
  static List<@Nullable Object> padded(List<?> keys, Object padding) {
    var all = new ArrayList<@Nullable Object>(keys);
    all.addAll(Collections.nCopies(STEP - keys.size(), padding));
    return all;
  }

  private void requeue(
      JdbcConnection connection,
      Job job,
      List<StaleAnswer> answers,
      Map<Long, List<String>> wordings)
      throws SQLException {
    var scopes = new TreeMap<String, List<StaleAnswer>>();
    answers.stream()
        .sorted(Comparator.comparingLong(StaleAnswer::id))
        .forEach(one -> scopes.computeIfAbsent(one.scope, _ -> new ArrayList<>()).add(one));
    for (var scope : scopes.entrySet()) {
      var questions = scope.getValue().stream().map(StaleAnswer::question).toList();
      var byQuestion = new HashMap<String, List<String>>();
      for (var one : scope.getValue()) {
        var own = wordings.get(one.id);
        if (own != null) {
          byQuestion.put(one.question, own);
        }
      }
      requeue(connection, job, scope.getKey(), questions, byQuestion);
    }
  }

  private void requeue(
      JdbcConnection connection,
      Job job,
      String scope,
      List<String> questions,
      Map<String, List<String>> wordings)
      throws SQLException {
    Instant now = database.now();
    var open =
        connection.first(
            "SELECT "
                + JdbcBatches.BATCH
                + " FROM stoker.batch WHERE cause = ? AND scope = ? AND ended_at IS NULL"
                + " ORDER BY id DESC LIMIT 1",
            JdbcBatches::batch,
            job.id,
            scope);
    if (open.filter(batch -> batch.counts().total() + questions.size() <= MAX_IN_BATCH)
        .isPresent()) {
      long batch = open.get().id();
      JdbcBatches.append(connection, database.sql(), batch, questions, wordings);
      var _ =
          JdbcBatches.addCounts(
              connection, batch, new Batch.Counts(questions.size(), 0, 0, 0, 0), now);
      JdbcEventBuffer.add(connection, AnswerLog.Event.Kind.CHANGED, batch, 0);
      return;
    }
    var name = "document " + job.subject + " changed";
    var shortened = TextRules.truncated(name, BatchOptions.MAX_LENGTH);
    var options = new BatchOptions(shortened, scope, false, false);
    var submission = new Submission(questions, wordings, options, null);
    var _ = JdbcBatches.insert(connection, database.sql(), submission, job.id, now);
  }

  /// The job that an action on a batch starts.
  static Kind kind(BatchAction action) {
    return switch (action) {
      case CANCEL -> Kind.CANCEL;
      case RETRY_FAILED -> Kind.RETRY_FAILED;
      case RETRY_SKIPPED -> Kind.RETRY_SKIPPED;
      case RETRY_ALL -> Kind.RETRY_ALL;
      case PAUSE, RESUME ->
          throw new IllegalStateException("expected an action on questions, got " + action);
    };
  }
}
