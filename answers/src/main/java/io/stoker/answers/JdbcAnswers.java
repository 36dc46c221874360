package io.stoker.answers;

import io.stoker.Time;
import io.stoker.state.jdbc.JdbcDatabase;
import io.stoker.state.jdbc.JdbcDatabase.Work;
import io.stoker.state.jdbc.JdbcTables;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The tables of answers, as the parts of their store use them. Thread-safe.
///
/// All transactions that write, but for those that only claim, first lock the row that has the
/// newest event's number. So events become visible in the order of their numbers, and no two of
/// these transactions can be in a deadlock.
final class JdbcAnswers implements AutoCloseable {

  static final JdbcTables TABLES = new JdbcTables("answers", "stoker.counter WHERE name = 'log'");

  private final JdbcDatabase database;
  private final JdbcAnswerSql sql;
  private final Time time;

  JdbcAnswers(JdbcDatabase database, Time time) {
    this.database = database;
    this.sql = JdbcAnswerSql.of(database.dialect());
    this.time = time;
  }

  JdbcAnswerSql sql() {
    return sql;
  }

  /// The time of this process, as exact as it can be kept.
  Instant now() {
    return time.now().truncatedTo(ChronoUnit.MICROS);
  }

  /// Reads.
  ///
  /// @param wanted what for, as in "could not ..."
  <T> T read(String wanted, Work<T> work) {
    return database.read(wanted, work);
  }

  /// Writes in a transaction, of which there is one at a time among all processes.
  ///
  /// @param wanted what for, as in "could not ..."
  <T> T write(String wanted, Work<T> work) {
    return database.write(wanted, work);
  }

  /// Whether [#claim(String, Work)] can be used.
  boolean claimsSideBySide() {
    return database.writesSideBySide();
  }

  /// Writes in a transaction beside others. It must wait for no row that another has locked.
  <T> T claim(String wanted, Work<T> work) {
    return database.writeBesides(wanted, work);
  }

  @Override
  public void close() {
    database.close();
  }
}
