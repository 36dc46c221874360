package io.stoker.answers;

import io.stoker.answers.AnswerClaims.Claim;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import io.stoker.answers.AnswerLog.Event.Kind;
import io.stoker.answers.JdbcAnswerDialect.SettledRow;
import io.stoker.state.jdbc.JdbcConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The workers' side of the queue, in an SQL database. Thread-safe.
///
/// Where the database allows it, a claim first takes questions of running batches in a transaction
/// that runs concurrently with others: it skips locked rows instead of waiting for them, so it
/// cannot deadlock. The rest, and any claim that starts a batch or is subject to a rate, is made in
/// a serialized transaction.
final class JdbcAnswerClaims implements AnswerClaims {

  private static final String PENDING =
      """
      (SELECT p.id FROM stoker.query p
        WHERE p.batch_id = b.id AND p.state = 0 AND (p.not_before IS NULL OR p.not_before <= ?)
        ORDER BY p.position LIMIT 1) IS NOT NULL
      """;

  private static final String EXPIRED =
      """
      (SELECT e.id FROM stoker.query e
        WHERE e.batch_id = b.id AND e.state = 1 AND e.lease_ends <= ?
        ORDER BY e.lease_ends LIMIT 1) IS NOT NULL
      """;

  /// Questions of a cancelled or deleted batch cannot be renewed or settled, even before the
  /// background job has reached them.
  static final String OPEN =
      """
       AND EXISTS (SELECT 1 FROM stoker.batch o WHERE o.id = batch_id AND o.ended_at IS NULL)
      """;

  private static final int BATCHES_PER_READ = 8;
  private static final int ANY_ATTEMPTS = Integer.MAX_VALUE;

  /// Batches with claimable questions, after one.
  private static final String CLAIMABLE = claimable("b.state <> 2");

  /// The running ones among them, up to the first pending one.
  private static final String STARTED =
      claimable(
          """
          b.state = 1 AND NOT EXISTS
            (SELECT 1 FROM stoker.batch n WHERE n.id < b.id AND n.ended_at IS NULL AND n.state = 0)
          """);

  /// The state of a row is still 1 if its lease has expired.
  private static final String TAKE =
      """
      WITH picked AS MATERIALIZED (
        SELECT id FROM stoker.query
         WHERE batch_id = ? AND position > ? AND attempts <= ? AND %s
           AND EXISTS (SELECT 1 FROM stoker.batch WHERE id = ? AND state IN (0, 1))
         ORDER BY position LIMIT ? FOR UPDATE SKIP LOCKED)
      UPDATE stoker.query
         SET lost = lost + state, state = 1, token = token + 1, lease_ends = ?, started_at = ?,
             not_before = NULL
       WHERE id IN (SELECT id FROM picked)
      RETURNING id, position, token, question, attempts, lost, aliases
      """;

  private static final String TAKE_PENDING =
      TAKE.formatted("state = 0 AND (not_before IS NULL OR not_before <= ?)");

  private static final String TAKE_ANY =
      TAKE.formatted(
          "(state = 0 AND (not_before IS NULL OR not_before <= ?)"
              + " OR state = 1 AND lease_ends <= ?)");

  private final JdbcAnswerDatabase database;

  JdbcAnswerClaims(JdbcAnswerDatabase database) {
    this.database = database;
  }

  private static String claimable(String condition) {
    return """
    SELECT b.id, b.state, b.name, b.scope, b.keep_duplicates, b.only_stale, %1$s AS expired
      FROM stoker.batch b
     WHERE b.ended_at IS NULL AND b.id > ? AND (%2$s OR %1$s) AND %3$s
     ORDER BY b.id LIMIT %4$d
    """
        .formatted(EXPIRED, PENDING, condition, BATCHES_PER_READ);
  }

  @Override
  public List<Claim> claim(int limit, Duration lease, @Nullable Integer perMinute) {
    var claims = new ArrayList<Claim>();
    if (database.claimsConcurrently() && perMinute == null) {
      claims.addAll(
          database.claim(
              "claim questions",
              connection ->
                  take(connection, STARTED, 0, ANY_ATTEMPTS, limit, lease, database.now())));
    }
    int missing = limit - claims.size();
    if (missing > 0 && hasClaimable()) {
      claims.addAll(
          database.write(
              "claim questions",
              connection ->
                  withinRate(
                      connection,
                      missing,
                      perMinute,
                      (allowed, now) ->
                          take(connection, CLAIMABLE, 0, ANY_ATTEMPTS, allowed, lease, now))));
    }
    return claims;
  }

  @Override
  public Optional<Claim> claimNext(
      @Nullable Claim last, double fraction, Duration lease, @Nullable Integer perMinute) {
    return database
        .write(
            "claim a question",
            connection ->
                withinRate(
                    connection,
                    1,
                    perMinute,
                    (_, now) -> takeNext(connection, last, fraction, lease, now)))
        .stream()
        .findFirst();
  }

  private static List<Claim> takeNext(
      JdbcConnection connection, @Nullable Claim last, double fraction, Duration lease, Instant now)
      throws SQLException {
    long batch = last == null ? batchAt(connection, fraction) : last.batchId();
    long position =
        last == null ? positionAt(connection, batch, fraction) : position(connection, last);
    var untried = takeNext(connection, batch, position, 0, lease, now);
    return untried.isEmpty()
        ? takeNext(connection, batch, position, ANY_ATTEMPTS, lease, now)
        : untried;
  }

  private static List<Claim> takeNext(
      JdbcConnection connection,
      long batch,
      long position,
      int attempts,
      Duration lease,
      Instant now)
      throws SQLException {
    for (var same : connection.list(CLAIMABLE, ClaimableBatch::of, now, batch - 1, now, now)) {
      if (same.id == batch) {
        var claimed = take(connection, same, position, attempts, 1, lease, now);
        if (!claimed.isEmpty()) {
          return claimed;
        }
      }
    }
    var later = take(connection, CLAIMABLE, batch, attempts, 1, lease, now);
    return later.isEmpty() ? take(connection, CLAIMABLE, 0, attempts, 1, lease, now) : later;
  }

  private static long batchAt(JdbcConnection connection, double fraction) throws SQLException {
    long last = connection.number("SELECT max(id) FROM stoker.batch WHERE ended_at IS NULL");
    return connection.number(
        "SELECT min(id) FROM stoker.batch WHERE ended_at IS NULL AND state <> 2 AND id >= ?",
        (long) (fraction * (last + 1)));
  }

  /// The position before the chosen one.
  private static long positionAt(JdbcConnection connection, long batch, double fraction)
      throws SQLException {
    long last =
        connection.number("SELECT max(position) FROM stoker.query WHERE batch_id = ?", batch);
    return (long) (fraction * (last + 1)) - 1;
  }

  private static long position(JdbcConnection connection, Claim claim) throws SQLException {
    return connection
        .first(
            "SELECT position FROM stoker.query WHERE id = ?",
            row -> row.getLong(1),
            claim.questionId())
        .orElse(-1L);
  }

  /// Checked first, since a writing transaction is more expensive.
  private boolean hasClaimable() {
    long now = JdbcConnection.micros(database.now());
    return database.read(
        "look for questions",
        connection ->
            connection.first(CLAIMABLE, row -> row.getLong(1), now, 0L, now, now).isPresent());
  }

  /// Makes up to a number of claims.
  private interface Claimer {

    List<Claim> take(int limit, Instant now) throws SQLException;
  }

  /// Makes no more claims than the rate allows.
  private List<Claim> withinRate(
      JdbcConnection connection, int limit, @Nullable Integer perMinute, Claimer claimer)
      throws SQLException {
    var now = database.now();
    if (perMinute == null) {
      return claimer.take(limit, now);
    }
    var due =
        JdbcConnection.instant(
            connection.number("SELECT value FROM stoker.counter WHERE name = 'rate'"));
    int allowed = Math.min(limit, RateRules.allowed(due, perMinute, now));
    if (allowed == 0) {
      return List.of();
    }
    var claims = claimer.take(allowed, now);
    if (!claims.isEmpty()) {
      connection.update(
          "UPDATE stoker.counter SET value = ? WHERE name = 'rate'",
          RateRules.after(claims.size(), due, perMinute, now));
    }
    return claims;
  }

  /// @param after the batch to continue after
  /// @param attempts the most counted attempts of a question
  private static List<Claim> take(
      JdbcConnection connection,
      String batches,
      long after,
      int attempts,
      int limit,
      Duration lease,
      Instant now)
      throws SQLException {
    var claims = new ArrayList<Claim>();
    long last = after;
    while (claims.size() < limit) {
      var step = connection.list(batches, ClaimableBatch::of, now, last, now, now);
      for (var batch : step) {
        if (claims.size() < limit) {
          claims.addAll(take(connection, batch, -1, attempts, limit - claims.size(), lease, now));
        }
      }
      if (step.size() < BATCHES_PER_READ) {
        break;
      }
      last = step.getLast().id;
    }
    return claims;
  }

  /// @param after the position to continue after
  /// @param attempts the most counted attempts of a question
  private static List<Claim> take(
      JdbcConnection connection,
      ClaimableBatch batch,
      long after,
      int attempts,
      int limit,
      Duration lease,
      Instant now)
      throws SQLException {
    var leaseEnds = now.plus(lease);
    JdbcConnection.Row<ClaimedRow> row = rows -> ClaimedRow.of(rows, batch, leaseEnds);
    var claimed =
        batch.expired
            ? connection.list(
                TAKE_ANY, row, batch.id, after, attempts, now, now, batch.id, limit, leaseEnds, now)
            : connection.list(
                TAKE_PENDING, row, batch.id, after, attempts, now, batch.id, limit, leaseEnds, now);
    if (!claimed.isEmpty() && !batch.started) {
      startBatch(connection, batch.id, now);
    }
    return claimed.stream()
        .sorted(Comparator.comparingInt(ClaimedRow::position))
        .map(ClaimedRow::claim)
        .toList();
  }

  private static void startBatch(JdbcConnection connection, long batch, Instant now)
      throws SQLException {
    connection.update(
        """
        UPDATE stoker.batch SET state = 1, started_at = coalesce(started_at, ?) WHERE id = ?
        """,
        now,
        batch);
    JdbcEventBuffer.add(connection, Kind.CHANGED, batch, 0);
  }

  @Override
  public Set<Claim> renew(List<Claim> claims, Duration lease) {
    return database.write(
        "renew leases",
        connection -> {
          var leaseEnds = database.now().plus(lease);
          var renewed =
              connection.batch(
                  """
                  UPDATE stoker.query SET lease_ends = ? WHERE id = ? AND token = ? AND state = 1
                  """
                      + OPEN,
                  claims.stream()
                      .map(claim ->
                          new @Nullable Object[] {leaseEnds, claim.questionId(), claim.token()})
                      .toList());
          var lost = new HashSet<Claim>();
          for (int i = 0; i < renewed.length; i++) {
            if (renewed[i] == 0) {
              lost.add(claims.get(i));
            }
          }
          return lost;
        });
  }

  @Override
  public List<Boolean> settle(List<Settlement> settlements) {
    return database.write(
        "settle questions", connection -> settle(connection, settlements, database.now()));
  }

  private List<Boolean> settle(JdbcConnection connection, List<Settlement> settlements, Instant now)
      throws SQLException {
    var settled =
        database
            .sql()
            .settle(
                connection,
                settlements.stream().map(settlement -> settled(settlement, now)).toList());
    var results = new ArrayList<Boolean>();
    var counts = new TreeMap<Long, Batch.Counts>();
    for (int i = 0; i < settled.length; i++) {
      boolean applied = settled[i];
      results.add(applied);
      var claim = settlements.get(i).claim();
      if (applied && settlements.get(i).verdict() instanceof Verdict.End end) {
        JdbcEventBuffer.add(connection, Kind.QUESTION, claim.batchId(), claim.questionId());
        counts.merge(
            claim.batchId(), JdbcBatches.countsOf(end.outcome().state(), 1), Batch.Counts::plus);
      }
    }
    for (var count : counts.entrySet()) {
      var _ = JdbcBatches.addCounts(connection, count.getKey(), count.getValue(), now);
    }
    return results;
  }

  private static SettledRow settled(Settlement settlement, Instant now) {
    long id = settlement.claim().questionId();
    long token = settlement.claim().token();
    return switch (settlement.verdict()) {
      case Verdict.End(var outcome, var detail) ->
          new SettledRow(id, token, outcome.state(), outcome, detail, 1, null, now);
      case Verdict.Retry(var notBefore, var detail) ->
          new SettledRow(id, token, QuestionState.PENDING, null, detail, 1, notBefore, null);
      case Verdict.Release(var notBefore, var detail) ->
          new SettledRow(id, token, QuestionState.PENDING, null, detail, 0, notBefore, null);
    };
  }

  @Override
  public Optional<Instant> nextDue() {
    var now = database.now();
    return database.read(
        "look for the next question",
        connection -> {
          var dues = new ArrayList<Instant>();
          connection
              .first(
                  """
                  SELECT q.not_before FROM stoker.query q JOIN stoker.batch b ON b.id = q.batch_id
                   WHERE q.state = 0 AND q.not_before IS NOT NULL AND q.not_before > ?
                     AND b.state IN (0, 1)
                   ORDER BY q.not_before LIMIT 1
                  """,
                  row -> JdbcConnection.instant(row.getLong(1)),
                  now)
              .ifPresent(dues::add);
          connection
              .first(
                  """
                  SELECT q.lease_ends FROM stoker.query q JOIN stoker.batch b ON b.id = q.batch_id
                   WHERE q.state = 1 AND q.lease_ends > ? AND b.state IN (0, 1)
                   ORDER BY q.lease_ends LIMIT 1
                  """,
                  row -> JdbcConnection.instant(row.getLong(1)),
                  now)
              .ifPresent(dues::add);
          return dues.stream().min(Comparator.naturalOrder());
        });
  }

  /// A batch with claimable questions.
  ///
  /// @param expired whether leases have expired in it
  private record ClaimableBatch(long id, boolean started, BatchOptions options, boolean expired) {

    static ClaimableBatch of(ResultSet row) throws SQLException {
      return new ClaimableBatch(
          row.getLong(1),
          row.getInt(2) == BatchState.RUNNING.code(),
          new BatchOptions(
              row.getString(3), row.getString(4), row.getBoolean(5), row.getBoolean(6)),
          row.getBoolean(7));
    }
  }

  /// A claim, with the position of its question.
  private record ClaimedRow(int position, Claim claim) {

    static ClaimedRow of(ResultSet row, ClaimableBatch batch, Instant leaseEnds)
        throws SQLException {
      return new ClaimedRow(
          row.getInt(2),
          new Claim(
              row.getLong(1),
              batch.id,
              row.getLong(3),
              row.getString(4),
              JdbcBatches.QuestionRow.wordings(row.getString(7)),
              batch.options,
              row.getInt(5) + 1,
              row.getInt(6),
              leaseEnds));
    }
  }
}
