package io.stoker.answers;

import io.stoker.state.jdbc.JdbcConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The cached answers in an SQL database. Thread-safe.
///
/// An answer's row is replaced rather than updated, except for its hits and its staleness. So a
/// copy under the row's versioned key in a [SharedAnswerCache] is valid while the row exists.
final class JdbcAnswerEntries implements AnswerEntries {

  /// The most rows of one kind that a transaction changes.
  private static final int STEP = JdbcBackgroundJobs.STEP;

  /// The answer that has the key as its own, or else as that of a wording.
  private static final String UNDER_KEY =
      """
       WHERE a.id = coalesce(
               (SELECT o.id FROM stoker.answer o WHERE o.answer_key = ?),
               (SELECT l.answer_id FROM stoker.answer_alias l WHERE l.alias_key = ?))
      """;

  private final JdbcAnswerDatabase database;
  private final @Nullable SharedAnswerCache cache;
  private final JdbcAskStatistics statistics;

  /// @param cache in front of the database; null for none
  JdbcAnswerEntries(JdbcAnswerDatabase database, @Nullable SharedAnswerCache cache) {
    this.database = database;
    this.cache = cache;
    this.statistics = new JdbcAskStatistics(database);
  }

  @Override
  public Optional<CachedAnswer> get(String key) {
    return cache == null ? read(key).map(JdbcStoredAnswer::answer) : get(key, cache);
  }

  private Optional<CachedAnswer> get(String key, SharedAnswerCache shared) {
    var row =
        database.read(
            "look for an answer",
            connection ->
                connection.first(
                    "SELECT a.id, a.answer_key, a.stored_at, a.stale, a.hits FROM stoker.answer a"
                        + UNDER_KEY,
                    RowState::of,
                    key,
                    key));
    if (row.isEmpty()) {
      return Optional.empty();
    }
    var copy = shared.get(row.get().versionedKey);
    if (copy.isPresent()) {
      return Optional.of(copy.get().with(row.get().stale, row.get().hits));
    }
    var stored = read(key);
    stored.ifPresent(found -> shared.put(found.versionedKey(), found.answer()));
    return stored.map(JdbcStoredAnswer::answer);
  }

  private Optional<JdbcStoredAnswer> read(String key) {
    return database.read(
        "read an answer", connection -> JdbcStoredAnswer.first(connection, UNDER_KEY, key, key));
  }

  @Override
  public boolean put(CachedAnswer answer, List<String> wordingKeys) {
    var change =
        database.write("store an answer", connection -> put(connection, answer, wordingKeys));
    updateCache(change);
    return !change.removed.isEmpty();
  }

  private static Change put(
      JdbcConnection connection, CachedAnswer answer, List<String> wordingKeys)
      throws SQLException {
    var before = JdbcStoredAnswer.first(connection, "WHERE a.answer_key = ?", answer.key());
    if (before.isEmpty()) {
      return new Change(List.of(), JdbcStoredAnswer.insert(connection, answer, wordingKeys));
    }
    long id = before.get().id();
    boolean keepsWordings = answer.wordings().isEmpty() && wordingKeys.isEmpty();
    var after = keepsWordings ? answer.with(before.get().answer().wordings()) : answer;
    var keys = keepsWordings ? wordingKeys(connection, id) : wordingKeys;
    return new Change(
        delete(connection, "id = ?", id), JdbcStoredAnswer.insert(connection, after, keys));
  }

  /// Called after the commit.
  private void updateCache(Change change) {
    if (cache != null) {
      cache.remove(change.removed);
      if (change.added != null) {
        cache.put(change.added.versionedKey(), change.added.answer());
      }
    }
  }

  private static List<String> wordingKeys(JdbcConnection connection, long answer)
      throws SQLException {
    return connection.list(
        "SELECT alias_key FROM stoker.answer_alias WHERE answer_id = ?",
        row -> Objects.requireNonNull(row.getString(1)),
        answer);
  }

  @Override
  public void setWordings(String key, List<String> wordings, List<String> wordingKeys) {
    updateCache(
        database.write(
            "replace the wordings of an answer",
            connection -> {
              var before = JdbcStoredAnswer.first(connection, "WHERE a.answer_key = ?", key);
              if (before.isEmpty()) {
                return new Change(List.of(), null);
              }
              var deleted = delete(connection, "id = ?", before.get().id());
              var after = before.get().answer().with(wordings);
              return new Change(deleted, JdbcStoredAnswer.insert(connection, after, wordingKeys));
            }));
  }

  @Override
  public Map<String, List<String>> wordings(Collection<String> keys) {
    var all = List.copyOf(keys);
    var wordings = new HashMap<String, List<String>>();
    for (int from = 0; from < all.size(); from += STEP) {
      var some = all.subList(from, Math.min(from + STEP, all.size()));
      database.read(
          "read other wordings",
          connection ->
              connection.list(
                  "SELECT a.answer_key, w.wording FROM stoker.answer a"
                      + " JOIN stoker.answer_wording w ON w.answer_id = a.id WHERE a.answer_key"
                      + JdbcBackgroundJobs.IN_STEP
                      + " ORDER BY w.answer_id, w.position",
                  row ->
                      wordings
                          .computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                          .add(Objects.requireNonNull(row.getString(2))),
                  JdbcBackgroundJobs.padded(some, "").toArray()));
    }
    return wordings;
  }

  @Override
  public void recordAsks(List<Ask> questions) {
    statistics.count(questions);
  }

  @Override
  public void pruneStatistics(Instant before, long max) {
    statistics.prune(before, max);
  }

  @Override
  public List<TopQuestion> top(Instant since, int limit) {
    return statistics.top(since, limit);
  }

  @Override
  public Totals totals(Instant since, Instant now) {
    return statistics.totals(since, now);
  }

  @Override
  public Page<CachedAnswer> list(
      String search, @Nullable String scope, int limit, @Nullable Long before) {
    var where = new Where();
    where.and("a.id < ?", before == null ? Long.MAX_VALUE : before);
    if (!search.isEmpty()) {
      where.and("a.question_lower LIKE ? ESCAPE '!'", "%" + escape(search) + "%");
    }
    if (scope != null) {
      where.and("a.scope = ?", scope);
    }
    return database
        .read(
            "list the answers",
            connection ->
                JdbcStoredAnswer.page(connection, limit, "WHERE " + where.sql(), where.values()))
        .map(JdbcStoredAnswer::answer);
  }

  private static String escape(String search) {
    return search.toLowerCase(Locale.ROOT).replace("!", "!!").replace("%", "!%").replace("_", "!_");
  }

  @Override
  public long delete(@Nullable String document, @Nullable String scope, @Nullable String key) {
    var where = new Where();
    // Answers stored from now on stay.
    where.and(
        "id <= ?",
        database.read(
            "delete answers",
            connection -> connection.number("SELECT max(id) FROM stoker.answer")));
    if (document != null) {
      where.and("id IN (SELECT answer_id FROM stoker.answer_source WHERE document = ?)", document);
    }
    if (scope != null) {
      where.and("scope = ?", scope);
    }
    if (key != null) {
      where.and("answer_key = ?", key);
    }
    return deleteInSteps("delete answers", where.sql(), where.values());
  }

  /// The versioned keys of the deleted answers.
  private static List<String> delete(
      JdbcConnection connection, String where, @Nullable Object... values) throws SQLException {
    var deleted =
        connection.list(
            "DELETE FROM stoker.answer WHERE "
                + where
                + " RETURNING id, answer_key, stored_at, stale, hits",
            RowState::of,
            values);
    var ids = deleted.stream().map(row -> new @Nullable Object[] {row.id}).toList();
    if (!ids.isEmpty()) {
      connection.batch("DELETE FROM stoker.answer_source WHERE answer_id = ?", ids);
      connection.batch("DELETE FROM stoker.answer_wording WHERE answer_id = ?", ids);
      connection.batch("DELETE FROM stoker.answer_alias WHERE answer_id = ?", ids);
    }
    return deleted.stream().map(RowState::versionedKey).toList();
  }

  @Override
  public void documentChanged(String document) {
    database.write(
        "record the change of document " + document,
        connection -> {
          JdbcBackgroundJobs.staleAnswers(connection, document);
          return true;
        });
  }

  @Override
  public long evict(Instant now, long max) {
    long evicted = deleteInSteps("evict answers", "expires_at <= ?", now);
    long over =
        database.read(
                "count the answers",
                connection -> connection.number("SELECT count(*) FROM stoker.answer"))
            - max;
    while (over > 0) {
      long step = Math.min(over, STEP);
      var deleted =
          database.write(
              "evict answers",
              connection ->
                  delete(
                      connection,
                      "id IN (SELECT id FROM stoker.answer ORDER BY served_at, id LIMIT ?)",
                      step));
      updateCache(new Change(deleted, null));
      evicted += deleted.size();
      over = deleted.size() < step ? 0 : over - step;
    }
    return evicted;
  }

  /// Deletes in transactions of bounded size.
  private long deleteInSteps(String purpose, String where, @Nullable Object... values) {
    var some = "id IN (SELECT id FROM stoker.answer WHERE " + where + " ORDER BY id LIMIT ?)";
    var bound = Arrays.copyOf(values, values.length + 1);
    bound[values.length] = STEP;
    long all = 0;
    int step;
    do {
      var deleted = database.write(purpose, connection -> delete(connection, some, bound));
      updateCache(new Change(deleted, null));
      step = deleted.size();
      all += step;
    } while (step == STEP);
    return all;
  }

  /// Key and mutable columns of an answer.
  private record RowState(long id, String versionedKey, boolean stale, long hits) {

    static RowState of(ResultSet row) throws SQLException {
      return new RowState(
          row.getLong(1),
          JdbcStoredAnswer.versionedKey(row.getString(2), row.getLong(1), row.getLong(3)),
          row.getBoolean(4),
          row.getLong(5));
    }
  }

  /// The result of a transaction.
  ///
  /// @param removed the versioned keys of removed answers
  /// @param added the new answer; null if there is none
  private record Change(List<String> removed, @Nullable JdbcStoredAnswer added) {}

  /// A conjunction of SQL conditions.
  private static final class Where {

    private final List<String> conditions = new ArrayList<>();
    private final List<@Nullable Object> bound = new ArrayList<>();

    void and(String condition, Object value) {
      conditions.add(condition);
      bound.add(value);
    }

    String sql() {
      return String.join(" AND ", conditions);
    }

    @Nullable Object[] values() {
      return bound.toArray();
    }
  }
}
