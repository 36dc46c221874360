package io.stoker.sessions;

import io.stoker.StokerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/// The replication slot, which keeps Postgres' log for a follower, as seen from an ordinary
/// connection. Confined to one thread.
public final class ReplicationSlot {

  private static final String NOT_FOUND = "42704";

  private final Connection connection;
  private final String name;

  /// The slot of this name, through a connection that stays open.
  ReplicationSlot(Connection connection, String name) {
    this.connection = connection;
    this.name = name;
  }

  /// How the slot is.
  ///
  /// @param active whether somebody follows
  /// @param lost whether Postgres has removed what it kept, so that the slot is of no use any more
  /// @param confirmed up to where everything is in the cache
  /// @param keptBytes how much of its log Postgres keeps for the slot
  /// @param lagBytes how much of it is not confirmed
  public record State(
      boolean active, boolean lost, long confirmed, long keptBytes, long lagBytes) {}

  /// The state of a database's slot; nothing if there is none.
  ///
  /// @throws StokerException if the database does not answer
  public static Optional<State> state(DataSource dataSource, String name) {
    try (var connection = dataSource.getConnection()) {
      return new ReplicationSlot(connection, name).state();
    } catch (SQLException e) {
      throw SourceErrors.of("say how far its slot is", e);
    }
  }

  /// The slot's state; nothing if there is none.
  Optional<State> state() throws SQLException {
    var ask =
        """
        SELECT active, coalesce(wal_status = 'lost', false),
               coalesce(confirmed_flush_lsn - '0/0'::pg_lsn, 0)::bigint,
               coalesce(pg_wal_lsn_diff(here, restart_lsn), 0)::bigint,
               coalesce(pg_wal_lsn_diff(here, confirmed_flush_lsn), 0)::bigint
          FROM pg_replication_slots,
               (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                            ELSE pg_current_wal_lsn() END AS here) AS log
         WHERE slot_name = ? AND database = current_database()
        """;
    try (var statement = connection.prepareStatement(ask)) {
      statement.setString(1, name);
      try (var row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new State(
                    row.getBoolean(1),
                    row.getBoolean(2),
                    row.getLong(3),
                    row.getLong(4),
                    Math.max(0, row.getLong(5))))
            : Optional.empty();
      }
    }
  }

  /// Makes the slot, which sees what is committed from now on. Waits for transactions that run.
  void create() throws SQLException {
    run("SELECT pg_create_logical_replication_slot(?, 'pgoutput')");
  }

  /// Removes the slot, so that Postgres keeps nothing for it any more.
  void drop() throws SQLException {
    try {
      end();
      run("SELECT pg_drop_replication_slot(?)");
    } catch (SQLException e) {
      if (!NOT_FOUND.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  /// Hangs up on whoever follows.
  void end() throws SQLException {
    run(
        """
        SELECT pg_terminate_backend(active_pid, 1000)
          FROM pg_replication_slots WHERE slot_name = ? AND active
        """);
  }

  private void run(String sql) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      statement.execute();
    }
  }
}
