package io.stoker.prompts;

import io.stoker.prompts.LedgerEntry.Kind;
import io.stoker.prompts.WarmingState.Activity;
import io.stoker.prompts.WarmingState.LastWarm;
import io.stoker.prompts.WarmingState.PauseReason;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import io.stoker.state.jdbc.JdbcConnection;
import io.stoker.state.jdbc.StoredCodes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The rows of conversations, and those that a transaction saves: only the last one of each, in one
/// batch ordered by id, so that two processes do not deadlock. Rows of another owner are left
/// unchanged.
final class JdbcConversations implements JdbcConnection.Deferred {

  static final String COLUMNS =
      """
      id, model, cwd, tenant, daily_budget, spent, saved, wasted,
      enabled, warm_every, next_warm_at, touched_at, last_warm_at, cache_percent,
      retention_percent, failures, trouble, rest, mode, why,
      idle_since, idle_stop, idle_tier, idle_prompt_tokens, idle_cached_tokens, idle_pings,
      idle_spent, idle_wrote, idle_focused, idle_settled
      """;

  static final String SELECT = "SELECT " + COLUMNS + " FROM stoker.conversation ";

  private static final String SAVE =
      """
      INSERT INTO stoker.conversation AS c
             (used_on, owner, in_turn, id, model, cwd, tenant, daily_budget, spent, saved, wasted,
              enabled, warm_every, next_warm_at, touched_at, last_warm_at, cache_percent,
              retention_percent, failures, trouble, rest, mode, why,
              idle_since, idle_stop, idle_tier, idle_prompt_tokens, idle_cached_tokens, idle_pings,
              idle_spent, idle_wrote, idle_focused, idle_settled)
      VALUES (TODAY, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE
         SET used_on = excluded.used_on, in_turn = excluded.in_turn, model = excluded.model, cwd = excluded.cwd, tenant = excluded.tenant,
             daily_budget = excluded.daily_budget, spent = excluded.spent, saved = excluded.saved,
             wasted = excluded.wasted, enabled = excluded.enabled,
             warm_every = excluded.warm_every, next_warm_at = excluded.next_warm_at,
             touched_at = excluded.touched_at, last_warm_at = excluded.last_warm_at,
             cache_percent = excluded.cache_percent,
             retention_percent = excluded.retention_percent, failures = excluded.failures,
             trouble = excluded.trouble, rest = excluded.rest, mode = excluded.mode,
             why = excluded.why, idle_since = excluded.idle_since, idle_stop = excluded.idle_stop,
             idle_tier = excluded.idle_tier, idle_prompt_tokens = excluded.idle_prompt_tokens,
             idle_cached_tokens = excluded.idle_cached_tokens,
             idle_pings = excluded.idle_pings, idle_spent = excluded.idle_spent,
             idle_wrote = excluded.idle_wrote, idle_focused = excluded.idle_focused,
             idle_settled = excluded.idle_settled
       WHERE c.owner = excluded.owner
      """;

  /// For a row that must exist.
  private static final String UPDATE =
      "UPDATE stoker.conversation SET used_on = TODAY, in_turn = ?, "
          + COLUMNS.strip().substring("id, ".length()).replace(",", " = ?,")
          + " = ? WHERE id = ? AND owner = ?";

  // The stored numbers of roles, reasons and other enums.

  static final StoredCodes<MessageRole> ROLES =
      new StoredCodes<>(
          List.of(MessageRole.SYSTEM, MessageRole.USER, MessageRole.ASSISTANT, MessageRole.TOOL));

  static final StoredCodes<PauseReason> PAUSE_REASONS =
      new StoredCodes<>(
          List.of(
              PauseReason.NONE,
              PauseReason.NOTHING_SAID,
              PauseReason.COLD,
              PauseReason.REFUSED,
              PauseReason.GAVE_UP,
              PauseReason.NOT_PINGED,
              PauseReason.NOT_WORTH_IT,
              PauseReason.TOO_SHORT,
              PauseReason.WROTE,
              PauseReason.OVER_BUDGET,
              PauseReason.SWITCHED_OFF));

  static final StoredCodes<PolicyMode> MODES =
      new StoredCodes<>(List.of(PolicyMode.INTERVAL, PolicyMode.ADAPTIVE, PolicyMode.OFF));

  static final StoredCodes<StopReason> STOPS =
      new StoredCodes<>(
          List.of(
              StopReason.END_OF_TURN,
              StopReason.TOOL_USE,
              StopReason.AWAITING_PERMISSION,
              StopReason.BACKGROUND_JOB));

  static final StoredCodes<CacheTier> TIERS =
      new StoredCodes<>(List.of(CacheTier.BRIEF, CacheTier.LASTING));

  static final StoredCodes<Kind> KINDS =
      new StoredCodes<>(List.of(Kind.TURN, Kind.PING, Kind.LEFT, Kind.REWRITE));

  private static final int OWNER = 0;
  private static final int ID = 2;

  private final TreeMap<String, @Nullable Object[]> rows = new TreeMap<>();
  private final Set<String> inserted = new HashSet<>();
  private final List<PendingSave> all = new ArrayList<>();

  /// The outcome of a save, known when its transaction has ended.
  static final class PendingSave {

    private final String id;
    private boolean refused;

    private PendingSave(String id) {
      this.id = id;
    }

    /// Whether another process owns the conversation, or it was deleted.
    boolean isRefused() {
      return refused;
    }
  }

  /// The rows that this transaction saves, before those that depend on them.
  static JdbcConversations in(JdbcConnection connection) {
    return connection.deferred(JdbcConversations.class, JdbcConversations::new);
  }

  /// @param owner the id of this process; empty if there can be no other
  /// @param mayInsert whether the row may be new
  static PendingSave save(
      JdbcConnection connection, Conversation conversation, String owner, boolean mayInsert) {
    var saved = new PendingSave(conversation.id());
    var deferred = in(connection);
    if (mayInsert) {
      deferred.inserted.add(conversation.id());
    }
    deferred.rows.put(conversation.id(), row(conversation, owner));
    deferred.all.add(saved);
    return saved;
  }

  @Override
  public void write(JdbcConnection connection) throws SQLException {
    var refused = new HashSet<String>();
    write(connection, SAVE, inserted::contains, row -> row, refused);
    write(connection, UPDATE, id -> !inserted.contains(id), JdbcConversations::forUpdate, refused);
    all.forEach(saved -> saved.refused = refused.contains(saved.id));
  }

  private void write(
      JdbcConnection connection,
      String sql,
      Predicate<String> which,
      UnaryOperator<@Nullable Object[]> values,
      Set<String> refused)
      throws SQLException {
    var ids = new ArrayList<String>(rows.size());
    var batch = new ArrayList<@Nullable Object[]>(rows.size());
    for (var row : rows.entrySet()) {
      if (which.test(row.getKey())) {
        ids.add(row.getKey());
        batch.add(values.apply(row.getValue()));
      }
    }
    if (ids.isEmpty()) {
      return;
    }
    var changed = connection.batch(sql.replace("TODAY", connection.dialect().today()), batch);
    for (int i = 0; i < changed.length; i++) {
      if (changed[i] == 0) {
        refused.add(ids.get(i));
      }
    }
  }

  /// The values of a row in the order of an update, with id and owner last.
  private static @Nullable Object[] forUpdate(@Nullable Object[] row) {
    var values = new ArrayList<@Nullable Object>(row.length);
    for (int i = 0; i < row.length; i++) {
      if (i != OWNER && i != ID) {
        values.add(row[i]);
      }
    }
    values.add(row[ID]);
    values.add(row[OWNER]);
    return values.toArray(new @Nullable Object[0]);
  }

  private static @Nullable Object[] row(Conversation conversation, String owner) {
    var warming = conversation.warming();
    var last = warming.lastWarm();
    var mode = warming.mode();
    var idle = warming.idle();
    return new @Nullable Object[] {
      owner,
      warming.activity() == Activity.GENERATING,
      JdbcPromptText.encode(conversation.id()),
      JdbcPromptText.encode(conversation.model()),
      JdbcPromptText.encode(conversation.cwd()),
      JdbcPromptText.encode(conversation.tenant()),
      conversation.dailyBudget(),
      conversation.costs().spent(),
      conversation.costs().saved(),
      conversation.costs().wasted(),
      warming.enabled(),
      micros(warming.interval()),
      warming.nextWarmAt(),
      warming.touchedAt(),
      last == null ? null : last.at(),
      last == null ? null : last.cachePercent(),
      last == null ? null : last.retentionPercent(),
      warming.failures(),
      JdbcPromptText.encode(warming.error()),
      PAUSE_REASONS.code(warming.pauseReason()),
      mode == null ? null : MODES.code(mode),
      JdbcPromptText.encode(warming.why()),
      idle == null ? null : idle.since(),
      idle == null ? null : STOPS.code(idle.stop()),
      idle == null ? null : TIERS.code(idle.tier()),
      idle == null ? null : idle.promptTokens(),
      idle == null ? null : idle.cachedTokens(),
      idle == null ? null : idle.warms(),
      idle == null ? null : idle.spent(),
      idle == null ? null : idle.wrote(),
      idle == null ? null : idle.focused(),
      idle == null ? null : idle.resolved()
    };
  }

  static Conversation of(ResultSet row) throws SQLException {
    return new Conversation(
        JdbcPromptText.decode(row.getString(1)),
        JdbcPromptText.decode(row.getString(2)),
        JdbcPromptText.decode(row.getString(3)),
        JdbcPromptText.decode(row.getString(4)),
        number(row, 5),
        new WarmingCosts(row.getLong(6), row.getLong(7), row.getLong(8)),
        new WarmingState(
            row.getBoolean(9),
            length(row.getLong(10)),
            Activity.IDLE,
            0,
            JdbcConnection.instant(row, 11),
            JdbcConnection.instant(row, 12),
            lastWarm(row, JdbcConnection.instant(row, 13)),
            row.getInt(16),
            JdbcPromptText.decode(row.getString(17)),
            PAUSE_REASONS.value(row.getInt(18)),
            CacheProfile.UNKNOWN,
            mode(row),
            idle(row, JdbcConnection.instant(row, 21)),
            JdbcPromptText.decode(row.getString(20))));
  }

  private static @Nullable LastWarm lastWarm(ResultSet row, @Nullable Instant at)
      throws SQLException {
    return at == null ? null : new LastWarm(at, row.getInt(14), row.getInt(15));
  }

  private static @Nullable PolicyMode mode(ResultSet row) throws SQLException {
    int mode = row.getInt(19);
    return row.wasNull() ? null : MODES.value(mode);
  }

  private static @Nullable IdlePeriod idle(ResultSet row, @Nullable Instant since)
      throws SQLException {
    return since == null
        ? null
        : new IdlePeriod(
            since,
            STOPS.value(row.getInt(22)),
            TIERS.value(row.getInt(23)),
            row.getLong(24),
            row.getLong(25),
            row.getInt(26),
            row.getLong(27),
            row.getBoolean(28),
            yesOrNo(row, 29),
            row.getBoolean(30));
  }

  private static @Nullable Boolean yesOrNo(ResultSet row, int column) throws SQLException {
    boolean yes = row.getBoolean(column);
    return row.wasNull() ? null : yes;
  }

  static @Nullable Long number(ResultSet row, int column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? null : number;
  }

  static long micros(Duration length) {
    return TimeUnit.MICROSECONDS.convert(length);
  }

  static Duration length(long micros) {
    return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros));
  }
}
