package io.stoker.state.jdbc;

import io.stoker.StokerException;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// What differs from one database to the other.
///
/// Statements are written for Postgres, with the tables in the schema `stoker`, and adapted.
public sealed interface JdbcDialect permits JdbcSqlite, JdbcPostgres {

  /// Creates a warmer's tables, or brings those of an older version up to date.
  void migrate(JdbcSchema tables) throws SQLException;

  /// A connection for transactions, with auto-commit off.
  Connection connectToWrite() throws SQLException;

  /// A connection for single statements that change nothing.
  JdbcConnection borrowToRead() throws SQLException;

  /// Takes a connection back.
  ///
  /// @param usable whether it can be used again
  void giveBack(JdbcConnection connection, boolean usable);

  /// A statement in the words of this database.
  String adapt(String sql);

  /// Today as days since 1970, by the database's clock.
  String today();

  /// What keeps a row that was selected from being deleted until the transaction ends.
  String lockingRow();

  /// Whether only one connection can write at a time.
  boolean hasOneWriter();

  /// Whether the writer's connection reads as well, and none is borrowed to read.
  boolean hasOneConnection();

  /// Begins a transaction. Whoever freezes within it holds others up for seconds at the most.
  ///
  /// @param lock which row to lock first, as it stands after `FROM`; null for none
  void begin(JdbcConnection connection, @Nullable String lock) throws SQLException;

  /// Whether the connection is of no more use after this.
  boolean broken(SQLException e);

  /// Whether the whole transaction may work if it is tried again at once.
  boolean passing(SQLException e);

  /// What it means to an operator.
  StokerException trouble(String wanted, SQLException e);

  /// Closes what is open for readers.
  void close();
}
