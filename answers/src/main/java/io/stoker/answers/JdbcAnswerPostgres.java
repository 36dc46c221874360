package io.stoker.answers;

import io.stoker.state.jdbc.JdbcConnection;
import java.sql.Array;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Bulk statements of Postgres: one statement for all rows, whose values are passed as arrays.
final class JdbcAnswerPostgres implements JdbcAnswerDialect {

  @Override
  public void insertQuestions(
      JdbcConnection connection, long batch, int position, List<JdbcBatches.QuestionRow> questions)
      throws SQLException {
    var insert =
        connection.prepare(
            """
            INSERT INTO stoker.query (batch_id, position, question, aliases)
            SELECT ?, ? + q.place - 1, q.question, q.aliases
              FROM unnest(?, ?) WITH ORDINALITY AS q (question, aliases, place)
             ORDER BY q.place
            """);
    insert.setLong(1, batch);
    insert.setInt(2, position);
    insert.setArray(
        3, texts(connection, questions.stream().map(JdbcBatches.QuestionRow::question)));
    insert.setArray(
        4, texts(connection, questions.stream().map(JdbcBatches.QuestionRow::wordings)));
    insert.executeUpdate();
  }

  @Override
  public void insertEvents(JdbcConnection connection, long newest, List<AnswerLog.Event> events)
      throws SQLException {
    var insert =
        connection.prepare(
            """
            INSERT INTO stoker.event (id, batch_id, kind, query_id)
            SELECT ? + e.place, e.batch_id, e.kind, e.query_id
              FROM unnest(?, ?, ?) WITH ORDINALITY AS e (batch_id, kind, query_id, place)
            """);
    insert.setLong(1, newest);
    insert.setArray(2, longs(connection, events.stream().map(AnswerLog.Event::batchId)));
    insert.setArray(3, shorts(connection, events.stream().map(event -> event.kind().code())));
    insert.setArray(4, longs(connection, events.stream().map(AnswerLog.Event::questionId)));
    insert.executeUpdate();
  }

  @Override
  public boolean[] settle(JdbcConnection connection, List<SettledRow> all) throws SQLException {
    // If two settle the same claim, the first one counts; an UPDATE would take any.
    var places = new LinkedHashMap<List<Long>, Integer>();
    for (int i = 0; i < all.size(); i++) {
      places.putIfAbsent(List.of(all.get(i).id(), all.get(i).token()), i);
    }
    var settled = places.values().stream().map(all::get).toList();
    var update =
        connection.prepare(
            """
            UPDATE stoker.query q
               SET state = s.state, outcome = s.outcome, detail = s.detail,
                   attempts = q.attempts + s.tries, not_before = s.not_before,
                   ended_at = s.ended_at, lease_ends = NULL
              FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                AS s (id, token, state, outcome, detail, tries, not_before, ended_at, place)
             WHERE q.id = s.id AND q.token = s.token AND q.state = 1
            """
                + JdbcAnswerClaims.OPEN
                + " RETURNING s.place");
    update.setArray(1, longs(connection, settled.stream().map(SettledRow::id)));
    update.setArray(2, longs(connection, settled.stream().map(SettledRow::token)));
    update.setArray(3, shorts(connection, settled.stream().map(one -> one.state().code())));
    update.setArray(4, shorts(connection, settled.stream().map(JdbcAnswerPostgres::outcome)));
    update.setArray(5, texts(connection, settled.stream().map(SettledRow::detail)));
    update.setArray(6, shorts(connection, settled.stream().map(SettledRow::countedAttempts)));
    update.setArray(7, longs(connection, settled.stream().map(one -> micros(one.notBefore()))));
    update.setArray(8, longs(connection, settled.stream().map(one -> micros(one.endedAt()))));
    update.setArray(9, longs(connection, places.values().stream().map(Integer::longValue)));
    var ours = new boolean[all.size()];
    try (var rows = update.executeQuery()) {
      while (rows.next()) {
        ours[rows.getInt(1)] = true;
      }
    }
    return ours;
  }

  private static @Nullable Integer outcome(SettledRow one) {
    return one.outcome() == null ? null : one.outcome().code();
  }

  private static @Nullable Long micros(@Nullable Instant instant) {
    return instant == null ? null : JdbcConnection.micros(instant);
  }

  private static Array longs(JdbcConnection connection, Stream<? extends @Nullable Long> numbers)
      throws SQLException {
    return connection.driverConnection().createArrayOf("int8", numbers.toArray(Long[]::new));
  }

  private static Array shorts(
      JdbcConnection connection, Stream<? extends @Nullable Integer> numbers) throws SQLException {
    return connection
        .driverConnection()
        .createArrayOf(
            "int2",
            numbers.map(one -> one == null ? null : one.shortValue()).toArray(Short[]::new));
  }

  private static Array texts(JdbcConnection connection, Stream<? extends @Nullable String> texts)
      throws SQLException {
    return connection
        .driverConnection()
        .createArrayOf(
            "text", texts.map(text -> text == null ? null : text.replace("\0", "")).toArray());
  }
}
