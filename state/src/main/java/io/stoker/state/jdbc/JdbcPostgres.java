package io.stoker.state.jdbc;

import io.stoker.PgBouncerErrors;
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
/// Transactions that first lock the same row are serialized and cannot deadlock. Others can, if
/// both change the same rows; then one of them is retried.
public final class JdbcPostgres implements JdbcDialect {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcPostgres.class);
  private static final int NETWORK_MILLIS = 30_000;

  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);

  private final DataSource dataSource;
  private final String setIdleTimeout;

  JdbcPostgres(DataSource dataSource) {
    this(dataSource, IDLE_TIMEOUT);
  }

  /// @param idleInTransactionTimeout how long a process that freezes in a transaction may block the
  ///   others before Postgres ends it
  JdbcPostgres(DataSource dataSource, Duration idleInTransactionTimeout) {
    this.dataSource = dataSource;
    this.setIdleTimeout =
        "set_config('idle_in_transaction_session_timeout', '%dms', true)"
            .formatted(idleInTransactionTimeout.toMillis());
  }

  @Override
  public void migrate(JdbcSchema tables) throws SQLException {
    JdbcMigration.run(dataSource, tables, "postgres", "stoker");
  }

  @Override
  public Connection openWriteConnection() throws SQLException {
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
  public JdbcConnection acquireReadConnection() throws SQLException {
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
  public void release(JdbcConnection connection, boolean usable) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("Could not close a connection", e);
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
  public boolean isSingleWriter() {
    return false;
  }

  @Override
  public boolean isSingleConnection() {
    return false;
  }

  @Override
  public void begin(JdbcConnection connection, @Nullable String lock) throws SQLException {
    var locking = lock == null ? "" : " FROM " + lock + " FOR UPDATE";
    var _ = connection.first("SELECT " + setIdleTimeout + locking, row -> row.getString(1));
  }

  /// Classes of SQLSTATE are listed in the PostgreSQL manual, appendix A.
  private static String state(SQLException caught) {
    return String.valueOf(driver(caught).getSQLState());
  }

  /// The driver's exception, which a pool may wrap.
  private static SQLException driver(SQLException caught) {
    return caught.getCause() instanceof SQLException driver ? driver : caught;
  }

  @Override
  public boolean isConnectionBroken(SQLException e) {
    var state = state(e);
    return state.startsWith("08")
        || state.startsWith("57P")
        || state.startsWith("28")
        || state.equals("25P03")
        || state.equals("null");
  }

  @Override
  public boolean isTransient(SQLException e) {
    return switch (state(e)) {
      case "40001", "40P01", "55P03" -> true;
      default -> false;
    };
  }

  @Override
  public StokerException translate(String action, SQLException e) {
    var pool = PgBouncerErrors.remedy(driver(e).getMessage());
    if (pool.isPresent()) {
      return refused(action, pool.get(), e);
    }
    var state = state(e);
    return switch (state) {
      case "42501" -> refused(action, "Let the role create and write the schema stoker", e);
      case "25006" -> refused(action, "Use the primary, not a read-only replica", e);
      case "53100" -> unreachable(action, "Free some disk space; nothing was changed", e);
      case "53300" -> unreachable(action, "Raise max_connections or use a pool", e);
      default ->
          switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "28", "3D" -> refused(action, "Check user, password and database", e);
            case "0A", "22", "23", "42", "3F", "XX" ->
                refused(action, "Check the schema stoker and the server's log", e);
            default -> unreachable(action, "Check that Postgres runs and can be reached", e);
          };
    };
  }

  private static StokerException refused(String action, String advice, SQLException e) {
    return new StokerException(
        Code.SOURCE_REFUSED,
        "Postgres refused to " + action + ": " + JdbcMigration.oneLine(driver(e)) + ". " + advice,
        e);
  }

  private static StokerException unreachable(String action, String advice, SQLException e) {
    return new StokerException(
        Code.SOURCE_UNREACHABLE,
        "Postgres could not " + action + ": " + JdbcMigration.oneLine(driver(e)) + ". " + advice,
        e);
  }

  @Override
  public void close() {
    // Readers' connections are returned after each read.
  }
}
