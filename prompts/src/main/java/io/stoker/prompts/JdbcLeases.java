package io.stoker.prompts;

import io.stoker.state.jdbc.JdbcConnection;
import io.stoker.state.jdbc.JdbcTransactions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Leases in a Postgres that several processes share. Thread-safe.
final class JdbcLeases implements PromptLeases {

  private static final int PAGE = 2000;
  private static final String NO_OWNER = "";

  /// By the database's clock, in microseconds since 1970.
  private static final String NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

  private static final String ALIVE =
      " EXISTS (SELECT FROM stoker.node WHERE id = owner AND alive_until > " + NOW + ")";

  private static final String ADOPT =
      """
      UPDATE stoker.conversation SET owner = ?, in_turn = false
       WHERE id IN (SELECT id FROM stoker.conversation
                     WHERE owner = ? AND enabled AND NOT%s
                     ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED)
      RETURNING %s
      """
          .formatted(ALIVE, JdbcConversations.COLUMNS);

  private final JdbcTransactions database;
  private final AtomicBoolean adoptedUnowned = new AtomicBoolean();
  private final AtomicBoolean hasRenewed = new AtomicBoolean();

  /// The unique id of this process.
  private volatile String node = newNodeId();

  JdbcLeases(JdbcTransactions database) {
    this.database = database;
  }

  private static String newNodeId() {
    return UUID.randomUUID().toString();
  }

  String node() {
    return node;
  }

  private record Holder(String owner, boolean alive, boolean inTurn) {}

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public boolean take(String id, boolean evenInTurn) {
    return database.writeConcurrently(
        "take conversation " + id + " over",
        connection -> take(connection, JdbcPromptText.encode(id), evenInTurn));
  }

  private boolean take(JdbcConnection connection, String id, boolean evenInTurn)
      throws SQLException {
    var holder =
        connection.first(
            "SELECT owner, in_turn," + ALIVE + " FROM stoker.conversation WHERE id = ? FOR UPDATE",
            row -> new Holder(row.getString(1), row.getBoolean(3), row.getBoolean(2)),
            id);
    if (holder.isEmpty() || holder.get().owner.equals(node)) {
      return true;
    }
    if (holder.get().alive && holder.get().inTurn && !evenInTurn) {
      return false;
    }
    connection.update(
        "UPDATE stoker.conversation SET owner = ?, in_turn = false WHERE id = ?", node, id);
    // An earlier takeover from this process no longer matters.
    connection.update("DELETE FROM stoker.taken WHERE node = ? AND conversation_id = ?", node, id);
    if (holder.get().alive) {
      connection.update(
          "INSERT INTO stoker.taken (node, conversation_id) VALUES (?, ?)", holder.get().owner, id);
    }
    return true;
  }

  @Override
  public boolean has(String id) {
    return database.read(
        "read the owner of conversation " + id,
        connection ->
            connection
                .first(
                    "SELECT owner FROM stoker.conversation WHERE id = ?",
                    row -> row.getString(1),
                    JdbcPromptText.encode(id))
                .map(node::equals)
                .orElse(true));
  }

  @Override
  public Renewal renew() {
    var renewal = database.writeConcurrently("send a heartbeat", this::renew);
    boolean lapsed = hasRenewed.getAndSet(true) && renewal.lapsed();
    return new Renewal(lapsed, renewal.taken());
  }

  private Renewal renew(JdbcConnection connection) throws SQLException {
    long lease = JdbcConversations.micros(LEASE);
    int alive =
        connection.update(
            "UPDATE stoker.node SET alive_until = "
                + NOW
                + " + ? WHERE id = ? AND alive_until > "
                + NOW,
            lease,
            node);
    if (alive == 0) {
      connection.update(
          "INSERT INTO stoker.node AS n (id, alive_until) VALUES (?, "
              + NOW
              + " + ?) ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until",
          node,
          lease);
    }
    var taken =
        connection.list(
            "DELETE FROM stoker.taken WHERE node = ? RETURNING conversation_id",
            row -> JdbcPromptText.decode(row.getString(1)),
            node);
    return new Renewal(alive == 0, taken);
  }

  @Override
  public void adopt(Consumer<Conversation> visitor) {
    var stopped =
        new ArrayList<>(
            database.read(
                "find stopped processes",
                connection ->
                    connection.list(
                        "SELECT id FROM stoker.node WHERE alive_until <= " + NOW,
                        row -> row.getString(1))));
    if (!adoptedUnowned.get()) {
      stopped.add(NO_OWNER);
    }
    for (var owner : stopped) {
      adopt(owner, visitor);
    }
    adoptedUnowned.set(true);
  }

  private void adopt(String owner, Consumer<Conversation> visitor) {
    int adopted = PAGE;
    while (adopted == PAGE) {
      var page =
          database.writeConcurrently(
              "adopt conversations",
              connection -> connection.list(ADOPT, JdbcConversations::of, node, owner, PAGE));
      page.forEach(visitor);
      adopted = page.size();
    }
    if (!owner.equals(NO_OWNER)) {
      var _ =
          database.writeConcurrently(
              "delete a stopped process", connection -> forget(connection, owner));
    }
  }

  /// Unless it is alive again, or another process is about to adopt what it still owns.
  private static int forget(JdbcConnection connection, String owner) throws SQLException {
    connection.update("DELETE FROM stoker.taken WHERE node = ?", owner);
    return connection.update(
        "DELETE FROM stoker.node WHERE id = ? AND alive_until <= "
            + NOW
            + " AND NOT EXISTS (SELECT FROM stoker.conversation WHERE owner = ? AND enabled)",
        owner,
        owner);
  }

  /// This id is not used again; its conversations are adopted as if the process had died.
  @Override
  public void release() {
    var stopped = node;
    node = newNodeId();
    hasRenewed.set(false);
    var _ =
        database.writeConcurrently(
            "release all conversations",
            connection ->
                connection.update("UPDATE stoker.node SET alive_until = 0 WHERE id = ?", stopped));
  }
}
