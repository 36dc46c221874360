package io.stoker.state.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A connection with its prepared statements and the deferred writes of its transaction. Confined
/// to one thread at a time.
public final class JdbcConnection implements AutoCloseable {

  private static final long MICROS = 1_000_000;

  private final Connection connection;
  private final JdbcDialect dialect;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private final Map<Class<?>, Deferred> deferred = new LinkedHashMap<>();

  JdbcConnection(Connection connection, JdbcDialect dialect) {
    this.connection = connection;
    this.dialect = dialect;
  }

  /// The SQL dialect.
  public JdbcDialect dialect() {
    return dialect;
  }

  /// The driver's connection.
  public Connection driverConnection() {
    return connection;
  }

  /// The deferred writes of one kind, which run together at the end of the transaction.
  ///
  /// @param first creates them on first use
  public <T extends Deferred> T deferred(Class<T> kind, Supplier<T> first) {
    return kind.cast(deferred.computeIfAbsent(kind, _ -> first.get()));
  }

  void flushDeferred() throws SQLException {
    for (var each : deferred.values()) {
      each.write(this);
    }
    deferred.clear();
  }

  void commit() throws SQLException {
    connection.commit();
  }

  /// Rolls back, and drops the prepared statements: SQLite's driver closes one that failed.
  void rollback() throws SQLException {
    deferred.clear();
    for (var statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
    connection.rollback();
  }

  /// Runs an update, and returns the number of changed rows.
  public int update(String sql, @Nullable Object... values) throws SQLException {
    return bind(sql, values).executeUpdate();
  }

  /// Runs an update with each set of values, and returns the number of changed rows for each.
  public int[] batch(String sql, List<@Nullable Object[]> values) throws SQLException {
    var statement = prepare(sql);
    try {
      for (var row : values) {
        bind(statement, row);
        statement.addBatch();
      }
      return statement.executeBatch();
    } finally {
      statement.clearBatch();
    }
  }

  /// All rows.
  public <T> List<T> list(String sql, Row<T> row, @Nullable Object... values) throws SQLException {
    var all = new ArrayList<T>();
    try (var rows = bind(sql, values).executeQuery()) {
      while (rows.next()) {
        all.add(row.of(rows));
      }
    }
    return all;
  }

  /// The first row.
  public <T> Optional<T> first(String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    return list(sql, row, values).stream().findFirst();
  }

  /// The number in the only row; 0 if it is null or there is none.
  public long number(String sql, @Nullable Object... values) throws SQLException {
    return first(sql, rows -> rows.getLong(1), values).orElse(0L);
  }

  /// A prepared statement, cached for this connection; do not close it.
  public PreparedStatement prepare(String sql) throws SQLException {
    var statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(dialect.adapt(sql));
      prepared.put(sql, statement);
    }
    return statement;
  }

  /// The stored form of an instant: microseconds since 1970.
  public static long micros(Instant instant) {
    return instant.getEpochSecond() * MICROS + TimeUnit.NANOSECONDS.toMicros(instant.getNano());
  }

  /// The instant of a stored number.
  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS),
        TimeUnit.MICROSECONDS.toNanos(Math.floorMod(micros, MICROS)));
  }

  /// The instant in a column; null if that is null.
  public static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? null : instant(micros);
  }

  private PreparedStatement bind(String sql, @Nullable Object... values) throws SQLException {
    var statement = prepare(sql);
    bind(statement, values);
    return statement;
  }

  private static void bind(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    int i = 0;
    for (var value : values) {
      i++;
      switch (value) {
        case null -> statement.setNull(i, Types.NULL);
        case Long number -> statement.setLong(i, number);
        case Integer number -> statement.setInt(i, number);
        case Double number -> statement.setDouble(i, number);
        case Boolean yes -> statement.setBoolean(i, yes);
        case Instant instant -> statement.setLong(i, micros(instant));
        // Postgres cannot store the character NUL.
        case String text -> statement.setString(i, text.replace("\0", ""));
        default -> throw new IllegalArgumentException("cannot store a " + value.getClass());
      }
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /// Maps a row to a value.
  public interface Row<T> {

    /// Maps the current row.
    T of(ResultSet row) throws SQLException;
  }

  /// Writes that are deferred to the end of their transaction.
  public interface Deferred {

    /// Runs them.
    void write(JdbcConnection connection) throws SQLException;
  }
}
