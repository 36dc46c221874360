package io.stoker.sessions;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.Time;
import io.stoker.WarmOutcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/// A session source that reads Postgres by binary COPY. Thread-safe.
final class JdbcSessionSource implements SessionSource {

  private static final int SAMPLE = 100;
  private static final Duration LOOK_UP = Duration.ofSeconds(1);
  private static final Duration COUNT = Duration.ofMinutes(1);
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private final DataSource dataSource;
  private final SessionMapping mapping;
  private final SessionSql sql;
  private final Time time;
  private volatile @Nullable List<SourceColumn> described;

  JdbcSessionSource(DataSource dataSource, SessionMapping mapping, Time time) {
    this.dataSource = dataSource;
    this.mapping = mapping;
    this.sql = new SessionSql(mapping);
    this.time = time;
  }

  @Override
  public SessionCursor read(SessionQuery query, Fence fence) {
    return JdbcSessionCursor.start(this, query, fence, time);
  }

  @Override
  public SessionChunk find(SessionKey key, Fence fence) {
    return inTransaction(
        "look up a session",
        connection -> {
          var now = set(connection, Duration.ZERO, 1, 1, key.name(), LOOK_UP);
          var columns = described;
          if (columns == null) {
            columns = describe(connection);
            described = columns;
          }
          return one(connection, mapper(columns, fence), now);
        });
  }

  /// An unreadable row is returned in the chunk rather than thrown, since the database itself is
  /// fine.
  private SessionChunk one(Connection connection, RowMapper mapper, Instant now)
      throws SQLException {
    var entries = new ArrayList<SessionEntry>(1);
    var unreadable = new ArrayList<WarmOutcome.Failed>(1);
    try (var row = copy(connection, sql.one(mapper.selected()))) {
      while (row.next()) {
        try {
          entries.add(mapper.map(row));
        } catch (UnreadableRowException e) {
          unreadable.add(new WarmOutcome.Failed(e.reason(), false));
        }
      }
    } catch (SQLException e) {
      unreadable.add(SourceErrors.unreadable(e).orElseThrow(() -> e));
    }
    return new SessionChunk(entries, unreadable, now);
  }

  @Override
  public SessionEstimate estimate(SessionQuery query) {
    return inTransaction(
        "count the sessions",
        connection -> {
          set(connection, query.activeWithin(), SAMPLE, query.limit(), "", COUNT);
          var columns = describe(connection);
          long eligible = number(connection, sql.count());
          if (eligible == 0) {
            requireVisible(connection);
          }
          return new SessionEstimate(
              eligible, Math.min(eligible, query.limit()), averageBytes(connection, columns));
        });
  }

  /// Sets what the statements of a run need, and returns the source's clock.
  Instant begin(Connection connection, SessionQuery query) throws SQLException {
    // The run checks its deadline itself; the statement timeout is a fallback.
    var longest = query.deadline().plus(MARGIN);
    return set(connection, query.activeWithin(), query.hottest(), query.limit(), "", longest);
  }

  /// Sets the bounds of the second phase: the sessions that were active before `to`.
  SessionSql.Bounds boundBulk(Connection connection, SessionQuery query, Instant to)
      throws SQLException {
    set(connection, SessionSql.TO, to.toString());
    // Counting is several times cheaper than sorting, and usually enough.
    boolean all =
        query.limit() == SessionPlan.ALL || number(connection, sql.count()) <= query.limit();
    try (var statement = connection.createStatement()) {
      statement.execute(all ? SessionSql.boundByWindow() : sql.boundWithinLimit());
      try (var bounds = statement.executeQuery(SessionSql.BOUNDS)) {
        bounds.next();
        return new SessionSql.Bounds(bounds.getString(1), bounds.getString(2));
      }
    }
  }

  /// Sets how many sessions the last statement reads to reach the limit.
  void boundLast(Connection connection, long rest) throws SQLException {
    set(connection, SessionSql.REST, Long.toString(rest));
  }

  /// The number of sessions without an activity, up to `rest`: they have no place in the order.
  long withoutActivity(Connection connection, long rest) throws SQLException {
    boundLast(connection, rest);
    return number(connection, sql.countWithoutActivity());
  }

  SessionSql sql() {
    return sql;
  }

  RowMapper mapper(List<SourceColumn> columns, Fence fence) {
    return switch (mapping.layout()) {
      case TOKENS -> new TokenRowMapper(columns, fence);
      case SPRING_SESSION -> new SpringSessionRowMapper(columns);
    };
  }

  /// A connection in a read-only transaction on one snapshot.
  ///
  /// Nothing here outlives a transaction: behind PgBouncer the next one may be on another
  /// connection, and what was set for a session reaches other clients.
  Connection connect() throws SQLException {
    var connection = dataSource.getConnection();
    try {
      // In this order, the driver sends nothing of its own.
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      try (var statement = connection.createStatement()) {
        statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /// The mapping's columns, after checking their names and types.
  List<SourceColumn> describe(Connection connection) throws SQLException {
    var columns = new ArrayList<SourceColumn>();
    var encoding = connection.unwrap(PGConnection.class).getParameterStatus("server_encoding");
    boolean anyBytes = "SQL_ASCII".equals(encoding);
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql.describe())) {
      var about = rows.getMetaData();
      for (int i = 1; i <= about.getColumnCount(); i++) {
        columns.add(
            new SourceColumn(about.getColumnLabel(i), about.getColumnTypeName(i), anyBytes));
      }
    }
    MappingRules.check(mapping, columns);
    return columns;
  }

  static CopyRow copy(Connection connection, String sql) throws SQLException {
    return new CopyRow(connection, connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql));
  }

  /// Distinguishes "nothing is eligible" from "row-level security hides everything": with
  /// `row_security` off, Postgres rejects a query that a policy would filter.
  void requireVisible(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      try (var anything = statement.executeQuery(sql.any())) {
        if (anything.next()) {
          return;
        }
      }
      statement.execute("SET LOCAL row_security = off");
      statement.execute(sql.any());
    } catch (SQLException e) {
      if (!"42501".equals(e.getSQLState())) {
        throw e;
      }
      rollback(connection);
      throw new StokerException(
          Code.SOURCE_REFUSED,
          "Postgres shows no sessions because row-level security filters what this role may see"
              + protectedTables(connection)
              + ". Warm with a role that has BYPASSRLS, or add a policy for this one",
          e);
    }
  }

  private String protectedTables(Connection connection) throws SQLException {
    var ask =
        """
        SELECT string_agg(format('%s, about %s rows', oid::regclass,
                                 CASE WHEN reltuples < 0 THEN 'an unknown number of'
                                      ELSE reltuples::bigint::text END), '; ')
          FROM pg_class
         WHERE relkind IN ('r', 'p') AND row_security_active(oid)
           AND position(lower(relname::text) IN lower(?)) > 0
        """;
    try (var statement = prepare(connection, ask)) {
      statement.setString(1, mapping.sql());
      try (var rows = statement.executeQuery()) {
        rows.next();
        var tables = rows.getString(1);
        return tables == null ? "" : " (" + tables + ")";
      }
    }
  }

  private static void set(Connection connection, String sql, String value) throws SQLException {
    try (var statement = prepare(connection, sql)) {
      statement.setString(1, value);
      statement.execute();
    }
  }

  /// A statement that never gets a name in Postgres, where it would belong to a session.
  private static PreparedStatement prepare(Connection connection, String sql) throws SQLException {
    var statement = connection.prepareStatement(sql);
    try {
      statement.unwrap(PGStatement.class).setPrepareThreshold(0);
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  private Instant set(
      Connection connection,
      Duration window,
      long hottest,
      long limit,
      String key,
      Duration longest)
      throws SQLException {
    try (var statement = prepare(connection, SessionSql.SETTINGS)) {
      statement.setDouble(1, window.toMillis() / 1000.0);
      statement.setString(2, Long.toString(hottest));
      statement.setString(3, Long.toString(limit));
      statement.setString(4, key);
      statement.setString(5, Long.toString(Math.max(1, longest.toMillis())));
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getTimestamp(1).toInstant();
      }
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private long averageBytes(Connection connection, List<SourceColumn> columns) throws SQLException {
    var mapper = mapper(columns, Fence.FIRST);
    long bytes = 0;
    long entries = 0;
    try (var row = copy(connection, sql.hottest(mapper.selected()))) {
      while (row.next()) {
        try {
          bytes += mapper.map(row).value().length;
          entries++;
        } catch (UnreadableRowException _) {
          // Not warmed, so it takes no memory.
        }
      }
    }
    return entries == 0 ? 0 : bytes / entries;
  }

  private <T> T inTransaction(String action, Work<T> work) {
    try (var connection = connect();
        Rollback _ = () -> rollback(connection)) {
      return work.on(connection);
    } catch (SQLException e) {
      described = null;
      throw SourceErrors.of(action, e);
    }
  }

  /// Ends a transaction, also one that has failed. The driver's own method would send a statement
  /// with a name, which then belongs to a session.
  static void rollback(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("ROLLBACK");
    }
  }

  /// Ends a read-only transaction.
  interface Rollback extends AutoCloseable {
    @Override
    void close() throws SQLException;
  }

  /// Work with a connection.
  private interface Work<T> {
    T on(Connection connection) throws SQLException;
  }
}
