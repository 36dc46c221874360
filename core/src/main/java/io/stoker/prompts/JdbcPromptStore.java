package io.stoker.prompts;

import io.stoker.prompts.policy.Learned;
import io.stoker.state.jdbc.JdbcDatabase;
import io.stoker.state.jdbc.JdbcLink;
import io.stoker.state.jdbc.JdbcState;
import io.stoker.state.jdbc.JdbcTables;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Conversations in an SQL database. Thread-safe.
///
/// What is saved and recorded at the same time is written together. In Postgres, several processes
/// can share it, and a conversation belongs to one of them at a time.
final class JdbcPromptStore implements PromptStore {

  private static final JdbcTables TABLES = new JdbcTables("prompts", null);
  private static final int PAGE = 2000;

  private static final String ALL = " WHERE id > ? ORDER BY id LIMIT ?";
  private static final String ENABLED = " WHERE enabled AND id > ? ORDER BY id LIMIT ?";

  private final JdbcDatabase database;
  private final JdbcLedger ledger;
  private final PromptLeases leases;

  private JdbcPromptStore(JdbcDatabase database) {
    this.database = database;
    this.ledger = new JdbcLedger(database);
    this.leases = database.writesSideBySide() ? new JdbcLeases(database) : new SoleLeases(this);
  }

  /// A store beside others in the same database.
  static JdbcPromptStore on(JdbcState state) {
    return new JdbcPromptStore(state.open(TABLES));
  }

  @Override
  public Optional<Conversation> find(String id) {
    return database.read(
        "read conversation " + id,
        link ->
            link.first(
                JdbcConversations.SELECT + " WHERE id = ?",
                JdbcConversations::of,
                JdbcPromptText.in(id)));
  }

  @Override
  public void save(Conversation conversation, List<LedgerEntry> lines) {
    var saved =
        database.writeBesides(
            "save conversation " + conversation.id(),
            link -> {
              var part = JdbcConversations.save(link, conversation, owner());
              JdbcLedgerLines.add(link, lines, part);
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
        database.writeBesides(
            "add to the ledger",
            link -> {
              JdbcLedgerLines.add(link, lines, null);
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
  public void keep(List<Learned> parts) {
    var _ = database.writeBesides("keep what was learned", link -> JdbcLearned.save(link, parts));
  }

  @Override
  public List<Learned> learned() {
    return database.read("read what was learned", JdbcLearned::all);
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
        link ->
            link.list(
                JdbcConversations.SELECT + (onlyEnabled ? ENABLED : ALL),
                JdbcConversations::of,
                after == null ? "" : JdbcPromptText.in(after),
                limit));
  }

  @Override
  public long append(String id, List<Message> messages, @Nullable TurnMetrics metrics) {
    var bodies =
        messages.stream().map(each -> JdbcPromptText.in(PromptJson.of(each.chunk()))).toList();
    var turn = metrics == null ? null : JdbcPromptText.in(PromptJson.of(metrics));
    return database.writeBesides(
        "append to conversation " + id,
        link -> append(link, JdbcPromptText.in(id), messages, bodies, turn));
  }

  private static long append(
      JdbcLink link, String id, List<Message> messages, List<String> bodies, @Nullable String turn)
      throws SQLException {
    long newest =
        link.number(
            """
            INSERT INTO stoker.history AS h (conversation_id, newest) VALUES (?, ?)
            ON CONFLICT (conversation_id) DO UPDATE SET newest = h.newest + excluded.newest
            RETURNING newest
            """,
            id,
            messages.size());
    var chunks = new ArrayList<@Nullable Object[]>(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      int role = JdbcPromptNumbers.ROLES.number(messages.get(i).role());
      long seq = newest - messages.size() + i + 1;
      chunks.add(new @Nullable Object[] {id, seq, role, bodies.get(i)});
    }
    var _ =
        link.batch(
            "INSERT INTO stoker.chunk (conversation_id, seq, role, body) VALUES (?, ?, ?, ?)",
            chunks);
    if (turn != null) {
      link.update("INSERT INTO stoker.turn (conversation_id, body) VALUES (?, ?)", id, turn);
    }
    return newest;
  }

  @Override
  public List<StoredChunk> history(String id, long after) {
    return database.read(
        "read the history of conversation " + id,
        link ->
            link.list(
                """
                SELECT seq, role, body FROM stoker.chunk
                 WHERE conversation_id = ? AND seq > ? ORDER BY seq
                """,
                JdbcPromptStore::chunk,
                JdbcPromptText.in(id),
                after));
  }

  private static StoredChunk chunk(ResultSet row) throws SQLException {
    return new StoredChunk(
        row.getLong(1),
        JdbcPromptNumbers.ROLES.at(row.getInt(2)),
        PromptJson.chunk(JdbcPromptText.out(row.getString(3))));
  }

  @Override
  public List<TurnMetrics> metrics(String id) {
    return database.read(
        "read what the turns of conversation " + id + " took",
        link ->
            link.list(
                "SELECT body FROM stoker.turn WHERE conversation_id = ? ORDER BY id",
                row -> PromptJson.metrics(JdbcPromptText.out(row.getString(1))),
                JdbcPromptText.in(id)));
  }

  @Override
  public void record(WarmRecord warm) {
    var _ =
        database.writeBesides(
            "record a warm of conversation " + warm.conversationId(),
            link -> {
              JdbcWarms.record(link, warm);
              return warm;
            });
  }

  @Override
  public List<WarmRecord> warms(String id, int limit) {
    return database.read(
        "read the warms of conversation " + id, link -> JdbcWarms.last(link, id, limit));
  }

  /// For tests.
  JdbcDatabase database() {
    return database;
  }

  @Override
  public void close() {
    database.close();
  }
}
