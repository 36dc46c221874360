package io.stoker.answers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.TextRules;
import io.stoker.state.jdbc.JdbcConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The documents in an SQL database. A document's version is the version of the whole corpus when
/// it was changed, so a document that was deleted and added again gets a new one. Thread-safe.
final class JdbcAnswerDocuments implements AnswerDocuments {

  private static final String SELECT =
      "SELECT id, version, title, scope, body, changed_at FROM stoker.document ";

  private final JdbcAnswerDatabase database;

  JdbcAnswerDocuments(JdbcAnswerDatabase database) {
    this.database = database;
  }

  @Override
  public Document put(String id, String title, String scope, String content) {
    // As it is stored, so that the comparison recognizes the same text.
    var text = TextRules.sanitized(content);
    return database.write(
        "store document " + id,
        connection -> {
          var before = find(connection, id, scope);
          boolean same = before.isPresent() && before.get().text().equals(text);
          var after =
              same
                  ? new Document(
                      id, before.get().version(), title, scope, text, before.get().changedAt())
                  : new Document(id, nextVersion(connection), title, scope, text, database.now());
          connection.update(
              """
              INSERT INTO stoker.document (id, scope, version, title, body, changed_at, bytes)
              VALUES (?, ?, ?, ?, ?, ?, ?)
              ON CONFLICT (id, scope) DO UPDATE
                 SET version = excluded.version, title = excluded.title, body = excluded.body,
                     changed_at = excluded.changed_at, bytes = excluded.bytes
              """,
              id,
              scope,
              after.version(),
              title,
              text,
              after.changedAt(),
              (long) text.getBytes(UTF_8).length);
          if (!same) {
            JdbcBackgroundJobs.staleAnswers(connection, id);
          }
          return after;
        });
  }

  private static long nextVersion(JdbcConnection connection) throws SQLException {
    return connection.number(
        "UPDATE stoker.counter SET value = value + 1 WHERE name = 'corpus' RETURNING value");
  }

  @Override
  public Optional<Document> get(String id, String scope) {
    return database.read("read document " + id, connection -> find(connection, id, scope));
  }

  private static Optional<Document> find(JdbcConnection connection, String id, String scope)
      throws SQLException {
    return connection.first(
        SELECT + "WHERE id = ? AND scope = ?", JdbcAnswerDocuments::document, id, scope);
  }

  @Override
  public List<Document> all() {
    return database
        .read(
            "read the documents",
            connection -> connection.list(SELECT, JdbcAnswerDocuments::document))
        .stream()
        .sorted(
            Comparator.comparing(Document::title)
                .thenComparing(Document::id)
                .thenComparing(Document::scope))
        .toList();
  }

  @Override
  public boolean delete(String id, String scope) {
    return database.write(
        "delete document " + id,
        connection -> {
          boolean deleted =
              connection.update("DELETE FROM stoker.document WHERE id = ? AND scope = ?", id, scope)
                  > 0;
          if (deleted) {
            var _ = nextVersion(connection);
            JdbcBackgroundJobs.staleAnswers(connection, id);
          }
          return deleted;
        });
  }

  @Override
  public Size size() {
    return database.read(
        "measure the documents",
        connection ->
            connection
                .first(
                    "SELECT count(*), coalesce(sum(bytes), 0) FROM stoker.document",
                    row -> new Size(row.getLong(1), row.getLong(2)))
                .orElseThrow());
  }

  @Override
  public long version() {
    return database.read(
        "read the corpus' version",
        connection -> connection.number("SELECT value FROM stoker.counter WHERE name = 'corpus'"));
  }

  private static Document document(ResultSet row) throws SQLException {
    return new Document(
        row.getString(1),
        row.getLong(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        JdbcConnection.instant(row.getLong(6)));
  }
}
