package io.stoker.sessions;

import io.stoker.Time;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Reads the sessions again whose rows, or whose users' rows, have changed: many in one COPY, by
/// the mapping's SELECT. Confined to one thread.
final class JdbcChangedSessions {

  /// Sets, for the current transaction, the keys and users looked for, and answers with the
  /// source's clock.
  private static final String SETTINGS =
      """
      SELECT now(),
             set_config('stoker.keys', ?, true),
             set_config('stoker.users', ?, true),
             set_config('statement_timeout', ?, true),
             set_config('jit', 'off', true)
      """;

  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

  private final Connection connection;
  private final JdbcSessionSource source;
  private final Time time;
  private final List<SourceColumn> columns;

  /// @param connection one that commits by itself, as it does again after each call
  JdbcChangedSessions(Connection connection, JdbcSessionSource source, Time time)
      throws SQLException {
    this.connection = connection;
    this.source = source;
    this.time = time;
    this.columns = source.describe(connection);
  }

  /// What was found.
  ///
  /// @param entries sessions that the mapping selects: those asked for, and those of the users
  /// @param users whose session each entry is, in the same order
  /// @param asOf the source's clock
  record Found(List<SessionEntry> entries, List<String> users, Instant asOf) {}

  /// Returns once what these transactions have changed can be read. Postgres sends a commit before
  /// it shows it to others; with synchronous replication long before.
  void awaitVisible(Collection<Integer> transactions) throws SQLException, InterruptedException {
    var pause = Duration.ofMillis(1);
    while (!isVisible(transactions)) {
      time.pause(pause);
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }
  }

  private boolean isVisible(Collection<Integer> transactions) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT pg_current_snapshot()::text")) {
      row.next();
      var snapshot = row.getString(1);
      return transactions.stream()
          .allMatch(number -> SessionFollowRules.isVisible(snapshot, number));
    }
  }

  /// Reads sessions by their keys, and others by their users.
  ///
  /// @param fence handed out before
  Found find(Collection<SessionKey> keys, Collection<String> users, Fence fence)
      throws SQLException {
    var mapper = source.mapper(columns, fence);
    var entries = new ArrayList<SessionEntry>();
    try {
      var asOf = begin(keys, users);
      if (!keys.isEmpty()) {
        read(byKey(mapper), mapper, entries);
      }
      if (!users.isEmpty()) {
        read(byUser(mapper), mapper, entries);
      }
      return found(entries, asOf);
    } catch (SQLException e) {
      if (SourceErrors.unreadable(e).isEmpty()) {
        throw e;
      }
      end();
      return findEach(keys, users, fence);
    } finally {
      end();
    }
  }

  private static Found found(List<SessionEntry> entries, Instant asOf) {
    var users = entries.stream().map(entry -> TokenJson.session(entry).userId()).toList();
    return new Found(entries, users, asOf);
  }

  /// For when a row among them cannot be read at all: one by one, so that it is only that one which
  /// is not found.
  private Found findEach(Collection<SessionKey> keys, Collection<String> users, Fence fence)
      throws SQLException {
    var entries = new ArrayList<SessionEntry>();
    var asOf = Instant.EPOCH;
    for (var key : keys) {
      asOf = findOne(List.of(key), List.of(), fence, entries);
    }
    for (var user : users) {
      asOf = findOne(List.of(), List.of(user), fence, entries);
    }
    return found(entries, asOf);
  }

  private Instant findOne(
      List<SessionKey> keys, List<String> users, Fence fence, List<SessionEntry> entries)
      throws SQLException {
    var mapper = source.mapper(columns, fence);
    try {
      var asOf = begin(keys, users);
      read(keys.isEmpty() ? byUser(mapper) : byKey(mapper), mapper, entries);
      return asOf;
    } catch (SQLException e) {
      if (SourceErrors.unreadable(e).isEmpty()) {
        throw e;
      }
      return Instant.EPOCH;
    } finally {
      end();
    }
  }

  private Instant begin(Collection<SessionKey> keys, Collection<String> users) throws SQLException {
    connection.setAutoCommit(false);
    try (var statement = connection.prepareStatement(SETTINGS)) {
      statement.setString(1, array(keys.stream().flatMap(JdbcChangedSessions::spellings)));
      statement.setString(2, array(users.stream()));
      statement.setString(3, Long.toString(LONGEST.toMillis()));
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getTimestamp(1).toInstant();
      }
    }
  }

  private void end() throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  /// The hash may be stored in letters of either case, and an index tells them apart.
  private static Stream<String> spellings(SessionKey key) {
    var name = key.name();
    return Stream.of(name, name.toUpperCase(Locale.ROOT)).distinct();
  }

  private String byKey(RowMapper mapper) {
    return source.sql().changed(mapper.selected(), "token_hash", "keys", "text");
  }

  private String byUser(RowMapper mapper) {
    var type =
        columns.stream()
            .filter(column -> column.name().equals("user_id"))
            .map(SourceColumn::type)
            .findFirst()
            .orElseThrow();
    return source.sql().changed(mapper.selected(), "user_id", "users", type);
  }

  private void read(String sql, RowMapper mapper, List<SessionEntry> entries) throws SQLException {
    try (var row = JdbcSessionSource.copy(connection, sql)) {
      while (row.next()) {
        try {
          entries.add(mapper.map(row));
        } catch (UnreadableRowException _) {
          // No look-up finds it either: it counts as not selected.
        }
      }
    }
  }

  /// Postgres' notation of an array of texts.
  private static String array(Stream<String> texts) {
    var array = new StringBuilder("{");
    texts.forEach(text -> {
      if (array.length() > 1) {
        array.append(',');
      }
      array.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    });
    return array.append('}').toString();
  }
}
