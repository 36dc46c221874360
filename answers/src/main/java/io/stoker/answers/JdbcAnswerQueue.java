package io.stoker.answers;

import io.stoker.answers.AnswerLog.Event.Kind;
import io.stoker.state.jdbc.JdbcConnection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The operators' side of the queue, in an SQL database. Thread-safe.
final class JdbcAnswerQueue implements AnswerQueue {

  private static final String BATCHES =
      "SELECT " + JdbcBatches.BATCH + " FROM stoker.batch WHERE id < ? %s ORDER BY id DESC LIMIT ?";

  private static final String QUESTIONS =
      "SELECT "
          + JdbcBatches.QUESTION
          + " FROM stoker.query q WHERE batch_id = ? AND position > ? %s"
          + " AND EXISTS (SELECT 1 FROM stoker.batch b WHERE b.id = q.batch_id)"
          + " ORDER BY position LIMIT ?";

  private final JdbcAnswerDatabase database;
  private final JdbcBackgroundJobs jobs;

  JdbcAnswerQueue(JdbcAnswerDatabase database) {
    this.database = database;
    this.jobs = new JdbcBackgroundJobs(database);
  }

  @Override
  public Batch submit(Submission submission) {
    return database.write(
        "queue a batch",
        connection -> {
          var earlier = earlier(connection, submission.idempotencyKey());
          return earlier.isPresent()
              ? earlier.get()
              : JdbcBatches.insert(connection, database.sql(), submission, null, database.now());
        });
  }

  private static Optional<Batch> earlier(JdbcConnection connection, @Nullable String key)
      throws SQLException {
    return key == null
        ? Optional.empty()
        : connection.first(
            "SELECT " + JdbcBatches.BATCH + " FROM stoker.batch WHERE idempotency_key = ?",
            JdbcBatches::batch,
            JdbcAnswerDatabase.digest(key));
  }

  @Override
  public Optional<Batch> add(
      long batch, List<String> questions, Map<String, List<String>> wordings) {
    return jobs.withoutJobs(
        "add questions to batch " + batch,
        batch,
        connection -> {
          var now = database.now();
          var before = JdbcBatches.batch(connection, batch);
          if (before.isEmpty()) {
            return before;
          }
          if (before.get().state().isOver()) {
            throw new IllegalActionException("add", before.get().state().label());
          }
          if (questions.isEmpty()) {
            return before;
          }
          JdbcBatches.append(connection, database.sql(), batch, questions, wordings);
          var grown =
              JdbcBatches.addCounts(
                  connection, batch, new Batch.Counts(questions.size(), 0, 0, 0, 0), now);
          JdbcBatches.addHistory(connection, grown.orElseThrow(), "added", "", now);
          JdbcEventBuffer.add(connection, Kind.CHANGED, batch, 0);
          return grown;
        });
  }

  @Override
  public Optional<Batch> apply(long batch, BatchAction action, String reason) {
    var batchAfter = applyToBatch(batch, action, reason);
    jobs.finish(batch);
    return batchAfter;
  }

  /// Applies the action to the batch, but not to its questions.
  Optional<Batch> applyToBatch(long batch, BatchAction action, String reason) {
    return jobs.withoutJobs(
        action.command() + " batch " + batch,
        batch,
        connection -> {
          var before = JdbcBatches.batch(connection, batch);
          return before.isEmpty()
              ? before
              : Optional.of(apply(connection, before.get(), action, reason, database.now()));
        });
  }

  /// The batch after an action, with counts as if its questions had followed already.
  private static Batch apply(
      JdbcConnection connection, Batch before, BatchAction action, String reason, Instant now)
      throws SQLException {
    var next =
        BatchRules.next(before.state(), before.startedAt() != null, action)
            .orElseThrow(() -> illegal(action.command(), before.state()));
    if (!action.isRetry() && next == before.state()) {
      return before;
    }
    var change = change(before.counts(), action);
    if (action.isRetry() && change.processed() == 0) {
      if (before.state().isOver()) {
        throw illegal(action.command(), before.state());
      }
      return before;
    }
    var after =
        JdbcBatches.set(
            connection,
            before.id(),
            """
            UPDATE stoker.batch
               SET state = ?, ended_at = ?, reason = ?,
                   failed = failed + ?, skipped = skipped + ?, cancelled = cancelled + ?
             WHERE id = ?
            RETURNING
            """,
            next.code(),
            next.isOver() ? now : null,
            reason,
            change.failed(),
            change.skipped(),
            change.cancelled(),
            before.id());
    if (change.processed() != 0) {
      JdbcBackgroundJobs.questions(connection, JdbcBackgroundJobs.kind(action), before.id());
    }
    JdbcBatches.addHistory(connection, after, action.label(), reason, now);
    JdbcEventBuffer.add(
        connection, action == BatchAction.PAUSE ? Kind.PAUSED : Kind.CHANGED, before.id(), 0);
    if (action == BatchAction.CANCEL) {
      JdbcEventBuffer.add(connection, Kind.COMPLETE, before.id(), 0);
    }
    return after;
  }

  private static IllegalActionException illegal(String action, BatchState state) {
    return new IllegalActionException(action, state.label());
  }

  /// The change of a batch's counts by an action.
  private static Batch.Counts change(Batch.Counts before, BatchAction action) {
    return switch (action) {
      case PAUSE, RESUME -> new Batch.Counts(0, 0, 0, 0, 0);
      case CANCEL -> new Batch.Counts(0, 0, 0, 0, before.open());
      case RETRY_FAILED, RETRY_SKIPPED, RETRY_ALL ->
          new Batch.Counts(
              0,
              0,
              action.retries(QuestionState.FAILED) ? -before.failed() : 0,
              action.retries(QuestionState.SKIPPED) ? -before.skipped() : 0,
              action.retries(QuestionState.CANCELLED) ? -before.cancelled() : 0);
    };
  }

  @Override
  public Optional<Question> retry(long question) {
    return jobs.withoutJobs(
        "retry question " + question,
        batchOf(question),
        connection -> {
          var before = JdbcBatches.question(connection, question);
          if (before.isEmpty()) {
            return before;
          }
          var state = before.get().state();
          if (!BatchAction.RETRY_ALL.retries(state)) {
            throw new IllegalActionException("retry", state.label());
          }
          connection.update(
              """
              UPDATE stoker.query
                 SET state = 0, outcome = NULL, detail = '', attempts = 0, lost = 0, ended_at = NULL
               WHERE id = ?
              """,
              question);
          long batch = before.get().batchId();
          reopen(connection, batch);
          var _ =
              JdbcBatches.addCounts(
                  connection, batch, JdbcBatches.countsOf(state, -1), database.now());
          JdbcEventBuffer.add(connection, Kind.CHANGED, batch, 0);
          return JdbcBatches.question(connection, question);
        });
  }

  /// The batch of a question; 0 if there is none.
  private long batchOf(long question) {
    return database.read(
        "read question " + question,
        connection ->
            connection.number("SELECT batch_id FROM stoker.query WHERE id = ?", question));
  }

  private static void reopen(JdbcConnection connection, long batch) throws SQLException {
    connection.update(
        "UPDATE stoker.batch SET state = ?, ended_at = NULL WHERE id = ? AND state IN (3, 4, 5)",
        BatchState.PENDING.code(),
        batch);
  }

  @Override
  public boolean deleteQuestion(long question) {
    return jobs.withoutJobs(
        "delete question " + question,
        batchOf(question),
        connection -> {
          var before = JdbcBatches.question(connection, question);
          if (before.isEmpty()) {
            return false;
          }
          connection.update("DELETE FROM stoker.query WHERE id = ?", question);
          long batch = before.get().batchId();
          JdbcEventBuffer.add(connection, Kind.CHANGED, batch, 0);
          var change =
              new Batch.Counts(-1, 0, 0, 0, 0).plus(JdbcBatches.countsOf(before.get().state(), -1));
          var _ = JdbcBatches.addCounts(connection, batch, change, database.now());
          return true;
        });
  }

  @Override
  public boolean deleteBatch(long batch) {
    boolean deleted = deleteOnlyBatch(batch);
    jobs.finish(batch);
    return deleted;
  }

  /// Deletes the batch, but not its questions.
  boolean deleteOnlyBatch(long batch) {
    return jobs.withoutJobs(
        "delete batch " + batch, batch, connection -> delete(connection, batch));
  }

  /// Deletes the batch, and starts the job that deletes its questions.
  private static boolean delete(JdbcConnection connection, long batch) throws SQLException {
    if (connection.update("DELETE FROM stoker.batch WHERE id = ?", batch) == 0) {
      return false;
    }
    JdbcBackgroundJobs.questions(connection, JdbcBackgroundJobs.Kind.DELETE, batch);
    JdbcEventBuffer.add(connection, Kind.DELETED, batch, 0);
    return true;
  }

  @Override
  public boolean deleteEnded(Instant before) {
    long batch =
        database.write(
            "delete an ended batch",
            connection -> {
              long oldest =
                  connection.number(
                      """
                      SELECT id FROM stoker.batch WHERE ended_at IS NOT NULL AND ended_at < ?
                       ORDER BY ended_at LIMIT 1
                      """,
                      before);
              return delete(connection, oldest) ? oldest : 0L;
            });
    if (batch > 0) {
      jobs.finish(batch);
    }
    return batch > 0;
  }

  @Override
  public Open open() {
    var rows =
        database.read(
            "count the open batches",
            connection ->
                connection.list(
                    """
                    SELECT state, count(*), sum(total), sum(completed), sum(failed), sum(skipped),
                           sum(cancelled)
                      FROM stoker.batch WHERE ended_at IS NULL GROUP BY state
                    """,
                    row ->
                        Map.entry(
                            JdbcAnswerDatabase.fromCode(
                                BatchState.values(), BatchState::code, row.getInt(1)),
                            new OpenBatches(
                                row.getLong(2),
                                new Batch.Counts(
                                    row.getLong(3),
                                    row.getLong(4),
                                    row.getLong(5),
                                    row.getLong(6),
                                    row.getLong(7))))));
    return new Open(
        rows.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  @Override
  public Optional<Batch> submitted(String idempotencyKey) {
    return database.read("read a batch", connection -> earlier(connection, idempotencyKey));
  }

  @Override
  public boolean runJobStep() {
    return jobs.step();
  }

  @Override
  public Optional<Batch> batch(long id) {
    return database.read("read batch " + id, connection -> JdbcBatches.batch(connection, id));
  }

  @Override
  public Page<Batch> batches(@Nullable BatchState state, int limit, @Nullable Long before) {
    var only = state == null ? "" : "AND state = " + state.code();
    var read =
        database.read(
            "list the batches",
            connection ->
                connection.list(
                    BATCHES.formatted(only),
                    JdbcBatches::batch,
                    before == null ? Long.MAX_VALUE : before,
                    limit + 1));
    return Page.of(read, limit, Batch::id);
  }

  @Override
  public Optional<Question> question(long id) {
    return database.read("read question " + id, connection -> JdbcBatches.question(connection, id));
  }

  @Override
  public Page<Question> questions(
      long batch, @Nullable QuestionState state, int limit, @Nullable Long after) {
    var only = state == null ? "" : "AND state = " + state.code();
    var read =
        database.read(
            "list the questions of batch " + batch,
            connection ->
                connection.list(
                    QUESTIONS.formatted(only),
                    JdbcBatches::question,
                    batch,
                    after == null ? -1L : after,
                    limit + 1));
    return Page.of(read, limit, Question::position);
  }

  @Override
  public List<Batch.Change> history(long batch) {
    return database.read(
        "read the history of batch " + batch,
        connection ->
            connection.list(
                """
                SELECT at, what, reason, state FROM stoker.batch_change
                 WHERE batch_id = ? ORDER BY id
                """,
                JdbcBatches::change,
                batch));
  }
}
