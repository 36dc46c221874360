package io.stoker.answers;

import io.stoker.answers.AnswerLog.Event.Kind;
import io.stoker.state.jdbc.JdbcConnection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The events that a transaction adds to the log. They get their numbers at its end.
final class JdbcEventBuffer implements JdbcConnection.Deferred {

  private final JdbcAnswerDialect sql;
  private final List<AnswerLog.Event> events = new ArrayList<>();

  private JdbcEventBuffer(JdbcAnswerDialect sql) {
    this.sql = sql;
  }

  /// Notes an event.
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
    sql.log(connection, newest - events.size(), events);
  }
}
