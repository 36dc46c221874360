package io.stoker.state;

import io.stoker.state.jdbc.JdbcStateDatabase;
import java.nio.file.Path;
import javax.sql.DataSource;

/// The SQL database that stores the state of all warmers, each in its own tables. Thread-safe.
///
/// Connects lazily: nothing is read or written before a store is opened on it.
public sealed interface StateDatabase extends AutoCloseable permits JdbcStateDatabase {

  /// A SQLite database in memory, gone when it is closed.
  static StateDatabase inMemory() {
    return JdbcStateDatabase.inMemory();
  }

  /// A SQLite file, for one process.
  ///
  /// @param file created with its folder if missing
  static StateDatabase sqlite(Path file) {
    return JdbcStateDatabase.sqlite(file);
  }

  /// The schema `stoker` of a Postgres database, for any number of processes.
  ///
  /// Each open store holds up to two connections, and one more per concurrent read.
  ///
  /// @param dataSource a pool of connections of the Postgres JDBC driver
  static StateDatabase postgres(DataSource dataSource) {
    return JdbcStateDatabase.postgres(dataSource);
  }

  /// Waits for pending writes, and closes the database. Stores still open on it stop working.
  @Override
  void close();
}
