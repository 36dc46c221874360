package io.stoker.prompts;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.prompts.policy.LearnedCounts;
import io.stoker.state.jdbc.JdbcConnection;
import io.stoker.state.jdbc.JdbcSchema;
import io.stoker.state.jdbc.JdbcStateDatabase;
import io.stoker.state.jdbc.JdbcTransactions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A [PromptStore] in an SQL database. Thread-safe.
///
/// Concurrent writes share a transaction. In Postgres, several processes can share the store, with
/// one owner per conversation.
final class JdbcPromptStore implements PromptStore {

  private static final JdbcSchema TABLES = new JdbcSchema("prompts", null);
  private static final int PAGE = 2000;

  /// Instead of a number: the history is being deleted.
  private static final long DELETED = -1;

  /// More days than any conversation is old.
  private static final int EVER = 1_000_000;

  private static final String COUNT =
      "SELECT count(*) FROM (SELECT 1 FROM stoker.conversation %s LIMIT ?) AS counted";

  private static final String ALL = " WHERE id > ? ORDER BY id LIMIT ?";
  private static final String ENABLED = " WHERE enabled AND id > ? ORDER BY id LIMIT ?";

  private final JdbcTransactions database;
  private final JdbcLedger ledger;
  private final PromptLeases leases;

  private JdbcPromptStore(JdbcTransactions database) {
    this.database = database;
    this.ledger = new JdbcLedger(database);
    this.leases =
        database.writesConcurrently() ? new JdbcLeases(database) : new SingleNodeLeases(this);
  }

  /// A store in a shared database.
  static JdbcPromptStore on(JdbcStateDatabase state) {
    return new JdbcPromptStore(state.open(TABLES));
  }

  /// A store in a database of its own.
  static JdbcPromptStore inMemory() {
    return new JdbcPromptStore(JdbcStateDatabase.inMemory().openAlone(TABLES));
  }

  @Override
  public Optional<Conversation> find(String id) {
    return database.read(
        "read conversation " + id,
        connection ->
            connection.first(
                JdbcConversations.SELECT + " WHERE id = ?",
                JdbcConversations::of,
                JdbcPromptText.encode(id)));
  }

  @Override
  public void save(Conversation conversation, List<LedgerEntry> lines) {
    save(conversation, lines, true);
  }

  @Override
  public void update(Conversation conversation, List<LedgerEntry> lines) {
    save(conversation, lines, false);
  }

  private void save(Conversation conversation, List<LedgerEntry> lines, boolean mayInsert) {
    var saved =
        database.writeConcurrently(
            "save conversation " + conversation.id(),
            connection -> {
              var part = JdbcConversations.save(connection, conversation, owner(), mayInsert);
              JdbcLedger.add(connection, lines, part);
              return part;
            });
    if (saved.isRefused()) {
      throw new ConversationTakenException(conversation.id());
    }
  }

  private String owner() {
    return leases instanceof JdbcLeases shared ? shared.node() : "";
  }

  @Override
  public void add(List<LedgerEntry> lines) {
    var _ =
        database.writeConcurrently(
            "add to the ledger",
            connection -> {
              JdbcLedger.add(connection, lines, null);
              return lines;
            });
  }

  @Override
  public PromptLeases leases() {
    return leases;
  }

  @Override
  public PromptLedger ledger() {
    return ledger;
  }

  @Override
  public void saveLearned(List<LearnedCounts> parts) {
    var _ =
        database.writeConcurrently(
            "save the policy", connection -> JdbcLearnedCounts.save(connection, parts));
  }

  @Override
  public List<LearnedCounts> learned() {
    return database.read("read the policy", JdbcLearnedCounts::all);
  }

  @Override
  public void visitEnabled(Consumer<Conversation> visitor) {
    @Nullable String after = null;
    do {
      var page = list(true, PAGE, after);
      page.forEach(visitor);
      after = page.size() < PAGE ? null : page.getLast().id();
    } while (after != null);
  }

  @Override
  public List<Conversation> list(boolean onlyEnabled, int limit, @Nullable String after) {
    return database.read(
        "list the conversations",
        connection ->
            connection.list(
                JdbcConversations.SELECT + (onlyEnabled ? ENABLED : ALL),
                JdbcConversations::of,
                after == null ? "" : JdbcPromptText.encode(after),
                limit));
  }

  @Override
  public long append(String id, List<Message> messages, @Nullable TurnMetrics metrics) {
    var bodies = bodies(messages);
    var turn = metrics == null ? null : JdbcPromptText.encode(PromptJson.of(metrics));
    long newest =
        database.writeConcurrently(
            "append to conversation " + id,
            connection -> append(connection, JdbcPromptText.encode(id), messages, bodies, turn));
    if (newest == DELETED) {
      throw new StokerException(
          Code.SOURCE_REFUSED,
          "Conversation " + id + " is being deleted. Try again when that is done",
          null);
    }
    return newest;
  }

  @Override
  public boolean appendTurn(String id, List<Message> messages, TurnMetrics metrics) {
    var bodies = bodies(messages);
    var turn = JdbcPromptText.encode(PromptJson.of(metrics));
    var key = JdbcPromptText.encode(id);
    return database.writeConcurrently(
        "append to conversation " + id,
        connection ->
            isKept(connection, key) && append(connection, key, messages, bodies, turn) != DELETED);
  }

  private static boolean isKept(JdbcConnection connection, String id) throws SQLException {
    return connection
        .first(
            "SELECT id FROM stoker.conversation WHERE id = ?" + connection.dialect().lockingRow(),
            row -> row.getString(1),
            id)
        .isPresent();
  }

  private static List<String> bodies(List<Message> messages) {
    return messages.stream()
        .map(each -> JdbcPromptText.encode(PromptJson.of(each.part())))
        .toList();
  }

  private static long append(
      JdbcConnection connection,
      String id,
      List<Message> messages,
      List<String> bodies,
      @Nullable String turn)
      throws SQLException {
    var counted =
        connection.first(
            """
            INSERT INTO stoker.history AS h (conversation_id, newest, characters) VALUES (?, ?, ?)
            ON CONFLICT (conversation_id) DO UPDATE
               SET newest = h.newest + excluded.newest,
                   characters = h.characters + excluded.characters
             WHERE NOT h.deleted
            RETURNING newest
            """,
            row -> row.getLong(1),
            id,
            messages.size(),
            bodies.stream().mapToLong(String::length).sum());
    if (counted.isEmpty()) {
      return DELETED;
    }
    long newest = counted.get();
    var chunks = new ArrayList<@Nullable Object[]>(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      int role = JdbcConversations.ROLES.code(messages.get(i).role());
      long seq = newest - messages.size() + i + 1;
      chunks.add(new @Nullable Object[] {id, seq, role, bodies.get(i)});
    }
    var _ =
        connection.batch(
            "INSERT INTO stoker.chunk (conversation_id, seq, role, body) VALUES (?, ?, ?, ?)",
            chunks);
    if (turn != null) {
      connection.update("INSERT INTO stoker.turn (conversation_id, body) VALUES (?, ?)", id, turn);
    }
    return newest;
  }

  @Override
  public HistorySize size(String id) {
    return database.read(
        "read the size of conversation " + id,
        connection ->
            connection
                .first(
                    """
                    SELECT newest, characters FROM stoker.history
                     WHERE conversation_id = ? AND NOT deleted
                    """,
                    row -> new HistorySize(row.getLong(1), row.getLong(2)),
                    JdbcPromptText.encode(id))
                .orElse(HistorySize.NONE));
  }

  @Override
  public long count(@Nullable String tenant, long max) {
    return database.read(
        "count the conversations",
        connection ->
            tenant == null
                ? connection.number(COUNT.formatted(""), max)
                : connection.number(
                    COUNT.formatted("WHERE tenant = ?"), JdbcPromptText.encode(tenant), max));
  }

  @Override
  public boolean delete(String id) {
    var key = JdbcPromptText.encode(id);
    var action = "delete conversation " + id;
    var begun =
        database.writeConcurrently(
            action, connection -> JdbcDeletion.begin(connection, key, owner()));
    if (begun == JdbcDeletion.Outcome.TAKEN) {
      throw new ConversationTakenException(id);
    }
    long removed = 0;
    int step;
    do {
      step = database.writeConcurrently(action, connection -> JdbcDeletion.some(connection, key));
      removed += step;
    } while (step > 0);
    return removed > 0 || begun == JdbcDeletion.Outcome.MARKED;
  }

  @Override
  public List<String> deletable(@Nullable Integer unusedDays, int limit) {
    return database.read(
        "find unused conversations",
        connection ->
            JdbcDeletion.deletable(connection, unusedDays == null ? EVER : unusedDays, limit));
  }

  @Override
  public List<StoredHistoryPart> history(String id, long after) {
    return database.read(
        "read the history of conversation " + id,
        connection ->
            connection.list(
                """
                SELECT seq, role, body FROM stoker.chunk
                 WHERE conversation_id = ? AND seq > ?
                   AND NOT EXISTS (SELECT 1 FROM stoker.history AS h
                                    WHERE h.conversation_id = chunk.conversation_id AND h.deleted)
                 ORDER BY seq
                """,
                JdbcPromptStore::part,
                JdbcPromptText.encode(id),
                after));
  }

  private static StoredHistoryPart part(ResultSet row) throws SQLException {
    return new StoredHistoryPart(
        row.getLong(1),
        JdbcConversations.ROLES.value(row.getInt(2)),
        PromptJson.part(JdbcPromptText.decode(row.getString(3))));
  }

  @Override
  public List<TurnMetrics> metrics(String id) {
    return database.read(
        "read the metrics of conversation " + id,
        connection ->
            connection.list(
                "SELECT body FROM stoker.turn WHERE conversation_id = ? ORDER BY id",
                row -> PromptJson.metrics(JdbcPromptText.decode(row.getString(1))),
                JdbcPromptText.encode(id)));
  }

  @Override
  public void record(WarmRecord warm) {
    var _ =
        database.writeConcurrently(
            "record a warm of conversation " + warm.conversationId(),
            connection -> {
              JdbcWarms.record(connection, warm);
              return warm;
            });
  }

  @Override
  public List<WarmRecord> warms(String id, int limit) {
    return database.read(
        "read the warms of conversation " + id,
        connection -> JdbcWarms.last(connection, id, limit));
  }

  JdbcTransactions database() {
    return database;
  }

  @Override
  public void close() {
    database.close();
  }
}
