package io.stoker.answers;

import io.stoker.Time;
import io.stoker.state.jdbc.JdbcStateDatabase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A store in an SQL database. Thread-safe.
///
/// `now` is the time of the process that asks: clocks of several processes on one database must not
/// be further apart than a part of a lease.
final class JdbcAnswerStore implements AnswerStore {

  private final JdbcAnswerDatabase database;
  private final JdbcAnswerQueue queue;
  private final JdbcAnswerClaims claims;
  private final JdbcAnswerLog log;
  private final JdbcAnswerEntries entries;
  private final JdbcAnswerDocuments documents;

  /// @param tier where answers are looked for first; null for nowhere
  private JdbcAnswerStore(JdbcAnswerDatabase database, @Nullable SharedAnswerCache tier) {
    this.database = database;
    this.queue = new JdbcAnswerQueue(database);
    this.claims = new JdbcAnswerClaims(database);
    this.log = new JdbcAnswerLog(database);
    this.entries = new JdbcAnswerEntries(database, tier);
    this.documents = new JdbcAnswerDocuments(database);
  }

  /// A store beside others in the same database.
  ///
  /// @param tier where answers are looked for first; null for nowhere
  static JdbcAnswerStore on(JdbcStateDatabase state, @Nullable SharedAnswerCache tier, Time time) {
    return new JdbcAnswerStore(
        new JdbcAnswerDatabase(state.open(JdbcAnswerDatabase.TABLES), time), tier);
  }

  /// A store that is alone in its database, which is closed with it.
  ///
  /// @param tier where answers are looked for first; null for nowhere
  static JdbcAnswerStore alone(
      JdbcStateDatabase state, @Nullable SharedAnswerCache tier, Time time) {
    return new JdbcAnswerStore(
        new JdbcAnswerDatabase(state.openAlone(JdbcAnswerDatabase.TABLES), time), tier);
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
        "keep the note " + name,
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
