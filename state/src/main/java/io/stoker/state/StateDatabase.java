package io.stoker.state;

import io.stoker.state.jdbc.JdbcStateDatabase;
import java.nio.file.Path;
import javax.sql.DataSource;

/// A database for the state of all warmers, each of which has tables of its own there. Thread-safe.
///
/// Nothing is read or written before a store is opened on it.
public sealed interface StateDatabase extends AutoCloseable permits JdbcStateDatabase {

  /// In memory, gone when it is closed.
  static StateDatabase inMemory() {
    return JdbcStateDatabase.inMemory();
  }

  /// A file, for one process.
  ///
  /// @param file is created with its folder if it is not there
  static StateDatabase sqlite(Path file) {
    return JdbcStateDatabase.sqlite(file);
  }

  /// The schema `stoker` of a Postgres database, for any number of processes.
  ///
  /// Each store on it holds up to two connections for as long as it is open, and one more for each
  /// reading.
  ///
  /// @param dataSource a pool of connections of the Postgres JDBC driver
  static StateDatabase postgres(DataSource dataSource) {
    return JdbcStateDatabase.postgres(dataSource);
  }

  /// Finishes what is being written, and closes what this has opened. Closes none of the stores on
  /// it, which do not work any more.
  @Override
  void close();
}
