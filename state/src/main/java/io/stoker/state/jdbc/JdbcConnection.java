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

/// A connection with the statements it has prepared, and what its transaction gathers. Confined to
/// whoever has it in hand.
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

  /// What this connection speaks.
  public JdbcDialect dialect() {
    return dialect;
  }

  /// The driver's connection.
  public Connection driverConnection() {
    return connection;
  }

  /// What the transaction gathers of a kind, to be written together at its end.
  ///
  /// @param first makes it when it is first asked for
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

  /// Undoes the transaction, and forgets its statements: SQLite's driver closes one that failed.
  void rollback() throws SQLException {
    deferred.clear();
    for (var statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
    connection.rollback();
  }

  /// Changes rows, and tells how many.
  public int update(String sql, @Nullable Object... values) throws SQLException {
    return bind(sql, values).executeUpdate();
  }

  /// Changes rows with each set of values, and tells how many with each.
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

  /// A statement that stays prepared, and must not be closed.
  public PreparedStatement prepare(String sql) throws SQLException {
    var statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(dialect.adapt(sql));
      prepared.put(sql, statement);
    }
    return statement;
  }

  /// As it is stored: microseconds since 1970.
  public static long micros(Instant instant) {
    return instant.getEpochSecond() * MICROS + TimeUnit.NANOSECONDS.toMicros(instant.getNano());
  }

  /// As it was stored.
  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS),
        TimeUnit.MICROSECONDS.toNanos(Math.floorMod(micros, MICROS)));
  }

  /// As it was stored; null if it was.
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
        // Postgres cannot keep the character NUL in a text, and nobody misses it.
        case String text -> statement.setString(i, text.replace("\0", ""));
        default -> throw new IllegalArgumentException("cannot store a " + value.getClass());
      }
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /// Makes something of a row.
  public interface Row<T> {

    /// Makes it.
    T of(ResultSet row) throws SQLException;
  }

  /// Something that a transaction gathers.
  public interface Deferred {

    /// Writes it, at the end of the transaction.
    void write(JdbcConnection connection) throws SQLException;
  }
}
