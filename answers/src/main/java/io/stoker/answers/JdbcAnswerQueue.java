package io.stoker.answers;

import io.stoker.answers.AnswerEvent.Kind;
import io.stoker.state.jdbc.JdbcLink;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The queue in an SQL database, as its owner sees it. Thread-safe.
final class JdbcAnswerQueue implements AnswerQueue {

  private static final String BATCHES =
      "SELECT " + JdbcBatches.BATCH + " FROM stoker.batch WHERE id < ? %s ORDER BY id DESC LIMIT ?";

  private static final String QUERIES =
      "SELECT "
          + JdbcBatches.QUERY
          + " FROM stoker.query q WHERE batch_id = ? AND position > ? %s"
          + " AND EXISTS (SELECT 1 FROM stoker.batch b WHERE b.id = q.batch_id)"
          + " ORDER BY position LIMIT ?";

  private final JdbcAnswers database;
  private final JdbcPendingWork work;

  JdbcAnswerQueue(JdbcAnswers database) {
    this.database = database;
    this.work = new JdbcPendingWork(database);
  }

  @Override
  public Batch submit(Submission submission) {
    return database.write(
        "queue a batch",
        link -> {
          var earlier = earlier(link, submission.idempotencyKey());
          return earlier.isPresent()
              ? earlier.get()
              : JdbcBatches.insert(link, database.sql(), submission, null, database.now());
        });
  }

  private static Optional<Batch> earlier(JdbcLink link, @Nullable String key) throws SQLException {
    return key == null
        ? Optional.empty()
        : link.first(
            "SELECT " + JdbcBatches.BATCH + " FROM stoker.batch WHERE idempotency_key = ?",
            JdbcBatches::batch,
            JdbcAnswers.digest(key));
  }

  @Override
  public Optional<Batch> add(
      long batch, List<String> questions, Map<String, List<String>> aliases) {
    return work.withWholeBatch(
        "add queries to batch " + batch,
        batch,
        link -> {
          var now = database.now();
          var before = JdbcBatches.batch(link, batch);
          if (before.isEmpty()) {
            return before;
          }
          if (before.get().state().isOver()) {
            throw new IllegalMoveException("add", before.get().state().label());
          }
          if (questions.isEmpty()) {
            return before;
          }
          JdbcBatches.append(link, database.sql(), batch, questions, aliases);
          var grown =
              JdbcBatches.count(link, batch, new BatchCounts(questions.size(), 0, 0, 0, 0), now);
          JdbcBatches.note(link, grown.orElseThrow(), "added", "", now);
          JdbcEvents.tell(link, Kind.CHANGED, batch, 0);
          return grown;
        });
  }

  @Override
  public Optional<Batch> move(long batch, BatchMove move, String reason) {
    var moved = begin(batch, move, reason);
    work.finish(batch);
    return moved;
  }

  /// Moves the batch, but not its queries.
  Optional<Batch> begin(long batch, BatchMove move, String reason) {
    return work.withWholeBatch(
        move.command() + " batch " + batch,
        batch,
        link -> {
          var before = JdbcBatches.batch(link, batch);
          return before.isEmpty()
              ? before
              : Optional.of(moved(link, before.get(), move, reason, database.now()));
        });
  }

  /// Moves the batch itself, whose counts are then those of its queries after the move. The queries
  /// follow in steps.

  private static Batch moved(
      JdbcLink link, Batch before, BatchMove move, String reason, Instant now) throws SQLException {
    var next =
        BatchRules.next(before.state(), before.startedAt() != null, move)
            .orElseThrow(() -> illegal(move.command(), before.state()));
    if (!move.isRetry() && next == before.state()) {
      return before;
    }
    var more = change(before.counts(), move);
    if (move.isRetry() && more.processed() == 0) {
      if (before.state().isOver()) {
        throw illegal(move.command(), before.state());
      }
      return before;
    }
    var after =
        JdbcBatches.set(
            link,
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
            more.failed(),
            more.skipped(),
            more.cancelled(),
            before.id());
    if (more.processed() != 0) {
      JdbcPendingWork.queries(link, JdbcPendingWork.task(move), before.id());
    }
    JdbcBatches.note(link, after, move.label(), reason, now);
    JdbcEvents.tell(link, move == BatchMove.PAUSE ? Kind.PAUSED : Kind.CHANGED, before.id(), 0);
    if (move == BatchMove.CANCEL) {
      JdbcEvents.tell(link, Kind.COMPLETE, before.id(), 0);
    }
    return after;
  }

  private static IllegalMoveException illegal(String wanted, BatchState state) {
    return new IllegalMoveException(wanted, state.label());
  }

  /// What a move makes of a batch's counts.
  private static BatchCounts change(BatchCounts before, BatchMove move) {
    return switch (move) {
      case PAUSE, RESUME -> new BatchCounts(0, 0, 0, 0, 0);
      case CANCEL -> new BatchCounts(0, 0, 0, 0, before.open());
      case RETRY_FAILED, RETRY_SKIPPED, RETRY_ALL ->
          new BatchCounts(
              0,
              0,
              move.retries(QueryState.FAILED) ? -before.failed() : 0,
              move.retries(QueryState.SKIPPED) ? -before.skipped() : 0,
              move.retries(QueryState.CANCELLED) ? -before.cancelled() : 0);
    };
  }

  @Override
  public Optional<Query> retry(long query) {
    return work.withWholeBatch(
        "retry query " + query,
        batchOf(query),
        link -> {
          var before = JdbcBatches.query(link, query);
          if (before.isEmpty()) {
            return before;
          }
          var state = before.get().state();
          if (!BatchMove.RETRY_ALL.retries(state)) {
            throw new IllegalMoveException("retry", state.label());
          }
          link.update(
              """
              UPDATE stoker.query
                 SET state = 0, outcome = NULL, detail = '', attempts = 0, lost = 0, ended_at = NULL
               WHERE id = ?
              """,
              query);
          long batch = before.get().batchId();
          reopen(link, batch);
          var _ = JdbcBatches.count(link, batch, JdbcBatches.one(state, -1), database.now());
          JdbcEvents.tell(link, Kind.CHANGED, batch, 0);
          return JdbcBatches.query(link, query);
        });
  }

  /// The batch of a query; 0 if there is none.
  private long batchOf(long query) {
    return database.read(
        "read query " + query,
        link -> link.number("SELECT batch_id FROM stoker.query WHERE id = ?", query));
  }

  private static void reopen(JdbcLink link, long batch) throws SQLException {
    link.update(
        "UPDATE stoker.batch SET state = ?, ended_at = NULL WHERE id = ? AND state IN (3, 4, 5)",
        BatchState.PENDING.code(),
        batch);
  }

  @Override
  public boolean deleteQuery(long query) {
    return work.withWholeBatch(
        "delete query " + query,
        batchOf(query),
        link -> {
          var before = JdbcBatches.query(link, query);
          if (before.isEmpty()) {
            return false;
          }
          link.update("DELETE FROM stoker.query WHERE id = ?", query);
          long batch = before.get().batchId();
          JdbcEvents.tell(link, Kind.CHANGED, batch, 0);
          var less =
              new BatchCounts(-1, 0, 0, 0, 0).plus(JdbcBatches.one(before.get().state(), -1));
          var _ = JdbcBatches.count(link, batch, less, database.now());
          return true;
        });
  }

  @Override
  public boolean deleteBatch(long batch) {
    boolean deleted = beginToDelete(batch);
    work.finish(batch);
    return deleted;
  }

  /// Deletes the batch, but not its queries.
  boolean beginToDelete(long batch) {
    return work.withWholeBatch("delete batch " + batch, batch, link -> delete(link, batch));
  }

  /// Deletes the batch itself; its queries follow in steps.
  private static boolean delete(JdbcLink link, long batch) throws SQLException {
    if (link.update("DELETE FROM stoker.batch WHERE id = ?", batch) == 0) {
      return false;
    }
    JdbcPendingWork.queries(link, JdbcPendingWork.Task.DELETE, batch);
    JdbcEvents.tell(link, Kind.DELETED, batch, 0);
    return true;
  }

  @Override
  public boolean deleteEnded(Instant before) {
    long batch =
        database.write(
            "delete a batch that is over",
            link -> {
              long oldest =
                  link.number(
                      """
                      SELECT id FROM stoker.batch WHERE ended_at IS NOT NULL AND ended_at < ?
                       ORDER BY ended_at LIMIT 1
                      """,
                      before);
              return delete(link, oldest) ? oldest : 0L;
            });
    if (batch > 0) {
      work.finish(batch);
    }
    return batch > 0;
  }

  @Override
  public Open open() {
    var rows =
        database.read(
            "count what is open",
            link ->
                link.list(
                    """
                    SELECT state, count(*), sum(total), sum(completed), sum(failed), sum(skipped),
                           sum(cancelled)
                      FROM stoker.batch WHERE ended_at IS NULL GROUP BY state
                    """,
                    row ->
                        Map.entry(
                            JdbcAnswers.coded(BatchState.values(), BatchState::code, row.getInt(1)),
                            new OpenBatches(
                                row.getLong(2),
                                new BatchCounts(
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
    return database.read("read a batch", link -> earlier(link, idempotencyKey));
  }

  @Override
  public boolean workOff() {
    return work.step();
  }

  @Override
  public Optional<Batch> batch(long id) {
    return database.read("read batch " + id, link -> JdbcBatches.batch(link, id));
  }

  @Override
  public Page<Batch> batches(@Nullable BatchState state, int limit, @Nullable Long before) {
    var only = state == null ? "" : "AND state = " + state.code();
    var read =
        database.read(
            "list the batches",
            link ->
                link.list(
                    BATCHES.formatted(only),
                    JdbcBatches::batch,
                    before == null ? Long.MAX_VALUE : before,
                    limit + 1));
    return Page.of(read, limit, Batch::id);
  }

  @Override
  public Optional<Query> query(long id) {
    return database.read("read query " + id, link -> JdbcBatches.query(link, id));
  }

  @Override
  public Page<Query> queries(
      long batch, @Nullable QueryState state, int limit, @Nullable Long after) {
    var only = state == null ? "" : "AND state = " + state.code();
    var read =
        database.read(
            "list the queries of batch " + batch,
            link ->
                link.list(
                    QUERIES.formatted(only),
                    JdbcBatches::query,
                    batch,
                    after == null ? -1L : after,
                    limit + 1));
    return Page.of(read, limit, Query::position);
  }

  @Override
  public List<BatchChange> history(long batch) {
    return database.read(
        "read the history of batch " + batch,
        link ->
            link.list(
                """
                SELECT at, what, reason, state FROM stoker.batch_change
                 WHERE batch_id = ? ORDER BY id
                """,
                JdbcBatches::change,
                batch));
  }
}
