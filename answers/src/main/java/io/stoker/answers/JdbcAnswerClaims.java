package io.stoker.answers;

import io.stoker.answers.AnswerClaims.Claim;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import io.stoker.answers.AnswerLog.Event.Kind;
import io.stoker.answers.JdbcAnswerDialect.Settled;
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

/// The queue in an SQL database, as a worker sees it. Thread-safe.
///
/// Where several can claim at the same time, a claim first takes what it can of batches that are
/// running, in a transaction that never waits: it skips what others have locked, so none can be in
/// a deadlock. Only what is missing after that, and whatever starts a batch or keeps to a rate, is
/// claimed in the transactions of which there is one at a time.
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

  /// Of a batch that was cancelled or deleted, none is held any more, though its own turn to be
  /// changed may not have come yet.
  static final String OPEN =
      """
       AND EXISTS (SELECT 1 FROM stoker.batch o WHERE o.id = batch_id AND o.ended_at IS NULL)
      """;

  private static final int STEP = 8;

  /// Any number of attempts.
  private static final int ANY = Integer.MAX_VALUE;

  /// Batches of which something can be claimed, after one.
  private static final String CLAIMABLE =
      """
      SELECT b.id, b.state, b.name, b.scope, b.keep_duplicates, b.only_stale,
             %1$s AS expired
        FROM stoker.batch b
       WHERE b.ended_at IS NULL AND b.state <> 2 AND b.id > ? AND (%2$s OR %1$s)
       ORDER BY b.id LIMIT %3$d
      """
          .formatted(EXPIRED, PENDING, STEP);

  /// Those of them that have started, up to the first that has not.
  private static final String STARTED =
      """
      SELECT b.id, b.state, b.name, b.scope, b.keep_duplicates, b.only_stale,
             %1$s AS expired
        FROM stoker.batch b
       WHERE b.ended_at IS NULL AND b.state = 1 AND b.id > ?
         AND (%2$s OR %1$s)
         AND NOT EXISTS (SELECT 1 FROM stoker.batch n
                          WHERE n.id < b.id AND n.ended_at IS NULL
                            AND n.state = 0)
       ORDER BY b.id LIMIT %3$d
      """
          .formatted(EXPIRED, PENDING, STEP);

  /// The state is 1 still if the question is taken over from a worker that is lost.
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

  @Override
  public List<Claim> claim(int most, Duration lease, @Nullable Integer perMinute) {
    var claims = new ArrayList<Claim>();
    if (database.claimsConcurrently() && perMinute == null) {
      claims.addAll(
          database.claim(
              "claim questions",
              connection -> take(connection, STARTED, 0, ANY, most, lease, database.now())));
    }
    int missing = most - claims.size();
    if (missing > 0 && anyLeft()) {
      claims.addAll(
          database.write(
              "claim questions",
              connection ->
                  within(
                      connection,
                      missing,
                      perMinute,
                      (allowed, now) -> take(connection, CLAIMABLE, 0, ANY, allowed, lease, now))));
    }
    return claims;
  }

  @Override
  public Optional<Claim> claimNext(
      @Nullable Claim last, double fraction, Duration lease, @Nullable Integer perMinute) {
    return database
        .write(
            "claim a query",
            connection ->
                within(
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
    long batch = last == null ? chosenBatch(connection, fraction) : last.batchId();
    long position =
        last == null ? chosenPosition(connection, batch, fraction) : position(connection, last);
    var untried = takeNext(connection, batch, position, 0, lease, now);
    return untried.isEmpty() ? takeNext(connection, batch, position, ANY, lease, now) : untried;
  }

  private static List<Claim> takeNext(
      JdbcConnection connection,
      long batch,
      long position,
      int attempts,
      Duration lease,
      Instant now)
      throws SQLException {
    for (var same : connection.list(CLAIMABLE, Claimable::of, now, batch - 1, now, now)) {
      if (same.id == batch) {
        var taken = take(connection, same, position, attempts, 1, lease, now);
        if (!taken.isEmpty()) {
          return taken;
        }
      }
    }
    var later = take(connection, CLAIMABLE, batch, attempts, 1, lease, now);
    return later.isEmpty() ? take(connection, CLAIMABLE, 0, attempts, 1, lease, now) : later;
  }

  private static long chosenBatch(JdbcConnection connection, double fraction) throws SQLException {
    long below =
        (long)
            (fraction
                * (1
                    + connection.number(
                        "SELECT max(id) FROM stoker.batch WHERE ended_at IS NULL")));
    return connection.number(
        "SELECT min(id) FROM stoker.batch WHERE ended_at IS NULL AND state <> 2 AND id >= ?",
        below);
  }

  /// The position before the one that is meant.
  private static long chosenPosition(JdbcConnection connection, long batch, double fraction)
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

  /// Whether it is worth a turn at writing.
  private boolean anyLeft() {
    long now = JdbcConnection.micros(database.now());
    return database.read(
        "look for questions",
        connection ->
            connection.first(CLAIMABLE, row -> row.getLong(1), now, 0L, now, now).isPresent());
  }

  /// Takes claims.
  private interface Taking {

    List<Claim> take(int most, Instant now) throws SQLException;
  }

  /// Takes no more than the rate allows.
  private List<Claim> within(
      JdbcConnection connection, int most, @Nullable Integer perMinute, Taking taking)
      throws SQLException {
    var now = database.now();
    if (perMinute == null) {
      return taking.take(most, now);
    }
    var due =
        JdbcConnection.instant(
            connection.number("SELECT value FROM stoker.counter WHERE name = 'rate'"));
    int allowed = Math.min(most, RateRules.allowed(due, perMinute, now));
    if (allowed == 0) {
      return List.of();
    }
    var claims = taking.take(allowed, now);
    if (!claims.isEmpty()) {
      connection.update(
          "UPDATE stoker.counter SET value = ? WHERE name = 'rate'",
          RateRules.after(claims.size(), due, perMinute, now));
    }
    return claims;
  }

  /// @param after begins with the batch after this one
  /// @param attempts takes only questions with as many at the most
  private static List<Claim> take(
      JdbcConnection connection,
      String batches,
      long after,
      int attempts,
      int most,
      Duration lease,
      Instant now)
      throws SQLException {
    var claims = new ArrayList<Claim>();
    long last = after;
    while (claims.size() < most) {
      var step = connection.list(batches, Claimable::of, now, last, now, now);
      for (var batch : step) {
        if (claims.size() < most) {
          claims.addAll(take(connection, batch, -1, attempts, most - claims.size(), lease, now));
        }
      }
      if (step.size() < STEP) {
        break;
      }
      last = step.getLast().id;
    }
    return claims;
  }

  /// @param after begins with the position after this one
  /// @param attempts takes only questions with as many at the most
  private static List<Claim> take(
      JdbcConnection connection,
      Claimable batch,
      long after,
      int attempts,
      int most,
      Duration lease,
      Instant now)
      throws SQLException {
    var leaseEnds = now.plus(lease);
    JdbcConnection.Row<Taken> row = rows -> Taken.of(rows, batch, leaseEnds);
    var taken =
        batch.expired
            ? connection.list(
                TAKE_ANY, row, batch.id, after, attempts, now, now, batch.id, most, leaseEnds, now)
            : connection.list(
                TAKE_PENDING, row, batch.id, after, attempts, now, batch.id, most, leaseEnds, now);
    if (!taken.isEmpty() && !batch.started) {
      begin(connection, batch.id, now);
    }
    return taken.stream()
        .sorted(Comparator.comparingInt(Taken::position))
        .map(Taken::claim)
        .toList();
  }

  private static void begin(JdbcConnection connection, long batch, Instant now)
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
    var counted = new ArrayList<Boolean>();
    var counts = new TreeMap<Long, Batch.Counts>();
    for (int i = 0; i < settled.length; i++) {
      boolean ours = settled[i];
      counted.add(ours);
      var claim = settlements.get(i).claim();
      if (ours && settlements.get(i).verdict() instanceof Verdict.End end) {
        JdbcEventBuffer.add(connection, Kind.QUESTION, claim.batchId(), claim.questionId());
        counts.merge(
            claim.batchId(), JdbcBatches.one(end.outcome().state(), 1), Batch.Counts::plus);
      }
    }
    for (var count : counts.entrySet()) {
      var _ = JdbcBatches.count(connection, count.getKey(), count.getValue(), now);
    }
    return counted;
  }

  private static Settled settled(Settlement settlement, Instant now) {
    long id = settlement.claim().questionId();
    long token = settlement.claim().token();
    return switch (settlement.verdict()) {
      case Verdict.End(var outcome, var detail) ->
          new Settled(id, token, outcome.state(), outcome, detail, 1, null, now);
      case Verdict.Retry(var notBefore, var detail) ->
          new Settled(id, token, QuestionState.PENDING, null, detail, 1, notBefore, null);
      case Verdict.Release(var notBefore, var detail) ->
          new Settled(id, token, QuestionState.PENDING, null, detail, 0, notBefore, null);
    };
  }

  @Override
  public Optional<Instant> nextDue() {
    var now = database.now();
    return database.read(
        "look for the next query",
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

  /// A batch of which something can be claimed.
  private record Claimable(long id, boolean started, BatchOptions options, boolean expired) {

    static Claimable of(ResultSet row) throws SQLException {
      return new Claimable(
          row.getLong(1),
          row.getInt(2) == BatchState.RUNNING.code(),
          new BatchOptions(
              row.getString(3), row.getString(4), row.getBoolean(5), row.getBoolean(6)),
          row.getBoolean(7));
    }
  }

  /// A question that was claimed, with its place in the batch.
  private record Taken(int position, Claim claim) {

    static Taken of(ResultSet row, Claimable batch, Instant leaseEnds) throws SQLException {
      return new Taken(
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
