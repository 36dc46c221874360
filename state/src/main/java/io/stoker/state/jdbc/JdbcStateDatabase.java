package io.stoker.state.jdbc;

import io.stoker.StokerException;
import io.stoker.state.StateDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// The implementation of [StateDatabase] on JDBC. Each store gets its own [JdbcTransactions].
/// Thread-safe.
///
/// On SQLite, which allows one writer at a time, all warmers share one writer, and with it the disk
/// syncs.
public final class JdbcStateDatabase implements StateDatabase {

  private final JdbcDialect dialect;
  private final @Nullable JdbcWriter onlyWriter;

  private JdbcStateDatabase(JdbcDialect dialect) {
    this.dialect = dialect;
    this.onlyWriter = dialect.isSingleWriter() ? new JdbcWriter(dialect, "stoker", null) : null;
  }

  /// A SQLite file, for one process.
  public static JdbcStateDatabase sqlite(Path file) {
    return new JdbcStateDatabase(JdbcSqlite.file(file));
  }

  /// A SQLite database in memory, gone when it is closed.
  public static JdbcStateDatabase inMemory() {
    return new JdbcStateDatabase(JdbcSqlite.inMemory());
  }

  /// The schema `stoker` of a Postgres database.
  public static JdbcStateDatabase postgres(DataSource dataSource) {
    return new JdbcStateDatabase(new JdbcPostgres(dataSource));
  }

  /// The same, with a timeout of your own.
  ///
  /// @param idleInTransactionTimeout how long a process that freezes in a transaction may block the
  ///   others before Postgres ends it; ten seconds otherwise
  public static JdbcStateDatabase postgres(
      DataSource dataSource, Duration idleInTransactionTimeout) {
    return new JdbcStateDatabase(new JdbcPostgres(dataSource, idleInTransactionTimeout));
  }

  /// The implementation of a state database.
  public static JdbcStateDatabase of(StateDatabase state) {
    return switch (state) {
      case JdbcStateDatabase jdbc -> jdbc;
    };
  }

  /// Opens a warmer's tables, after creating or migrating them.
  ///
  /// @throws StokerException if the database cannot be used
  public JdbcTransactions open(JdbcSchema tables) {
    migrate(tables);
    return new JdbcTransactions(this, tables, false);
  }

  /// Like [#open(JdbcSchema)], for a single store: closing it closes the database.
  ///
  /// @throws StokerException if the database cannot be used; it is closed then
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
        onlyWriter.withoutConnection(() -> dialect.migrate(tables));
      }
    } catch (SQLException e) {
      throw dialect.translate("open the tables of " + tables.warmer(), e);
    }
  }

  JdbcDialect dialect() {
    return dialect;
  }

  /// Null where several connections can write at the same time.
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
