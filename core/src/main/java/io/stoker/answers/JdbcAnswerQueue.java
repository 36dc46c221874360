package io.stoker.answers;

import io.stoker.answers.AnswerEvent.Kind;
import io.stoker.state.jdbc.JdbcLink;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The queue in an SQL database, as its owner sees it. Thread-safe.
final class JdbcAnswerQueue implements AnswerQueue {

  private static final String BATCHES =
      "SELECT " + JdbcBatches.BATCH + " FROM stoker.batch WHERE id < ? %s ORDER BY id DESC LIMIT ?";

  private static final String QUERIES =
      "SELECT "
          + JdbcBatches.QUERY
          + " FROM stoker.query WHERE batch_id = ? AND position > ? %s ORDER BY position LIMIT ?";

  private final JdbcAnswers database;

  JdbcAnswerQueue(JdbcAnswers database) {
    this.database = database;
  }

  @Override
  public Batch submit(Submission submission) {
    return database.write(
        "queue a batch",
        link -> {
          var earlier = earlier(link, submission.idempotencyKey());
          return earlier.isPresent() ? earlier.get() : insert(link, submission);
        });
  }

  private static Optional<Batch> earlier(JdbcLink link, @Nullable String key) throws SQLException {
    return key == null
        ? Optional.empty()
        : link.first(
            "SELECT " + JdbcBatches.BATCH + " FROM stoker.batch WHERE idempotency_key = ?",
            JdbcBatches::batch,
            JdbcDigest.of(key));
  }

  private Batch insert(JdbcLink link, Submission submission) throws SQLException {
    var now = database.now();
    var options = submission.options();
    var key = submission.idempotencyKey();
    var batch =
        link.first(
                """
                INSERT INTO stoker.batch
                       (total, name, scope, keep_duplicates, only_stale, created_at, idempotency_key)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                RETURNING
                """
                    + JdbcBatches.BATCH,
                JdbcBatches::batch,
                (long) submission.questions().size(),
                options.name(),
                options.scope(),
                options.keepDuplicates(),
                options.onlyStale(),
                now,
                key == null ? null : JdbcDigest.of(key))
            .orElseThrow();
    database
        .sql()
        .insert(
            link, batch.id(), 0, JdbcWordings.with(submission.questions(), submission.aliases()));
    JdbcBatches.note(link, batch, "submitted", "", now);
    JdbcEvents.tell(link, Kind.CHANGED, batch.id(), 0);
    return batch;
  }

  @Override
  public Optional<Batch> add(
      long batch, List<String> questions, Map<String, List<String>> aliases) {
    return database.write(
        "add queries to batch " + batch,
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
          long position =
              link.number("SELECT max(position) + 1 FROM stoker.query WHERE batch_id = ?", batch);
          database
              .sql()
              .insert(
                  link, batch, Math.toIntExact(position), JdbcWordings.with(questions, aliases));
          var grown =
              JdbcBatches.count(link, batch, new BatchCounts(questions.size(), 0, 0, 0, 0), now);
          JdbcBatches.note(link, grown.orElseThrow(), "added", "", now);
          JdbcEvents.tell(link, Kind.CHANGED, batch, 0);
          return grown;
        });
  }

  @Override
  public Optional<Batch> move(long batch, BatchMove move, String reason) {
    return database.write(
        move.command() + " batch " + batch,
        link -> {
          var before = JdbcBatches.batch(link, batch);
          return before.isEmpty()
              ? before
              : Optional.of(moved(link, before.get(), move, reason, database.now()));
        });
  }

  private static Batch moved(
      JdbcLink link, Batch before, BatchMove move, String reason, Instant now) throws SQLException {
    var next =
        BatchRules.next(before.state(), before.startedAt() != null, move)
            .orElseThrow(() -> illegal(move.command(), before.state()));
    if (!move.isRetry() && next == before.state()) {
      return before;
    }
    var more =
        switch (move) {
          case PAUSE, RESUME -> new BatchCounts(0, 0, 0, 0, 0);
          case CANCEL -> cancel(link, before.id(), now);
          case RETRY_FAILED, RETRY_SKIPPED, RETRY_ALL -> retry(link, before.id(), move);
        };
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
            JdbcNumbers.of(next),
            next.isOver() ? now : null,
            reason,
            more.failed(),
            more.skipped(),
            more.cancelled(),
            before.id());
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

  private static BatchCounts cancel(JdbcLink link, long batch, Instant now) throws SQLException {
    int cancelled =
        link.update(
            """
            UPDATE stoker.query SET state = ?, ended_at = ?, lease_ends = NULL, not_before = NULL
             WHERE batch_id = ? AND state IN (0, 1)
            """,
            JdbcNumbers.of(QueryState.CANCELLED),
            now,
            batch);
    return new BatchCounts(0, 0, 0, 0, cancelled);
  }

  private static BatchCounts retry(JdbcLink link, long batch, BatchMove move) throws SQLException {
    return new BatchCounts(
        0,
        0,
        -retry(link, batch, move, QueryState.FAILED),
        -retry(link, batch, move, QueryState.SKIPPED),
        -retry(link, batch, move, QueryState.CANCELLED));
  }

  private static int retry(JdbcLink link, long batch, BatchMove move, QueryState state)
      throws SQLException {
    return move.retries(state)
        ? link.update(
            """
            UPDATE stoker.query
               SET state = 0, outcome = NULL, detail = '', attempts = 0, lost = 0, ended_at = NULL
             WHERE batch_id = ? AND state = ?
            """,
            batch,
            JdbcNumbers.of(state))
        : 0;
  }

  @Override
  public Optional<Query> retry(long query) {
    return database.write(
        "retry query " + query,
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

  private static void reopen(JdbcLink link, long batch) throws SQLException {
    link.update(
        "UPDATE stoker.batch SET state = ?, ended_at = NULL WHERE id = ? AND state IN (3, 4, 5)",
        JdbcNumbers.of(BatchState.PENDING),
        batch);
  }

  @Override
  public boolean deleteQuery(long query) {
    return database.write(
        "delete query " + query,
        link -> {
          var before = JdbcBatches.query(link, query);
          if (before.isEmpty()) {
            return false;
          }
          link.update("DELETE FROM stoker.query WHERE id = ?", query);
          long batch = before.get().batchId();
          JdbcEvents.tell(link, Kind.CHANGED, batch, 0);
          var less =
              JdbcBatches.sum(
                  new BatchCounts(-1, 0, 0, 0, 0), JdbcBatches.one(before.get().state(), -1));
          var _ = JdbcBatches.count(link, batch, less, database.now());
          return true;
        });
  }

  @Override
  public boolean deleteBatch(long batch) {
    return database.write(
        "delete batch " + batch,
        link -> {
          if (link.update("DELETE FROM stoker.batch WHERE id = ?", batch) == 0) {
            return false;
          }
          link.update("DELETE FROM stoker.query WHERE batch_id = ?", batch);
          link.update("DELETE FROM stoker.batch_change WHERE batch_id = ?", batch);
          JdbcEvents.tell(link, Kind.DELETED, batch, 0);
          return true;
        });
  }

  @Override
  public Optional<Batch> batch(long id) {
    return database.read("read batch " + id, link -> JdbcBatches.batch(link, id));
  }

  @Override
  public Page<Batch> batches(@Nullable BatchState state, int limit, @Nullable Long before) {
    long under = before == null ? Long.MAX_VALUE : before;
    return database.read(
        "list the batches",
        link ->
            state == null
                ? JdbcPages.of(
                    link, limit, Batch::id, BATCHES.formatted(""), JdbcBatches::batch, under)
                : JdbcPages.of(
                    link,
                    limit,
                    Batch::id,
                    BATCHES.formatted("AND state = ?"),
                    JdbcBatches::batch,
                    under,
                    JdbcNumbers.of(state)));
  }

  @Override
  public Optional<Query> query(long id) {
    return database.read("read query " + id, link -> JdbcBatches.query(link, id));
  }

  @Override
  public Page<Query> queries(
      long batch, @Nullable QueryState state, int limit, @Nullable Long after) {
    long from = after == null ? -1 : after;
    return database.read(
        "list the queries of batch " + batch,
        link ->
            state == null
                ? JdbcPages.of(
                    link,
                    limit,
                    query -> (long) query.position(),
                    QUERIES.formatted(""),
                    JdbcBatches::query,
                    batch,
                    from)
                : JdbcPages.of(
                    link,
                    limit,
                    query -> (long) query.position(),
                    QUERIES.formatted("AND state = ?"),
                    JdbcBatches::query,
                    batch,
                    from,
                    JdbcNumbers.of(state)));
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
