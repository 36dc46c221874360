package io.stoker.answers;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Postgres, shared by any number of processes. Thread-safe.
///
/// All transactions that write, but for those that only claim, first lock the row that has the
/// newest event's number. So events become visible in the order of their numbers, and no two of
/// these transactions can be in a deadlock.
final class JdbcPostgres implements JdbcDialect {

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
  public void migrate() throws SQLException {
    JdbcMigration.run(dataSource, "postgres", "stoker");
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
  public JdbcLink borrowToRead() throws SQLException {
    return new JdbcLink(connect(), this);
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
  public void giveBack(JdbcLink link, boolean usable) {
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
  public long begin(JdbcLink link) throws SQLException {
    return link.number(
        "SELECT value, " + moveOn + " FROM stoker.counter WHERE name = 'log' FOR UPDATE");
  }

  @Override
  public void beginToClaim(JdbcLink link) throws SQLException {
    var _ = link.first("SELECT " + moveOn, row -> row.getString(1));
  }

  @Override
  public boolean claimsSideBySide() {
    return true;
  }

  @Override
  public void insert(JdbcLink link, long batch, int position, List<JdbcWordings> questions)
      throws SQLException {
    var insert =
        link.prepare(
            """
            INSERT INTO stoker.query (batch_id, position, question, aliases)
            SELECT ?, ? + q.place - 1, q.question, q.aliases
              FROM unnest(?, ?) WITH ORDINALITY AS q (question, aliases, place)
             ORDER BY q.place
            """);
    insert.setLong(1, batch);
    insert.setInt(2, position);
    insert.setArray(3, texts(link, questions.stream().map(JdbcWordings::question)));
    insert.setArray(4, texts(link, questions.stream().map(JdbcWordings::aliases)));
    insert.executeUpdate();
  }

  @Override
  public void log(JdbcLink link, long newest, List<AnswerEvent> events) throws SQLException {
    var insert =
        link.prepare(
            """
            INSERT INTO stoker.event (id, batch_id, kind, query_id)
            SELECT ? + e.place, e.batch_id, e.kind, e.query_id
              FROM unnest(?, ?, ?) WITH ORDINALITY AS e (batch_id, kind, query_id, place)
            """);
    insert.setLong(1, newest);
    insert.setArray(2, longs(link, events.stream().map(AnswerEvent::batchId)));
    insert.setArray(3, shorts(link, events.stream().map(event -> JdbcNumbers.of(event.kind()))));
    insert.setArray(4, longs(link, events.stream().map(AnswerEvent::queryId)));
    insert.executeUpdate();
  }

  @Override
  public boolean[] settle(JdbcLink link, List<Settled> all) throws SQLException {
    // Of two that settle the same claim, the first is to count, but one statement takes any.
    var places = new LinkedHashMap<List<Long>, Integer>();
    for (int i = 0; i < all.size(); i++) {
      places.putIfAbsent(List.of(all.get(i).id(), all.get(i).token()), i);
    }
    var settled = places.values().stream().map(all::get).toList();
    var update =
        link.prepare(
            """
            UPDATE stoker.query q
               SET state = s.state, outcome = s.outcome, detail = s.detail,
                   attempts = q.attempts + s.tries, not_before = s.not_before,
                   ended_at = s.ended_at, lease_ends = NULL
              FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                AS s (id, token, state, outcome, detail, tries, not_before, ended_at, place)
             WHERE q.id = s.id AND q.token = s.token AND q.state = 1
            RETURNING s.place
            """);
    update.setArray(1, longs(link, settled.stream().map(Settled::id)));
    update.setArray(2, longs(link, settled.stream().map(Settled::token)));
    update.setArray(3, shorts(link, settled.stream().map(one -> JdbcNumbers.of(one.state()))));
    update.setArray(4, shorts(link, settled.stream().map(JdbcPostgres::outcome)));
    update.setArray(5, texts(link, settled.stream().map(Settled::detail)));
    update.setArray(6, shorts(link, settled.stream().map(Settled::tries)));
    update.setArray(7, longs(link, settled.stream().map(one -> micros(one.notBefore()))));
    update.setArray(8, longs(link, settled.stream().map(one -> micros(one.endedAt()))));
    update.setArray(9, longs(link, places.values().stream().map(Integer::longValue)));
    var ours = new boolean[all.size()];
    try (var rows = update.executeQuery()) {
      while (rows.next()) {
        ours[rows.getInt(1)] = true;
      }
    }
    return ours;
  }

  private static @Nullable Integer outcome(Settled one) {
    return one.outcome() == null ? null : JdbcNumbers.of(one.outcome());
  }

  private static @Nullable Long micros(@Nullable Instant instant) {
    return instant == null ? null : JdbcLink.micros(instant);
  }

  private static Array longs(JdbcLink link, Stream<? extends @Nullable Long> numbers)
      throws SQLException {
    return link.connection().createArrayOf("int8", numbers.toArray(Long[]::new));
  }

  private static Array shorts(JdbcLink link, Stream<? extends @Nullable Integer> numbers)
      throws SQLException {
    return link.connection()
        .createArrayOf(
            "int2",
            numbers.map(one -> one == null ? null : one.shortValue()).toArray(Short[]::new));
  }

  private static Array texts(JdbcLink link, Stream<? extends @Nullable String> texts)
      throws SQLException {
    return link.connection()
        .createArrayOf(
            "text", texts.map(text -> text == null ? null : text.replace("\0", "")).toArray());
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
