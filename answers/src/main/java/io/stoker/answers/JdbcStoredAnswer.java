package io.stoker.answers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.state.jdbc.JdbcConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An answer as stored: a row of its own, one for each source and one for each other wording. All
/// are read by one statement, so they are consistent.
record JdbcStoredAnswer(long id, CachedAnswer answer) {

  private static final String FOUND =
      """
      WITH found AS (
        SELECT a.id, a.answer_key, a.question, a.scope, a.body, a.model, a.not_cacheable,
               a.confidence, a.stored_at, a.expires_at,
               CASE WHEN a.stale THEN 1 ELSE 0 END AS stale, a.hits
          FROM stoker.answer a
      """;

  /// For each answer its own row, then its sources, then its wordings.
  private static final String WITH_PARTS =
      """
       ORDER BY a.id DESC LIMIT ?)
      SELECT id, 0 AS part, 0 AS position, answer_key, question, scope, body, model, not_cacheable,
             confidence, stored_at, expires_at, stale, hits, CAST(0 AS DOUBLE PRECISION) AS score
        FROM found
      UNION ALL
      SELECT s.answer_id, 1, s.position, s.document, s.title, s.passage, '', '', '',
             0, s.version, 0, 0, 0, s.score
        FROM found f JOIN stoker.answer_source s ON s.answer_id = f.id
      UNION ALL
      SELECT w.answer_id, 2, w.position, w.wording, '', '', '', '', '',
             0, 0, 0, 0, 0, CAST(0 AS DOUBLE PRECISION)
        FROM found f JOIN stoker.answer_wording w ON w.answer_id = f.id
       ORDER BY 1 DESC, 2, 3
      """;

  /// Its key in a [SharedAnswerCache]. Ids may be reused after a database was restored or emptied,
  /// but not with the same time.
  String versionedKey() {
    return versionedKey(answer.key(), id, JdbcConnection.micros(answer.storedAt()));
  }

  static String versionedKey(String key, long id, long storedAt) {
    return key + ":" + id + ":" + storedAt;
  }

  /// The newest answer that matches a condition.
  ///
  /// @param where begins with `WHERE`; the table's alias is `a`
  static Optional<JdbcStoredAnswer> first(
      JdbcConnection connection, String where, @Nullable Object... values) throws SQLException {
    return newest(connection, 1, where, values).stream().findFirst();
  }

  /// The answers that match a condition, newest first.
  ///
  /// @param where begins with `WHERE`; the table's alias is `a`
  static Page<JdbcStoredAnswer> page(
      JdbcConnection connection, int limit, String where, @Nullable Object... values)
      throws SQLException {
    return Page.of(newest(connection, limit + 1, where, values), limit, JdbcStoredAnswer::id);
  }

  private static List<JdbcStoredAnswer> newest(
      JdbcConnection connection, int limit, String where, @Nullable Object... values)
      throws SQLException {
    var bound = Arrays.copyOf(values, values.length + 1);
    bound[values.length] = limit;
    var all = new ArrayList<Rows>();
    connection.list(
        FOUND + where + WITH_PARTS,
        row -> {
          switch (row.getInt(2)) {
            case 0 -> all.add(new Rows(row.getLong(1), bare(row)));
            case 1 -> all.getLast().sources.add(source(row));
            default -> all.getLast().wordings.add(Objects.requireNonNull(row.getString(4)));
          }
          return true;
        },
        bound);
    return all.stream().map(Rows::answer).toList();
  }

  /// Without sources and wordings.
  private static CachedAnswer bare(ResultSet row) throws SQLException {
    return new CachedAnswer(
        row.getString(4),
        row.getString(5),
        row.getString(6),
        List.of(),
        new Answer(row.getString(7), List.of(), row.getInt(10), row.getString(8), row.getString(9)),
        JdbcConnection.instant(row.getLong(11)),
        JdbcConnection.instant(row.getLong(12)),
        row.getInt(13) == 1,
        row.getLong(14));
  }

  private static Answer.Source source(ResultSet row) throws SQLException {
    return new Answer.Source(
        row.getString(4), row.getLong(11), row.getString(5), row.getString(6), row.getDouble(15));
  }

  /// The rows of one answer.
  private static final class Rows {

    final long id;
    final CachedAnswer bare;
    final List<Answer.Source> sources = new ArrayList<>();
    final List<String> wordings = new ArrayList<>();

    Rows(long id, CachedAnswer bare) {
      this.id = id;
      this.bare = bare;
    }

    JdbcStoredAnswer answer() {
      var answer = bare.answer();
      var whole =
          new Answer(
              answer.text(), sources, answer.confidence(), answer.model(), answer.notCacheable());
      return new JdbcStoredAnswer(
          id,
          new CachedAnswer(
              bare.key(),
              bare.question(),
              bare.scope(),
              wordings,
              whole,
              bare.storedAt(),
              bare.expiresAt(),
              bare.stale(),
              bare.hits()));
    }
  }

  /// Inserts an answer with all its rows.
  static JdbcStoredAnswer insert(
      JdbcConnection connection, CachedAnswer cached, List<String> wordingKeys)
      throws SQLException {
    var answer = cached.answer();
    long id =
        connection.number(
            """
            INSERT INTO stoker.answer
                   (answer_key, digest, question, question_lower, scope, body, confidence, model,
                    not_cacheable, stored_at, expires_at, served_at, stale, hits, bytes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            RETURNING id
            """,
            cached.key(),
            JdbcAnswerDatabase.digest(cached.scope(), QuestionNormalizer.normal(cached.question())),
            cached.question(),
            cached.question().toLowerCase(Locale.ROOT),
            cached.scope(),
            answer.text(),
            answer.confidence(),
            answer.model(),
            answer.notCacheable(),
            cached.storedAt(),
            cached.expiresAt(),
            cached.storedAt(),
            cached.stale(),
            cached.hits(),
            bytes(cached));
    var sources = new ArrayList<@Nullable Object[]>();
    for (var source : answer.sources()) {
      sources.add(
          new @Nullable Object[] {
            id,
            sources.size(),
            source.document(),
            source.version(),
            source.title(),
            source.passage(),
            source.score()
          });
    }
    connection.batch(
        """
        INSERT INTO stoker.answer_source
               (answer_id, position, document, version, title, passage, score)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        sources);
    var wordingRows = new ArrayList<@Nullable Object[]>();
    for (var wording : cached.wordings()) {
      wordingRows.add(new @Nullable Object[] {id, wordingRows.size(), wording});
    }
    connection.batch(
        "INSERT INTO stoker.answer_wording (answer_id, position, wording) VALUES (?, ?, ?)",
        wordingRows);
    connection.batch(
        """
        INSERT INTO stoker.answer_alias (alias_key, answer_id) VALUES (?, ?)
        ON CONFLICT (alias_key) DO UPDATE SET answer_id = excluded.answer_id
        """,
        wordingKeys.stream().map(key -> new @Nullable Object[] {key, id}).toList());
    return new JdbcStoredAnswer(id, cached);
  }

  private static long bytes(CachedAnswer cached) {
    long bytes = bytes(cached.question()) + bytes(cached.answer().text());
    for (var source : cached.answer().sources()) {
      bytes += bytes(source.document()) + bytes(source.title()) + bytes(source.passage());
    }
    for (var wording : cached.wordings()) {
      bytes += bytes(wording);
    }
    return bytes;
  }

  private static long bytes(String text) {
    return text.getBytes(UTF_8).length;
  }
}
