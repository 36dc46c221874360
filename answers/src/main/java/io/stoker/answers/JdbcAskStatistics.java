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

/// The statistics of what was asked, counted by the hour, in an SQL database. Thread-safe.
final class JdbcAskStatistics {

  private static final long HOUR = 3_600_000_000L;

  /// Stands for all questions that are not told apart.
  private static final String UNNAMED = "";

  /// How many rows of one kind a transaction changes at the most.
  private static final int STEP = JdbcBackgroundJobs.STEP;

  private final JdbcAnswerDatabase database;

  /// How many more different questions may be told apart, as far as this process knows.
  private final AtomicLong room =
      new AtomicLong(AnswerMaintenance.Retention.STANDARD.maxQuestions());

  JdbcAskStatistics(JdbcAnswerDatabase database) {
    this.database = database;
  }

  void count(List<Ask> asked) {
    for (int from = 0; from < asked.size(); from += STEP) {
      countSome(asked.subList(from, Math.min(from + STEP, asked.size())));
    }
  }

  private void countSome(List<Ask> asked) {
    // In one order, and one row only once.
    var hours = new TreeMap<String, Counted>();
    var served = new TreeMap<String, Served>();
    for (var one : asked) {
      long hour = hour(one.at());
      var digest = JdbcAnswerDatabase.digest(one.scope(), one.normal());
      hours.merge(hour + " " + digest, Counted.of(hour, digest, one), Counted::plus);
      if (one.hitKey() != null) {
        served.merge(one.hitKey(), new Served(1, one.at()), Served::plus);
      }
    }
    if (room.get() < hours.size()) {
      // It is not known yet how many of them are new.
      database.write("count what was asked", connection -> countNamed(connection, hours, served));
    } else {
      room.addAndGet(-hours.size());
      database.write(
          "count what was asked", connection -> count(connection, hours.values(), served));
    }
  }

  /// Counts those that have a row already, and all others together.
  private static boolean countNamed(
      JdbcConnection connection, Map<String, Counted> hours, Map<String, Served> served)
      throws SQLException {
    var all = List.copyOf(hours.values());
    var named =
        connection.batch(
            """
            UPDATE stoker.asked
               SET asked = asked + ?, hits = hits + ?, hit_key = coalesce(?, hit_key)
             WHERE hour = ? AND digest = ?
            """,
            all.stream()
                .map(one ->
                    new @Nullable Object[] {one.asked, one.hits, one.hitKey, one.hour, one.digest})
                .toList());
    var others = new TreeMap<Long, Counted>();
    for (int i = 0; i < named.length; i++) {
      if (named[i] == 0) {
        var one = all.get(i);
        others.merge(one.hour, one.unnamed(), Counted::plus);
      }
    }
    return count(connection, others.values(), served);
  }

  private static boolean count(
      JdbcConnection connection, Collection<Counted> hours, Map<String, Served> served)
      throws SQLException {
    connection.batch(
        """
        INSERT INTO stoker.asked AS a (hour, digest, scope, question, asked, hits, hit_key)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (hour, digest) DO UPDATE
           SET asked = a.asked + excluded.asked, hits = a.hits + excluded.hits,
               question = excluded.question, hit_key = coalesce(excluded.hit_key, a.hit_key)
        """,
        hours.stream().map(Counted::row).toList());
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

  void forget(Instant before, long most) {
    delete("hour < ?", hour(before), Long.MAX_VALUE);
    long over = rows() - most;
    delete("hour <= ?", Long.MAX_VALUE, over);
    room.set(Math.max(0, -over));
  }

  private long rows() {
    return database.read(
        "count what was asked",
        connection -> connection.number("SELECT count(*) FROM stoker.asked"));
  }

  private void delete(String where, long hour, long most) {
    long left = most;
    long step = STEP;
    while (left > 0 && step == STEP) {
      long some = Math.min(left, STEP);
      step =
          database.write(
              "forget what was asked",
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
                UNNAMED,
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
  private record Counted(
      long hour, String digest, Ask last, long asked, long hits, @Nullable String hitKey) {

    static Counted of(long hour, String digest, Ask one) {
      return new Counted(hour, digest, one, 1, one.hitKey() == null ? 0 : 1, one.hitKey());
    }

    /// One of those that are not told apart.
    Counted unnamed() {
      return new Counted(hour, UNNAMED, new Ask(last.at(), "", "", "", null), asked, hits, null);
    }

    Counted plus(Counted later) {
      return new Counted(
          hour,
          digest,
          later.last,
          asked + later.asked,
          hits + later.hits,
          later.hitKey == null ? hitKey : later.hitKey);
    }

    @Nullable Object[] row() {
      return new @Nullable Object[] {
        hour, digest, last.scope(), last.question(), asked, hits, hitKey
      };
    }
  }

  /// How often an answer was served, and when at last.
  private record Served(long hits, Instant at) {

    Served plus(Served later) {
      return new Served(hits + later.hits, at.isAfter(later.at) ? at : later.at);
    }
  }
}
