package io.stoker.state.jdbc;

import io.stoker.StokerException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// The differences between the databases.
///
/// Statements are written for Postgres, with tables in the schema `stoker`, and adapted to the
/// others.
public sealed interface JdbcDialect permits JdbcSqlite, JdbcPostgres {

  /// Creates or migrates a warmer's tables.
  void migrate(JdbcSchema tables) throws SQLException;

  /// A connection for transactions, with auto-commit off.
  Connection openWriteConnection() throws SQLException;

  /// A connection for single read-only statements, to be [released][#release].
  JdbcConnection acquireReadConnection() throws SQLException;

  /// Returns a connection.
  ///
  /// @param usable whether it can be reused
  void release(JdbcConnection connection, boolean usable);

  /// A statement in the dialect of this database.
  String adapt(String sql);

  /// An expression for today as days since 1970, by the database's clock.
  String today();

  /// The clause that keeps a selected row from being deleted until the transaction ends; empty if
  /// not needed.
  String lockingRow();

  /// Whether only one connection can write at a time.
  boolean isSingleWriter();

  /// Whether the writer's connection serves reads as well.
  boolean isSingleConnection();

  /// Begins a transaction. A process that freezes within it blocks others for seconds at most.
  ///
  /// @param lock the row to lock first, written as after `FROM`; null for none
  void begin(JdbcConnection connection, @Nullable String lock) throws SQLException;

  /// Whether the connection is unusable after this error.
  boolean isConnectionBroken(SQLException e);

  /// Whether the transaction may succeed if retried at once.
  boolean isTransient(SQLException e);

  /// The exception for operators.
  StokerException translate(String action, SQLException e);

  /// Closes the connections of readers.
  void close();
}
