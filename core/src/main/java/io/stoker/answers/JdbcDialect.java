package io.stoker.answers;

import io.stoker.StokerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What differs from one database to the other.
///
/// Statements are written for Postgres, with the tables in the schema `stoker`, and adapted.
interface JdbcDialect {

  /// Creates the tables, or brings those of an older version up to date.
  void migrate() throws SQLException;

  /// A connection for transactions, with auto-commit off.
  Connection connectToWrite() throws SQLException;

  /// A connection for single statements that change nothing.
  JdbcLink borrowToRead() throws SQLException;

  /// Takes a connection back.
  ///
  /// @param usable whether it can be used again
  void giveBack(JdbcLink link, boolean usable);

  /// A statement in the words of this database.
  String adapt(String sql);

  /// Begins a transaction, of which there is one at a time among all processes, and returns the
  /// newest event's number. Whoever freezes within it holds the others up for seconds at the most.
  long begin(JdbcLink link) throws SQLException;

  /// Begins a transaction that only claims, and so needs to wait for nobody.
  void beginToClaim(JdbcLink link) throws SQLException;

  /// Whether several transactions can claim at the same time.
  boolean claimsSideBySide();

  /// Adds queries to a batch, from a position on.
  void insert(JdbcLink link, long batch, int position, List<JdbcWordings> questions)
      throws SQLException;

  /// Adds events to the log, numbered from after `newest`.
  void log(JdbcLink link, long newest, List<AnswerEvent> events) throws SQLException;

  /// Settles queries, and tells of each whether it was still ours.
  boolean[] settle(JdbcLink link, List<Settled> settled) throws SQLException;

  /// What becomes of a query.
  ///
  /// @param tries how many more attempts count
  record Settled(
      long id,
      long token,
      QueryState state,
      @Nullable AnswerOutcome outcome,
      String detail,
      int tries,
      @Nullable Instant notBefore,
      @Nullable Instant endedAt) {}

  /// Whether the connection is of no more use after this.
  boolean broken(SQLException e);

  /// Whether the whole transaction may work if it is tried again at once.
  boolean passing(SQLException e);

  /// What it means to an operator.
  StokerException trouble(String wanted, SQLException e);

  /// Closes what is open for readers.
  void close();
}
