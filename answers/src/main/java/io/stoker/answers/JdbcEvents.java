package io.stoker.answers;

import io.stoker.answers.AnswerLog.Event.Kind;
import io.stoker.state.jdbc.JdbcLink;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The events that a transaction adds to the log. They get their numbers at its end.
final class JdbcEvents implements JdbcLink.Gathered {

  private final JdbcAnswerSql sql;
  private final List<AnswerLog.Event> events = new ArrayList<>();

  private JdbcEvents(JdbcAnswerSql sql) {
    this.sql = sql;
  }

  /// Notes an event.
  static void add(JdbcLink link, Kind kind, long batch, long question) {
    link.gathered(JdbcEvents.class, () -> new JdbcEvents(JdbcAnswerSql.of(link.dialect())))
        .events
        .add(new AnswerLog.Event(0, batch, kind, question));
  }

  @Override
  public void write(JdbcLink link) throws SQLException {
    long newest =
        link.number(
            "UPDATE stoker.counter SET value = value + ? WHERE name = 'log' RETURNING value",
            events.size());
    sql.log(link, newest - events.size(), events);
  }
}
