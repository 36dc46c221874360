package io.stoker.answers;

import io.stoker.Time;
import io.stoker.state.jdbc.JdbcStateDatabase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The store in an SQL database: wires the `Jdbc…` adapters of all its ports together. Thread-safe.
///
/// Timestamps are those of the calling process: the clocks of processes that share a database must
/// differ by much less than a lease.
final class JdbcAnswerStore implements AnswerStore {

  private final JdbcAnswerDatabase database;
  private final JdbcAnswerQueue queue;
  private final JdbcAnswerClaims claims;
  private final JdbcAnswerLog log;
  private final JdbcAnswerEntries entries;
  private final JdbcAnswerDocuments documents;

  /// @param cache in front of the answers; null for none
  private JdbcAnswerStore(JdbcAnswerDatabase database, @Nullable SharedAnswerCache cache) {
    this.database = database;
    this.queue = new JdbcAnswerQueue(database);
    this.claims = new JdbcAnswerClaims(database);
    this.log = new JdbcAnswerLog(database);
    this.entries = new JdbcAnswerEntries(database, cache);
    this.documents = new JdbcAnswerDocuments(database);
  }

  /// A store that shares its database with others, and leaves it open.
  ///
  /// @param cache in front of the answers; null for none
  static JdbcAnswerStore on(JdbcStateDatabase state, @Nullable SharedAnswerCache cache, Time time) {
    return new JdbcAnswerStore(
        new JdbcAnswerDatabase(state.open(JdbcAnswerDatabase.TABLES), time), cache);
  }

  /// A store with a database of its own, which it closes.
  ///
  /// @param cache in front of the answers; null for none
  static JdbcAnswerStore alone(
      JdbcStateDatabase state, @Nullable SharedAnswerCache cache, Time time) {
    return new JdbcAnswerStore(
        new JdbcAnswerDatabase(state.openAlone(JdbcAnswerDatabase.TABLES), time), cache);
  }

  JdbcAnswerDatabase database() {
    return database;
  }

  @Override
  public AnswerQueue queue() {
    return queue;
  }

  @Override
  public AnswerClaims claims() {
    return claims;
  }

  @Override
  public AnswerLog log() {
    return log;
  }

  @Override
  public AnswerEntries entries() {
    return entries;
  }

  @Override
  public AnswerDocuments documents() {
    return documents;
  }

  @Override
  public Optional<String> note(String name) {
    return database.read(
        "read the note " + name,
        connection ->
            connection.first(
                "SELECT body FROM stoker.note WHERE name = ?", row -> row.getString(1), name));
  }

  @Override
  public void note(String name, String text) {
    database.write(
        "write the note " + name,
        connection ->
            connection.update(
                """
                INSERT INTO stoker.note (name, body) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET body = excluded.body
                """,
                name,
                text));
  }

  @Override
  public void close() {
    database.close();
  }
}
