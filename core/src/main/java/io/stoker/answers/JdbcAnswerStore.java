package io.stoker.answers;

import io.stoker.Time;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A store in an SQL database. Thread-safe.
///
/// `now` is the time of the process that asks: clocks of several processes on one database must not
/// be further apart than a part of a lease.
final class JdbcAnswerStore implements AnswerStore {

  private final JdbcDatabase database;
  private final JdbcAnswerQueue queue;
  private final JdbcAnswerClaims claims;
  private final JdbcAnswerLog log;
  private final JdbcAnswerEntries entries;
  private final JdbcAnswerDocuments documents;

  JdbcAnswerStore(JdbcDialect dialect, Time time) {
    this(dialect, null, time);
  }

  /// @param tier where answers are looked for first; null for nowhere
  JdbcAnswerStore(JdbcDialect dialect, @Nullable AnswerTier tier, Time time) {
    this.database = JdbcDatabase.open(dialect, time);
    this.queue = new JdbcAnswerQueue(database);
    this.claims = new JdbcAnswerClaims(database);
    this.log = new JdbcAnswerLog(database);
    this.entries = new JdbcAnswerEntries(database, tier);
    this.documents = new JdbcAnswerDocuments(database);
  }

  JdbcDatabase database() {
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
        link ->
            link.first(
                "SELECT body FROM stoker.note WHERE name = ?", row -> row.getString(1), name));
  }

  @Override
  public void note(String name, String text) {
    database.write(
        "keep the note " + name,
        link ->
            link.update(
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
