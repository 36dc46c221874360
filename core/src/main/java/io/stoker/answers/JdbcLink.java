package io.stoker.answers;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A connection with the statements it has prepared, and the events that its transaction adds to
/// the log. Confined to whoever has it in hand.
final class JdbcLink implements AutoCloseable {

  private static final long MICROS = 1_000_000;

  private final Connection connection;
  private final JdbcDialect dialect;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private final List<AnswerEvent> events = new ArrayList<>();

  JdbcLink(Connection connection, JdbcDialect dialect) {
    this.connection = connection;
    this.dialect = dialect;
  }

  Connection connection() {
    return connection;
  }

  /// Notes an event, which gets its number at the end of the transaction.
  void tell(AnswerEvent.Kind kind, long batch, long query) {
    events.add(new AnswerEvent(0, batch, kind, query));
  }

  /// Writes the events that were noted, numbered from after `newest`, and commits.
  void commit(long newest) throws SQLException {
    if (!events.isEmpty()) {
      dialect.log(this, newest, events);
      update("UPDATE stoker.counter SET value = ? WHERE name = 'log'", newest + events.size());
    }
    connection.commit();
    events.clear();
  }

  /// Undoes the transaction, and forgets its statements: SQLite's driver closes one that failed.
  void rollback() throws SQLException {
    events.clear();
    for (var statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
    connection.rollback();
  }

  /// Changes rows, and tells how many.
  int update(String sql, @Nullable Object... values) throws SQLException {
    return bind(sql, values).executeUpdate();
  }

  /// Changes rows with each set of values, and tells how many with each.
  int[] batch(String sql, List<@Nullable Object[]> values) throws SQLException {
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

  <T> List<T> list(String sql, Row<T> row, @Nullable Object... values) throws SQLException {
    var all = new ArrayList<T>();
    try (var rows = bind(sql, values).executeQuery()) {
      while (rows.next()) {
        all.add(row.of(rows));
      }
    }
    return all;
  }

  <T> Optional<T> first(String sql, Row<T> row, @Nullable Object... values) throws SQLException {
    return list(sql, row, values).stream().findFirst();
  }

  /// The first `limit` rows, and where to go on if there are more.
  ///
  /// @param sql ends with `LIMIT ?`, whose value comes by itself
  <T> Page<T> page(
      int limit, ToLongFunction<T> key, String sql, Row<T> row, @Nullable Object... values)
      throws SQLException {
    var withLimit = Arrays.copyOf(values, values.length + 1);
    withLimit[values.length] = limit + 1;
    var items = list(sql, row, withLimit);
    if (items.size() <= limit) {
      return new Page<>(items, null);
    }
    var some = items.subList(0, limit);
    return new Page<>(some, key.applyAsLong(some.getLast()));
  }

  /// The number in the only row; 0 if it is null or there is none.
  long number(String sql, @Nullable Object... values) throws SQLException {
    return first(sql, rows -> rows.getLong(1), values).orElse(0L);
  }

  PreparedStatement prepare(String sql) throws SQLException {
    var statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(dialect.adapt(sql));
      prepared.put(sql, statement);
    }
    return statement;
  }

  static long micros(Instant instant) {
    return instant.getEpochSecond() * MICROS + TimeUnit.NANOSECONDS.toMicros(instant.getNano());
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS),
        TimeUnit.MICROSECONDS.toNanos(Math.floorMod(micros, MICROS)));
  }

  static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
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
  interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }
}
