package io.stoker.answers;

import java.util.List;

/// The log in an SQL database, numbered without gaps. Thread-safe.
final class JdbcAnswerLog implements AnswerLog {

  private final JdbcAnswerDatabase database;

  JdbcAnswerLog(JdbcAnswerDatabase database) {
    this.database = database;
  }

  @Override
  public List<AnswerLog.Event> after(long id, int limit) {
    return database.read(
        "read the log",
        connection ->
            connection.list(
                """
                SELECT id, batch_id, kind, query_id FROM stoker.event
                 WHERE id > ? ORDER BY id LIMIT ?
                """,
                row ->
                    new AnswerLog.Event(
                        row.getLong(1),
                        row.getLong(2),
                        JdbcAnswerDatabase.fromCode(
                            AnswerLog.Event.Kind.values(),
                            AnswerLog.Event.Kind::code,
                            row.getInt(3)),
                        row.getLong(4)),
                id,
                limit));
  }

  @Override
  public long newest() {
    return database.read(
        "read the log",
        connection -> connection.number("SELECT value FROM stoker.counter WHERE name = 'log'"));
  }

  @Override
  public long oldest() {
    return database.read(
        "read the log",
        connection ->
            connection.number(
                """
                SELECT coalesce((SELECT min(id) FROM stoker.event), value + 1)
                  FROM stoker.counter WHERE name = 'log'
                """));
  }

  @Override
  public void prune(long keep) {
    int step;
    do {
      step =
          database.write(
              "prune the log",
              connection ->
                  connection.update(
                      """
                      DELETE FROM stoker.event
                       WHERE id <= (SELECT value FROM stoker.counter WHERE name = 'log') - ?
                         AND id < (SELECT min(id) FROM stoker.event) + ?
                      """,
                      keep,
                      JdbcBackgroundJobs.STEP));
    } while (step == JdbcBackgroundJobs.STEP);
  }
}
