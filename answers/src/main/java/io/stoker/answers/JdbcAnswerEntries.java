package io.stoker.answers;

import io.stoker.state.jdbc.JdbcConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Answers in an SQL database. Thread-safe.
///
/// An answer's row is replaced rather than changed, but for its hits and for whether it is stale:
/// so a copy of the rest that is kept under the row's address in a tier is true for as long as the
/// row is there.
final class JdbcAnswerEntries implements AnswerEntries {

  /// How many rows of one kind a transaction changes at the most.
  private static final int STEP = JdbcBackgroundJobs.STEP;

  /// What is found under a key: the answer that has it for its own, or else as another wording's.
  private static final String UNDER_KEY =
      """
       WHERE a.id = coalesce(
               (SELECT o.id FROM stoker.answer o WHERE o.answer_key = ?),
               (SELECT l.answer_id FROM stoker.answer_alias l WHERE l.alias_key = ?))
      """;

  private final JdbcAnswerDatabase database;
  private final @Nullable SharedAnswerCache tier;
  private final JdbcAskStatistics asks;

  /// @param tier where answers are looked for first; null for nowhere
  JdbcAnswerEntries(JdbcAnswerDatabase database, @Nullable SharedAnswerCache tier) {
    this.database = database;
    this.tier = tier;
    this.asks = new JdbcAskStatistics(database);
  }

  @Override
  public Optional<CachedAnswer> get(String key) {
    return tier == null ? read(key).map(JdbcStoredAnswer::answer) : get(key, tier);
  }

  private Optional<CachedAnswer> get(String key, SharedAnswerCache from) {
    var place =
        database.read(
            "look for an answer",
            connection ->
                connection.first(
                    "SELECT a.id, a.answer_key, a.stored_at, a.stale, a.hits FROM stoker.answer a"
                        + UNDER_KEY,
                    Place::of,
                    key,
                    key));
    if (place.isEmpty()) {
      return Optional.empty();
    }
    var copy = from.get(place.get().address);
    if (copy.isPresent()) {
      return Optional.of(copy.get().with(place.get().stale, place.get().hits));
    }
    var stored = read(key);
    stored.ifPresent(found -> from.put(found.address(), found.answer()));
    return stored.map(JdbcStoredAnswer::answer);
  }

  private Optional<JdbcStoredAnswer> read(String key) {
    return database.read(
        "read an answer", connection -> JdbcStoredAnswer.first(connection, UNDER_KEY, key, key));
  }

  @Override
  public boolean put(CachedAnswer answer, List<String> wordingKeys) {
    var change =
        database.write("keep an answer", connection -> put(connection, answer, wordingKeys));
    share(change);
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
    boolean takesOver = answer.wordings().isEmpty() && wordingKeys.isEmpty();
    var after = takesOver ? answer.with(before.get().answer().wordings()) : answer;
    var keys = takesOver ? wordingKeys(connection, id) : wordingKeys;
    return new Change(
        delete(connection, "id = ?", id), JdbcStoredAnswer.insert(connection, after, keys));
  }

  /// Tells the tier, once it is true.
  private void share(Change change) {
    if (tier != null) {
      tier.remove(change.removed);
      if (change.added != null) {
        tier.put(change.added.address(), change.added.answer());
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
    share(
        database.write(
            "give an answer other wordings",
            connection -> {
              var before = JdbcStoredAnswer.first(connection, "WHERE a.answer_key = ?", key);
              if (before.isEmpty()) {
                return new Change(List.of(), null);
              }
              var gone = delete(connection, "id = ?", before.get().id());
              var after = before.get().answer().with(wordings);
              return new Change(gone, JdbcStoredAnswer.insert(connection, after, wordingKeys));
            }));
  }

  @Override
  public void recordAsks(List<Ask> questions) {
    asks.count(questions);
  }

  @Override
  public void pruneStatistics(Instant before, long most) {
    asks.forget(before, most);
  }

  @Override
  public List<TopQuestion> top(Instant since, int limit) {
    return asks.top(since, limit);
  }

  @Override
  public Totals totals(Instant since, Instant now) {
    return asks.totals(since, now);
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
    // What comes from now on is not meant.
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

  /// The addresses of what was deleted.
  private static List<String> delete(
      JdbcConnection connection, String where, @Nullable Object... values) throws SQLException {
    var gone =
        connection.list(
            "DELETE FROM stoker.answer WHERE "
                + where
                + " RETURNING id, answer_key, stored_at, stale, hits",
            Place::of,
            values);
    var ids = gone.stream().map(place -> new @Nullable Object[] {place.id}).toList();
    if (!ids.isEmpty()) {
      connection.batch("DELETE FROM stoker.answer_source WHERE answer_id = ?", ids);
      connection.batch("DELETE FROM stoker.answer_wording WHERE answer_id = ?", ids);
      connection.batch("DELETE FROM stoker.answer_alias WHERE answer_id = ?", ids);
    }
    return gone.stream().map(Place::address).toList();
  }

  @Override
  public void documentChanged(String document) {
    database.write(
        "note that document " + document + " has changed",
        connection -> {
          JdbcBackgroundJobs.staleAnswers(connection, document);
          return true;
        });
  }

  @Override
  public long evict(Instant now, long most) {
    long evicted = deleteInSteps("evict answers", "expires_at <= ?", now);
    long over =
        database.read(
                "count the answers",
                connection -> connection.number("SELECT count(*) FROM stoker.answer"))
            - most;
    while (over > 0) {
      long step = Math.min(over, STEP);
      var gone =
          database.write(
              "evict answers",
              connection ->
                  delete(
                      connection,
                      "id IN (SELECT id FROM stoker.answer ORDER BY served_at, id LIMIT ?)",
                      step));
      share(new Change(gone, null));
      evicted += gone.size();
      over = gone.size() < step ? 0 : over - step;
    }
    return evicted;
  }

  /// Deletes answers, a bounded number in each transaction.
  private long deleteInSteps(String purpose, String where, @Nullable Object... values) {
    var some = "id IN (SELECT id FROM stoker.answer WHERE " + where + " ORDER BY id LIMIT ?)";
    var bound = Arrays.copyOf(values, values.length + 1);
    bound[values.length] = STEP;
    long all = 0;
    int step;
    do {
      var gone = database.write(purpose, connection -> delete(connection, some, bound));
      share(new Change(gone, null));
      step = gone.size();
      all += step;
    } while (step == STEP);
    return all;
  }

  /// Where an answer is, and what of it can change.
  private record Place(long id, String address, boolean stale, long hits) {

    static Place of(ResultSet row) throws SQLException {
      return new Place(
          row.getLong(1),
          JdbcStoredAnswer.address(row.getString(2), row.getLong(1), row.getLong(3)),
          row.getBoolean(4),
          row.getLong(5));
    }
  }

  /// What a transaction did.
  ///
  /// @param removed the addresses of answers that were removed
  /// @param added the answer that is new; null for none
  private record Change(List<String> removed, @Nullable JdbcStoredAnswer added) {}

  /// Conditions that must all hold.
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
