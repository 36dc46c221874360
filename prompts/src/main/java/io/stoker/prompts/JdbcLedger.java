package io.stoker.prompts;

import io.stoker.prompts.JdbcConversations.PendingSave;
import io.stoker.prompts.LedgerEntry.Kind;
import io.stoker.state.jdbc.JdbcConnection;
import io.stoker.state.jdbc.JdbcTransactions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The ledger in an SQL database, and the lines that a transaction adds. Thread-safe.
///
/// Sums are computed by the database, which fails if one exceeds 64 bits.
final class JdbcLedger implements PromptLedger {

  private static final int PAGE = 2000;
  private static final long HOUR_MICROS = JdbcConversations.micros(Duration.ofHours(1));
  private static final long DAY_MICROS = JdbcConversations.micros(Duration.ofDays(1));

  /// The columns that [#of(ResultSet)] reads.
  static final String COLUMNS =
      """
      at, conversation_id, tenant, model, kind, input_tokens, output_tokens, read_tokens,
      written_tokens, hour_tokens, cost, saved, wasted, priced, idle, pings, first_token_after
      """;

  private static final String INSERT =
      "INSERT INTO stoker.ledger ("
          + COLUMNS
          + ", provider) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  /// The same sums as [LedgerSums#of].
  private static final String SUMS =
      """
             COALESCE(sum(cost) FILTER (WHERE $PING), 0) AS spent, sum(saved), sum(wasted),
             sum(cost) FILTER (WHERE $TURN),
             count(*) FILTER (WHERE $TURN),
             count(*) FILTER (WHERE $PING),
             count(*) FILTER (WHERE $REWRITE),
             count(*) FILTER (WHERE $LEFT),
             count(*) FILTER (WHERE NOT priced AND NOT $LEFT),
             sum(read_tokens) FILTER (WHERE $PING),
             sum(written_tokens) FILTER (WHERE $PING),
             count(first_token_after) FILTER (WHERE $TURN AND $WARM),
             sum(first_token_after) FILTER (WHERE $TURN AND $WARM),
             count(first_token_after) FILTER (WHERE $TURN AND NOT $WARM),
             sum(first_token_after) FILTER (WHERE $TURN AND NOT $WARM)
        FROM stoker.ledger
      """
          .replace("$TURN", is(Kind.TURN))
          .replace("$PING", "(" + is(Kind.PING) + " OR " + is(Kind.REWRITE) + ")")
          .replace("$REWRITE", is(Kind.REWRITE))
          .replace("$LEFT", is(Kind.LEFT))
          .replace("$WARM", "(COALESCE(read_tokens, 0) > COALESCE(written_tokens, 0))");

  private static String is(Kind kind) {
    return "kind = " + JdbcConversations.KINDS.code(kind);
  }

  private final JdbcTransactions database;

  JdbcLedger(JdbcTransactions database) {
    this.database = database;
  }

  @Override
  public LedgerSums sums(Range range) {
    var lines = LineFilter.in(range);
    return database.read(
        "sum up the ledger",
        connection ->
            connection
                .list(
                    "SELECT NULL AS name, " + SUMS + lines.where,
                    JdbcLedger::sums,
                    lines.values.toArray())
                .getFirst());
  }

  @Override
  public List<Group> sumsBy(By by, Range range, int limit) {
    var lines = LineFilter.in(range);
    var groups =
        database.read(
            "sum up the ledger",
            connection ->
                connection.list(
                    "SELECT "
                        + expression(by)
                        + " AS name, "
                        + SUMS
                        + lines.where
                        + " GROUP BY "
                        + expression(by)
                        + (isTime(by) ? " ORDER BY name DESC" : " ORDER BY spent DESC, name")
                        + " LIMIT ?",
                    row -> new Group(name(by, row), sums(row)),
                    lines.with(limit)));
    return isTime(by) ? groups.reversed() : groups;
  }

  private static boolean isTime(By by) {
    return by == By.HOUR || by == By.DAY;
  }

  private static String expression(By by) {
    return switch (by) {
      case TENANT -> "tenant";
      case PROVIDER -> "provider";
      case MODEL -> "model";
      case CONVERSATION -> "conversation_id";
      case HOUR -> "at / " + HOUR_MICROS;
      case DAY -> "at / " + DAY_MICROS;
    };
  }

  private static String name(By by, ResultSet row) throws SQLException {
    return switch (by) {
      case TENANT, PROVIDER, MODEL, CONVERSATION -> JdbcPromptText.decode(row.getString(1));
      case HOUR ->
          JdbcConnection.instant(row.getLong(1) * HOUR_MICROS).atOffset(ZoneOffset.UTC).toString();
      case DAY -> LocalDate.ofEpochDay(row.getLong(1)).toString();
    };
  }

  private static LedgerSums sums(ResultSet row) throws SQLException {
    return new LedgerSums(
        new WarmingCosts(row.getLong(2), row.getLong(3), row.getLong(4)),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7),
        row.getLong(8),
        row.getLong(9),
        row.getLong(10),
        row.getLong(11),
        row.getLong(12),
        row.getLong(13),
        JdbcConversations.length(row.getLong(14)),
        row.getLong(15),
        JdbcConversations.length(row.getLong(16)));
  }

  @Override
  public void visit(Range range, Consumer<LedgerEntry> visitor) {
    var lines = LineFilter.in(range);
    @Nullable NumberedLine last = null;
    do {
      var page = page(lines, last);
      page.forEach(each -> visitor.accept(each.line));
      last = page.size() < PAGE ? null : page.getLast();
    } while (last != null);
  }

  private List<NumberedLine> page(LineFilter lines, @Nullable NumberedLine after) {
    return database.read(
        "read the ledger",
        connection ->
            connection.list(
                "SELECT "
                    + COLUMNS
                    + ", id FROM stoker.ledger"
                    + lines.where
                    + (after == null ? "" : " AND (at, id) > (?, ?)")
                    + " ORDER BY at, id LIMIT ?",
                row -> new NumberedLine(of(row), row.getLong(18)),
                after == null ? lines.with(PAGE) : lines.with(after.line.at(), after.id, PAGE)));
  }

  /// A line with its id, which orders lines of the same moment.
  private record NumberedLine(LedgerEntry line, long id) {}

  /// The condition of a range, in SQL.
  private record LineFilter(String where, List<Object> values) {

    static LineFilter in(Range range) {
      var where = new StringBuilder(" WHERE TRUE");
      var values = new ArrayList<Object>();
      only(range.from(), " AND at >= ?", where, values);
      only(range.until(), " AND at < ?", where, values);
      only(in(range.tenant()), " AND tenant = ?", where, values);
      only(in(range.provider()), " AND provider = ?", where, values);
      only(in(range.conversationId()), " AND conversation_id = ?", where, values);
      return new LineFilter(where.toString(), values);
    }

    private static void only(
        @Nullable Object value, String condition, StringBuilder where, List<Object> values) {
      if (value != null) {
        where.append(condition);
        values.add(value);
      }
    }

    private static @Nullable String in(@Nullable String text) {
      return text == null ? null : JdbcPromptText.encode(text);
    }

    Object[] with(Object... more) {
      var all = new ArrayList<>(values);
      all.addAll(List.of(more));
      return all.toArray();
    }
  }

  /// Adds lines to the ledger.
  ///
  /// @param with the save that they depend on; null for none
  static void add(JdbcConnection connection, List<LedgerEntry> lines, @Nullable PendingSave with) {
    if (!lines.isEmpty()) {
      var _ = JdbcConversations.in(connection); // writes the conversations first
      connection.deferred(NewLines.class, NewLines::new).parts.add(new LineGroup(lines, with));
    }
  }

  /// The lines that a transaction adds, in order.
  private static final class NewLines implements JdbcConnection.Deferred {

    private final List<LineGroup> parts = new ArrayList<>();

    @Override
    public void write(JdbcConnection connection) throws SQLException {
      var rows =
          parts.stream()
              .filter(LineGroup::isAccepted)
              .flatMap(part -> part.lines().stream())
              .map(JdbcLedger::row)
              .toList();
      var _ = connection.batch(INSERT, rows);
    }
  }

  /// Lines that depend on the same save.
  ///
  /// @param with null to add them in any case
  private record LineGroup(List<LedgerEntry> lines, @Nullable PendingSave with) {

    boolean isAccepted() {
      return with == null || !with.isRefused();
    }
  }

  private static @Nullable Object[] row(LedgerEntry line) {
    var usage = line.usage();
    return new @Nullable Object[] {
      line.at(),
      JdbcPromptText.encode(line.conversationId()),
      JdbcPromptText.encode(line.tenant()),
      JdbcPromptText.encode(line.model()),
      JdbcConversations.KINDS.code(line.kind()),
      usage.inputTokens(),
      usage.outputTokens(),
      usage.cacheReadTokens(),
      usage.cacheWriteTokens(),
      usage.hourWriteTokens(),
      line.cost(),
      line.saved(),
      line.wasted(),
      line.priced(),
      micros(line.idle()),
      line.warms(),
      micros(line.timeToFirstToken()),
      JdbcPromptText.encode(line.provider())
    };
  }

  private static @Nullable Long micros(@Nullable Duration length) {
    return length == null ? null : Long.valueOf(JdbcConversations.micros(length));
  }

  static LedgerEntry of(ResultSet row) throws SQLException {
    return new LedgerEntry(
        JdbcConnection.instant(row.getLong(1)),
        JdbcPromptText.decode(row.getString(2)),
        JdbcPromptText.decode(row.getString(3)),
        JdbcPromptText.decode(row.getString(4)),
        JdbcConversations.KINDS.value(row.getInt(5)),
        new Usage(
            row.getLong(6),
            row.getLong(7),
            JdbcConversations.number(row, 8),
            JdbcConversations.number(row, 9),
            row.getLong(10)),
        row.getLong(11),
        row.getLong(12),
        row.getLong(13),
        row.getBoolean(14),
        length(row, 15),
        row.getInt(16),
        length(row, 17));
  }

  private static @Nullable Duration length(ResultSet row, int column) throws SQLException {
    var micros = JdbcConversations.number(row, column);
    return micros == null ? null : JdbcConversations.length(micros);
  }
}
