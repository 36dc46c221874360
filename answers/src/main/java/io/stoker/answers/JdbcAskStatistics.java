package io.stoker.answers;

import io.stoker.answers.AnswerEntries.Ask;
import io.stoker.answers.AnswerEntries.TopQuestion;
import io.stoker.answers.AnswerEntries.Totals;
import io.stoker.state.jdbc.JdbcConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Hourly statistics of asked questions, in an SQL database. Thread-safe.
final class JdbcAskStatistics {

  private static final long HOUR = 3_600_000_000L;

  /// The digest of the row that counts all questions beyond the maximum.
  private static final String OTHER_QUESTIONS = "";

  /// The most rows of one kind that a transaction changes.
  private static final int STEP = JdbcBackgroundJobs.STEP;

  private final JdbcAnswerDatabase database;

  /// How many more rows may be added, as far as this process knows.
  private final AtomicLong freeRows =
      new AtomicLong(AnswerMaintenance.Retention.STANDARD.maxQuestions());

  JdbcAskStatistics(JdbcAnswerDatabase database) {
    this.database = database;
  }

  void count(List<Ask> asks) {
    for (int from = 0; from < asks.size(); from += STEP) {
      countChunk(asks.subList(from, Math.min(from + STEP, asks.size())));
    }
  }

  private void countChunk(List<Ask> asks) {
    // Sorted, and each row only once, so that concurrent writers cannot deadlock.
    var hours = new TreeMap<String, HourlyCount>();
    var served = new TreeMap<String, Hits>();
    for (var one : asks) {
      long hour = hour(one.at());
      var digest = JdbcAnswerDatabase.digest(one.scope(), one.normal());
      hours.merge(hour + " " + digest, HourlyCount.of(hour, digest, one), HourlyCount::plus);
      if (one.hitKey() != null) {
        served.merge(one.hitKey(), new Hits(1, one.at()), Hits::plus);
      }
    }
    if (freeRows.get() < hours.size()) {
      // How many of them are new is not known yet.
      database.write("count the asks", connection -> countExisting(connection, hours, served));
    } else {
      freeRows.addAndGet(-hours.size());
      database.write("count the asks", connection -> count(connection, hours.values(), served));
    }
  }

  /// Updates the rows that exist, and adds all other counts to one row.
  private static boolean countExisting(
      JdbcConnection connection, Map<String, HourlyCount> hours, Map<String, Hits> served)
      throws SQLException {
    var all = List.copyOf(hours.values());
    var updated =
        connection.batch(
            """
            UPDATE stoker.asked
               SET asked = asked + ?, hits = hits + ?, hit_key = coalesce(?, hit_key)
             WHERE hour = ? AND digest = ?
            """,
            all.stream()
                .map(one ->
                    new @Nullable Object[] {one.asks, one.hits, one.hitKey, one.hour, one.digest})
                .toList());
    var others = new TreeMap<Long, HourlyCount>();
    for (int i = 0; i < updated.length; i++) {
      if (updated[i] == 0) {
        var one = all.get(i);
        others.merge(one.hour, one.ofOtherQuestions(), HourlyCount::plus);
      }
    }
    return count(connection, others.values(), served);
  }

  private static boolean count(
      JdbcConnection connection, Collection<HourlyCount> hours, Map<String, Hits> served)
      throws SQLException {
    connection.batch(
        """
        INSERT INTO stoker.asked AS a (hour, digest, scope, question, asked, hits, hit_key)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (hour, digest) DO UPDATE
           SET asked = a.asked + excluded.asked, hits = a.hits + excluded.hits,
               question = excluded.question, hit_key = coalesce(excluded.hit_key, a.hit_key)
        """,
        hours.stream().map(HourlyCount::row).toList());
    connection.batch(
        """
        UPDATE stoker.answer
           SET hits = hits + ?, served_at = CASE WHEN served_at > ? THEN served_at ELSE ? END
         WHERE answer_key = ?
        """,
        served.entrySet().stream()
            .map(one ->
                new @Nullable Object[] {
                  one.getValue().hits, one.getValue().at, one.getValue().at, one.getKey()
                })
            .toList());
    return true;
  }

  private static long hour(Instant at) {
    return Math.floorDiv(JdbcConnection.micros(at), HOUR);
  }

  void prune(Instant before, long max) {
    delete("hour < ?", hour(before), Long.MAX_VALUE);
    long over = rows() - max;
    delete("hour <= ?", Long.MAX_VALUE, over);
    freeRows.set(Math.max(0, -over));
  }

  private long rows() {
    return database.read(
        "count the asks", connection -> connection.number("SELECT count(*) FROM stoker.asked"));
  }

  private void delete(String where, long hour, long max) {
    long left = max;
    long step = STEP;
    while (left > 0 && step == STEP) {
      long some = Math.min(left, STEP);
      step =
          database.write(
              "prune the statistics",
              connection ->
                  connection.update(
                      "DELETE FROM stoker.asked WHERE (hour, digest) IN"
                          + " (SELECT hour, digest FROM stoker.asked WHERE "
                          + where
                          + " ORDER BY hour, digest LIMIT ?)",
                      hour,
                      some));
      left -= step;
    }
  }

  List<TopQuestion> top(Instant since, int limit) {
    return database.read(
        "read the top questions",
        connection ->
            connection.list(
                """
                SELECT t.question, t.scope, t.asked, t.hits,
                       (SELECT max(a.expires_at) FROM stoker.answer a
                         WHERE a.digest = t.digest OR a.answer_key = t.hit_key)
                  FROM (SELECT digest, max(question) AS question, max(scope) AS scope,
                               sum(asked) AS asked, sum(hits) AS hits, max(hit_key) AS hit_key
                          FROM stoker.asked WHERE hour >= ? AND digest <> ?
                         GROUP BY digest
                         ORDER BY sum(asked) DESC, max(question) LIMIT ?) t
                 ORDER BY t.asked DESC, t.question
                """,
                JdbcAskStatistics::topQuestion,
                hour(since),
                OTHER_QUESTIONS,
                limit));
  }

  private static TopQuestion topQuestion(ResultSet row) throws SQLException {
    return new TopQuestion(
        row.getString(1),
        row.getString(2),
        row.getLong(3),
        row.getLong(4),
        JdbcConnection.instant(row, 5));
  }

  Totals totals(Instant since, Instant now) {
    return database.read(
        "count the answers",
        connection ->
            connection
                .first(
                    """
                    SELECT e.entries, e.stale, e.bytes, q.asked, q.hits
                      FROM (SELECT count(*) AS entries,
                                   coalesce(sum(CASE WHEN stale THEN 1 ELSE 0 END), 0) AS stale,
                                   coalesce(sum(bytes), 0) AS bytes
                              FROM stoker.answer WHERE expires_at > ?) e,
                           (SELECT coalesce(sum(asked), 0) AS asked, coalesce(sum(hits), 0) AS hits
                              FROM stoker.asked WHERE hour >= ?) q
                    """,
                    row ->
                        new Totals(
                            row.getLong(1),
                            row.getLong(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5)),
                    now,
                    hour(since))
                .orElseThrow());
  }

  /// How often a question was asked in an hour.
  private record HourlyCount(
      long hour, String digest, Ask last, long asks, long hits, @Nullable String hitKey) {

    static HourlyCount of(long hour, String digest, Ask one) {
      return new HourlyCount(hour, digest, one, 1, one.hitKey() == null ? 0 : 1, one.hitKey());
    }

    /// The count without its question.
    HourlyCount ofOtherQuestions() {
      return new HourlyCount(
          hour, OTHER_QUESTIONS, new Ask(last.at(), "", "", "", null), asks, hits, null);
    }

    HourlyCount plus(HourlyCount later) {
      return new HourlyCount(
          hour,
          digest,
          later.last,
          asks + later.asks,
          hits + later.hits,
          later.hitKey == null ? hitKey : later.hitKey);
    }

    @Nullable Object[] row() {
      return new @Nullable Object[] {
        hour, digest, last.scope(), last.question(), asks, hits, hitKey
      };
    }
  }

  /// How often an answer was served, and the last time.
  private record Hits(long hits, Instant at) {

    Hits plus(Hits later) {
      return new Hits(hits + later.hits, at.isAfter(later.at) ? at : later.at);
    }
  }
}
