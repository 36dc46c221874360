package io.stoker.state.jdbc;

import io.stoker.StokerException;
import io.stoker.state.StateDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// A database with the tables of any number of warmers. Thread-safe.
///
/// Where only one can write at a time, all warmers share one writer, and with it the wait for the
/// disk.
public final class JdbcStateDatabase implements StateDatabase {

  private final JdbcDialect dialect;
  private final @Nullable JdbcWriter onlyWriter;

  private JdbcStateDatabase(JdbcDialect dialect) {
    this.dialect = dialect;
    this.onlyWriter = dialect.hasOneWriter() ? new JdbcWriter(dialect, "stoker", null) : null;
  }

  /// A file, for one process.
  public static JdbcStateDatabase sqlite(Path file) {
    return new JdbcStateDatabase(JdbcSqlite.file(file));
  }

  /// In memory, gone when it is closed.
  public static JdbcStateDatabase inMemory() {
    return new JdbcStateDatabase(JdbcSqlite.inMemory());
  }

  /// The schema `stoker` of a Postgres database.
  public static JdbcStateDatabase postgres(DataSource dataSource) {
    return new JdbcStateDatabase(new JdbcPostgres(dataSource));
  }

  /// The same, with a limit of its own.
  ///
  /// @param longestHalt how long a process that was stopped in the middle of a transaction may hold
  ///   up the others until Postgres ends that; ten seconds otherwise
  public static JdbcStateDatabase postgres(DataSource dataSource, Duration longestHalt) {
    return new JdbcStateDatabase(new JdbcPostgres(dataSource, longestHalt));
  }

  /// What stands behind the door.
  public static JdbcStateDatabase of(StateDatabase state) {
    return switch (state) {
      case JdbcStateDatabase jdbc -> jdbc;
    };
  }

  /// Creates a warmer's tables, or brings them up to date, and opens them.
  ///
  /// @throws StokerException if the database cannot be used
  public JdbcTransactions open(JdbcSchema tables) {
    migrate(tables);
    return new JdbcTransactions(this, tables, false);
  }

  /// Opens a warmer's tables for a store that is the only one here, and closes all with it.
  ///
  /// @throws StokerException if the database cannot be used; then it is closed
  public JdbcTransactions openAlone(JdbcSchema tables) {
    try {
      migrate(tables);
    } catch (StokerException e) {
      close();
      throw e;
    }
    return new JdbcTransactions(this, tables, true);
  }

  private void migrate(JdbcSchema tables) {
    try {
      if (onlyWriter == null) {
        dialect.migrate(tables);
      } else {
        onlyWriter.stepAside(() -> dialect.migrate(tables));
      }
    } catch (SQLException e) {
      throw dialect.trouble("open the tables of " + tables.warmer(), e);
    }
  }

  JdbcDialect dialect() {
    return dialect;
  }

  /// Null where several can write at the same time.
  @Nullable JdbcWriter onlyWriter() {
    return onlyWriter;
  }

  @Override
  public void close() {
    if (onlyWriter != null) {
      onlyWriter.close();
    }
    dialect.close();
  }
}
