package io.stoker.answers;

import io.stoker.answers.AnswerLog.Event.Kind;
import io.stoker.state.jdbc.JdbcConnection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Collects the events of a transaction, which are numbered and written when it commits.
final class JdbcEventBuffer implements JdbcConnection.Deferred {

  private final JdbcAnswerDialect sql;
  private final List<AnswerLog.Event> events = new ArrayList<>();

  private JdbcEventBuffer(JdbcAnswerDialect sql) {
    this.sql = sql;
  }

  /// Adds an event.
  static void add(JdbcConnection connection, Kind kind, long batch, long question) {
    connection
        .deferred(
            JdbcEventBuffer.class,
            () -> new JdbcEventBuffer(JdbcAnswerDialect.of(connection.dialect())))
        .events
        .add(new AnswerLog.Event(0, batch, kind, question));
  }

  @Override
  public void write(JdbcConnection connection) throws SQLException {
    long newest =
        connection.number(
            "UPDATE stoker.counter SET value = value + ? WHERE name = 'log' RETURNING value",
            events.size());
    sql.insertEvents(connection, newest - events.size(), events);
  }
}
