package io.stoker.state.jdbc;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Postgres, shared by any number of processes. Thread-safe.
///
/// Transactions that first lock the same row come one after the other, and no two of them can be in
/// a deadlock. Two others can, if both change the same rows; then one of them is done again.
public final class JdbcPostgres implements JdbcDialect {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcPostgres.class);
  private static final int NETWORK_MILLIS = 30_000;

  private static final Duration LONGEST_HALT = Duration.ofSeconds(10);

  private final DataSource dataSource;
  private final String moveOn;

  JdbcPostgres(DataSource dataSource) {
    this(dataSource, LONGEST_HALT);
  }

  /// @param longestHalt how long a process that was stopped in the middle of a transaction may hold
  ///   up the others until Postgres ends that
  JdbcPostgres(DataSource dataSource, Duration longestHalt) {
    this.dataSource = dataSource;
    this.moveOn =
        "set_config('idle_in_transaction_session_timeout', '%dms', true)"
            .formatted(longestHalt.toMillis());
  }

  @Override
  public void migrate(JdbcSchema tables) throws SQLException {
    JdbcMigration.run(dataSource, tables, "postgres", "stoker");
  }

  @Override
  public Connection connectToWrite() throws SQLException {
    var connection = connect();
    try {
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public JdbcConnection borrowToRead() throws SQLException {
    return new JdbcConnection(connect(), this);
  }

  private Connection connect() throws SQLException {
    var connection = dataSource.getConnection();
    try {
      connection.setNetworkTimeout(Runnable::run, NETWORK_MILLIS);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public void giveBack(JdbcConnection link, boolean usable) {
    try {
      link.close();
    } catch (SQLException e) {
      LOG.debug("A connection could not be closed", e);
    }
  }

  @Override
  public String adapt(String sql) {
    return sql;
  }

  @Override
  public String today() {
    return "((extract(epoch FROM clock_timestamp())::bigint / 86400)::integer)";
  }

  @Override
  public String lockingRow() {
    return " FOR KEY SHARE";
  }

  @Override
  public boolean hasOneWriter() {
    return false;
  }

  @Override
  public boolean hasOneConnection() {
    return false;
  }

  @Override
  public void begin(JdbcConnection link, @Nullable String lock) throws SQLException {
    var locking = lock == null ? "" : " FROM " + lock + " FOR UPDATE";
    var _ = link.first("SELECT " + moveOn + locking, row -> row.getString(1));
  }

  /// Classes of SQLSTATE are listed in the PostgreSQL manual, appendix A.
  private static String state(SQLException caught) {
    return String.valueOf(driver(caught).getSQLState());
  }

  /// What the driver said, where a pool wraps it.
  private static SQLException driver(SQLException caught) {
    return caught.getCause() instanceof SQLException driver ? driver : caught;
  }

  @Override
  public boolean broken(SQLException e) {
    var state = state(e);
    return state.startsWith("08")
        || state.startsWith("57P")
        || state.startsWith("28")
        || state.equals("25P03")
        || state.equals("null");
  }

  @Override
  public boolean passing(SQLException e) {
    return switch (state(e)) {
      case "40001", "40P01", "55P03" -> true;
      default -> false;
    };
  }

  @Override
  public StokerException trouble(String wanted, SQLException e) {
    var state = state(e);
    return switch (state) {
      case "42501" -> refused(wanted, "Let the role create and write the schema stoker", e);
      case "25006" -> refused(wanted, "Use the primary, not a read-only replica", e);
      case "53100" -> unreachable(wanted, "Make room on its disk; nothing was changed", e);
      case "53300" -> unreachable(wanted, "Raise max_connections or use a pool", e);
      default ->
          switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "28", "3D" -> refused(wanted, "Check user, password and database", e);
            case "0A", "22", "23", "42", "3F", "XX" ->
                refused(wanted, "Check the schema stoker and the server's log", e);
            default -> unreachable(wanted, "Check that Postgres runs and can be reached", e);
          };
    };
  }

  private static StokerException refused(String wanted, String advice, SQLException e) {
    return new StokerException(
        Code.SOURCE_REFUSED,
        "Postgres refused to " + wanted + ": " + JdbcMigration.oneLine(driver(e)) + ". " + advice,
        e);
  }

  private static StokerException unreachable(String wanted, String advice, SQLException e) {
    return new StokerException(
        Code.SOURCE_UNREACHABLE,
        "Postgres could not " + wanted + ": " + JdbcMigration.oneLine(driver(e)) + ". " + advice,
        e);
  }

  @Override
  public void close() {
    // Readers' connections go back at once.
  }
}
