package io.stoker.answers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.state.jdbc.JdbcLink;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Answers in an SQL database. Thread-safe.
///
/// What was asked is counted by the hour. An answer's row is replaced rather than changed, but for
/// its hits and for whether it is stale: so a copy of the rest that is kept under the row's address
/// in a tier is true for as long as the row is there.
final class JdbcAnswerEntries implements AnswerEntries {

  private static final long HOUR = 3_600_000_000L;

  /// Stands for all questions that are not told apart.
  private static final String UNNAMED = "";

  /// How many rows of one kind a transaction changes at the most.
  private static final int STEP = JdbcPendingWork.STEP;

  private static final String SELECT =
      """
      SELECT a.id, a.answer_key, a.question, a.scope, a.body, a.confidence, a.model,
             a.not_cacheable, a.stored_at, a.expires_at, a.stale, a.hits
        FROM stoker.answer a
      """;

  private static final String PLACE =
      "SELECT a.id, a.answer_key, a.stored_at, a.stale, a.hits FROM stoker.answer a ";

  private final JdbcAnswers database;
  private final @Nullable AnswerTier tier;

  /// How many more different questions may be told apart, as far as this process knows.
  private final AtomicLong askedRoom = new AtomicLong(AnswerRetention.STANDARD.mostAsked());

  /// @param tier where answers are looked for first; null for nowhere
  JdbcAnswerEntries(JdbcAnswers database, @Nullable AnswerTier tier) {
    this.database = database;
    this.tier = tier;
  }

  @Override
  public Optional<CachedAnswer> get(String key) {
    return tier == null ? read(key).map(Kept::answer) : get(key, tier);
  }

  private Optional<CachedAnswer> get(String key, AnswerTier from) {
    var place = database.read("look for an answer", link -> find(link, PLACE, Place::of, key));
    if (place.isEmpty()) {
      return Optional.empty();
    }
    var copy = from.get(place.get().address);
    if (copy.isPresent()) {
      return Optional.of(copy.get().with(place.get().stale, place.get().hits));
    }
    var kept = read(key);
    kept.ifPresent(found -> from.put(found.address, found.answer));
    return kept.map(Kept::answer);
  }

  private Optional<Kept> read(String key) {
    return database.read(
        "read an answer",
        link -> {
          var kept = whole(link, key);
          // Sources and wordings come by selects of their own, and are complete if the row is
          // still there behind them.
          while (kept.isPresent() && isGone(link, kept.get(), key)) {
            kept = whole(link, key);
          }
          return kept;
        });
  }

  private static Optional<Kept> whole(JdbcLink link, String key) throws SQLException {
    var found = find(link, SELECT, Found::of, key);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    var whole = whole(link, List.of(found.get())).getFirst();
    return Optional.of(Kept.of(found.get().id, whole));
  }

  private static boolean isGone(JdbcLink link, Kept kept, String key) throws SQLException {
    return find(link, PLACE, Place::of, key)
        .filter(place -> place.address.equals(kept.address))
        .isEmpty();
  }

  private static <T> Optional<T> find(JdbcLink link, String select, JdbcLink.Row<T> row, String key)
      throws SQLException {
    var own = link.first(select + "WHERE a.answer_key = ?", row, key);
    return own.isPresent()
        ? own
        : link.first(
            select + "JOIN stoker.answer_alias l ON l.answer_id = a.id WHERE l.alias_key = ?",
            row,
            key);
  }

  @Override
  public boolean put(CachedAnswer answer, List<String> aliasKeys) {
    var change = database.write("keep an answer", link -> put(link, answer, aliasKeys));
    share(change);
    return !change.gone.isEmpty();
  }

  private static Change put(JdbcLink link, CachedAnswer answer, List<String> aliasKeys)
      throws SQLException {
    var before =
        link.first(
            "SELECT id FROM stoker.answer WHERE answer_key = ?",
            row -> row.getLong(1),
            answer.key());
    if (before.isEmpty()) {
      return new Change(List.of(), insert(link, answer, aliasKeys));
    }
    boolean takesOver = answer.aliases().isEmpty() && aliasKeys.isEmpty();
    var kept = takesOver ? answer.with(wordings(link, before.get())) : answer;
    var keys = takesOver ? aliasKeys(link, before.get()) : aliasKeys;
    return new Change(delete(link, "id = ?", before.get()), insert(link, kept, keys));
  }

  /// Tells the tier, once it is true.
  private void share(Change change) {
    if (tier != null) {
      tier.remove(change.gone);
      if (change.come != null) {
        tier.put(change.come.address, change.come.answer);
      }
    }
  }

  private static List<String> wordings(JdbcLink link, long answer) throws SQLException {
    return link.list(
        "SELECT wording FROM stoker.answer_wording WHERE answer_id = ? ORDER BY position",
        row -> Objects.requireNonNull(row.getString(1)),
        answer);
  }

  private static List<String> aliasKeys(JdbcLink link, long answer) throws SQLException {
    return link.list(
        "SELECT alias_key FROM stoker.answer_alias WHERE answer_id = ?",
        row -> Objects.requireNonNull(row.getString(1)),
        answer);
  }

  @Override
  public void reword(String key, List<String> aliases, List<String> aliasKeys) {
    share(
        database.write(
            "give an answer other wordings",
            link -> {
              var found = link.first(SELECT + "WHERE a.answer_key = ?", Found::of, key);
              if (found.isEmpty()) {
                return new Change(List.of(), null);
              }
              var whole = whole(link, List.of(found.get())).getFirst();
              var gone = delete(link, "id = ?", found.get().id);
              return new Change(gone, insert(link, whole.with(aliases), aliasKeys));
            }));
  }

  private static Kept insert(JdbcLink link, CachedAnswer kept, List<String> aliasKeys)
      throws SQLException {
    var answer = kept.answer();
    long id =
        link.number(
            """
            INSERT INTO stoker.answer
                   (answer_key, digest, question, question_lower, scope, body, confidence, model,
                    not_cacheable, stored_at, expires_at, served_at, stale, hits, bytes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            RETURNING id
            """,
            kept.key(),
            JdbcDigest.of(kept.scope(), kept.question()),
            kept.question(),
            kept.question().toLowerCase(Locale.ROOT),
            kept.scope(),
            answer.text(),
            answer.confidence(),
            answer.model(),
            answer.notCacheable(),
            kept.storedAt(),
            kept.expiresAt(),
            kept.storedAt(),
            kept.stale(),
            kept.hits(),
            bytes(kept));
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
    link.batch(
        """
        INSERT INTO stoker.answer_source
               (answer_id, position, document, version, title, passage, score)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        sources);
    var wordings = new ArrayList<@Nullable Object[]>();
    for (var wording : kept.aliases()) {
      wordings.add(new @Nullable Object[] {id, wordings.size(), wording});
    }
    link.batch(
        "INSERT INTO stoker.answer_wording (answer_id, position, wording) VALUES (?, ?, ?)",
        wordings);
    link.batch(
        """
        INSERT INTO stoker.answer_alias (alias_key, answer_id) VALUES (?, ?)
        ON CONFLICT (alias_key) DO UPDATE SET answer_id = excluded.answer_id
        """,
        aliasKeys.stream().map(key -> new @Nullable Object[] {key, id}).toList());
    return Kept.of(id, kept);
  }

  private static long bytes(CachedAnswer kept) {
    long bytes = bytes(kept.question()) + bytes(kept.answer().text());
    for (var source : kept.answer().sources()) {
      bytes += bytes(source.document()) + bytes(source.title()) + bytes(source.passage());
    }
    for (var alias : kept.aliases()) {
      bytes += bytes(alias);
    }
    return bytes;
  }

  private static long bytes(String text) {
    return text.getBytes(UTF_8).length;
  }

  @Override
  public void count(List<Asked> asked) {
    for (int from = 0; from < asked.size(); from += STEP) {
      countSome(asked.subList(from, Math.min(from + STEP, asked.size())));
    }
  }

  private void countSome(List<Asked> asked) {
    // In one order, and one row only once.
    var hours = new TreeMap<String, Counted>();
    var served = new TreeMap<String, Served>();
    for (var one : asked) {
      long hour = hour(one.at());
      var digest = JdbcDigest.of(one.scope(), one.normal());
      hours.merge(hour + " " + digest, Counted.of(hour, digest, one), Counted::plus);
      if (one.hitKey() != null) {
        served.merge(one.hitKey(), new Served(1, one.at()), Served::plus);
      }
    }
    if (askedRoom.get() < hours.size()) {
      // Nobody knows yet how many of them are new.
      database.write("count what was asked", link -> countKnown(link, hours, served));
    } else {
      askedRoom.addAndGet(-hours.size());
      database.write("count what was asked", link -> count(link, hours.values(), served));
    }
  }

  /// Counts those that are told apart already, and all others together.
  private static boolean countKnown(
      JdbcLink link, Map<String, Counted> hours, Map<String, Served> served) throws SQLException {
    var all = List.copyOf(hours.values());
    var known =
        link.batch(
            """
            UPDATE stoker.asked
               SET asked = asked + ?, hits = hits + ?, hit_key = coalesce(?, hit_key)
             WHERE hour = ? AND digest = ?
            """,
            all.stream()
                .map(one ->
                    new @Nullable Object[] {one.asked, one.hits, one.hitKey, one.hour, one.digest})
                .toList());
    var others = new TreeMap<Long, Counted>();
    for (int i = 0; i < known.length; i++) {
      if (known[i] == 0) {
        var one = all.get(i);
        others.merge(one.hour, one.unnamed(), Counted::plus);
      }
    }
    return count(link, others.values(), served);
  }

  private static boolean count(JdbcLink link, Collection<Counted> hours, Map<String, Served> served)
      throws SQLException {
    link.batch(
        """
        INSERT INTO stoker.asked AS a (hour, digest, scope, question, asked, hits, hit_key)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (hour, digest) DO UPDATE
           SET asked = a.asked + excluded.asked, hits = a.hits + excluded.hits,
               question = excluded.question, hit_key = coalesce(excluded.hit_key, a.hit_key)
        """,
        hours.stream().map(Counted::row).toList());
    link.batch(
        """
        UPDATE stoker.answer
           SET hits = hits + ?, served_at = CASE WHEN served_at > ? THEN served_at ELSE ? END
         WHERE answer_key = ?
        """,
        served.entrySet().stream()
            .map(one ->
                new @Nullable Object[] {
                  one.getValue().hits, one.getValue().at, one.getValue().at, one.getKey()
                })
            .toList());
    return true;
  }

  private static long hour(Instant at) {
    return Math.floorDiv(JdbcLink.micros(at), HOUR);
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
    return database.read(
        "list the answers",
        link -> {
          var found =
              JdbcPages.of(
                  link,
                  limit,
                  Found::id,
                  SELECT + "WHERE " + where.sql() + " ORDER BY a.id DESC LIMIT ?",
                  Found::of,
                  where.values());
          return new Page<>(whole(link, found.items()), found.next());
        });
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
        database.read("delete answers", link -> link.number("SELECT max(id) FROM stoker.answer")));
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
  private static List<String> delete(JdbcLink link, String where, @Nullable Object... values)
      throws SQLException {
    var gone =
        link.list(
            "DELETE FROM stoker.answer WHERE "
                + where
                + " RETURNING id, answer_key, stored_at, stale, hits",
            Place::of,
            values);
    var ids = gone.stream().map(place -> new @Nullable Object[] {place.id}).toList();
    if (!ids.isEmpty()) {
      link.batch("DELETE FROM stoker.answer_source WHERE answer_id = ?", ids);
      link.batch("DELETE FROM stoker.answer_wording WHERE answer_id = ?", ids);
      link.batch("DELETE FROM stoker.answer_alias WHERE answer_id = ?", ids);
    }
    return gone.stream().map(Place::address).toList();
  }

  @Override
  public void documentChanged(String document) {
    database.write(
        "note that document " + document + " has changed",
        link -> {
          JdbcPendingWork.staleAnswers(link, document);
          return true;
        });
  }

  @Override
  public long evict(Instant now, long most) {
    long evicted = deleteInSteps("evict answers", "expires_at <= ?", now);
    long over =
        database.read(
                "count the answers", link -> link.number("SELECT count(*) FROM stoker.answer"))
            - most;
    while (over > 0) {
      long step = Math.min(over, STEP);
      var gone =
          database.write(
              "evict answers",
              link ->
                  delete(
                      link,
                      "id IN (SELECT id FROM stoker.answer ORDER BY served_at, id LIMIT ?)",
                      step));
      share(new Change(gone, null));
      evicted += gone.size();
      over = gone.size() < step ? 0 : over - step;
    }
    return evicted;
  }

  @Override
  public void forgetAsked(Instant before, long most) {
    deleteAsked("hour < ?", hour(before), Long.MAX_VALUE);
    long over = askedRows() - most;
    deleteAsked("hour <= ?", Long.MAX_VALUE, over);
    askedRoom.set(Math.max(0, -over));
  }

  private long askedRows() {
    return database.read(
        "count what was asked", link -> link.number("SELECT count(*) FROM stoker.asked"));
  }

  private void deleteAsked(String where, long hour, long most) {
    long left = most;
    long step = STEP;
    while (left > 0 && step == STEP) {
      long some = Math.min(left, STEP);
      step =
          database.write(
              "forget what was asked",
              link ->
                  link.update(
                      "DELETE FROM stoker.asked WHERE (hour, digest) IN"
                          + " (SELECT hour, digest FROM stoker.asked WHERE "
                          + where
                          + " ORDER BY hour, digest LIMIT ?)",
                      hour,
                      some));
      left -= step;
    }
  }

  /// Deletes answers, a bounded number in each transaction.
  private long deleteInSteps(String wanted, String where, @Nullable Object... values) {
    var some = "id IN (SELECT id FROM stoker.answer WHERE " + where + " ORDER BY id LIMIT ?)";
    var bound = Arrays.copyOf(values, values.length + 1);
    bound[values.length] = STEP;
    long all = 0;
    int step;
    do {
      var gone = database.write(wanted, link -> delete(link, some, bound));
      share(new Change(gone, null));
      step = gone.size();
      all += step;
    } while (step == STEP);
    return all;
  }

  @Override
  public List<TopQuestion> top(Instant since, int limit) {
    return database.read(
        "read the top questions",
        link -> {
          var top = new ArrayList<TopQuestion>();
          for (var one :
              link.list(
                  """
                  SELECT max(question), max(scope), sum(asked), sum(hits), max(hit_key)
                    FROM stoker.asked WHERE hour >= ? AND digest <> ?
                   GROUP BY digest
                   ORDER BY sum(asked) DESC, max(question) LIMIT ?
                  """,
                  Top::of,
                  hour(since),
                  UNNAMED,
                  limit)) {
            top.add(one.with(expiry(link, one)));
          }
          return top;
        });
  }

  private static @Nullable Instant expiry(JdbcLink link, Top one) throws SQLException {
    long expires =
        link.number(
            "SELECT max(expires_at) FROM stoker.answer WHERE answer_key = ? OR digest = ?",
            one.hitKey == null ? "" : one.hitKey,
            JdbcDigest.of(one.scope, one.question));
    return expires == 0 ? null : JdbcLink.instant(expires);
  }

  @Override
  public Totals totals(Instant since, Instant now) {
    return database.read(
        "count the answers",
        link ->
            link.first(
                    """
                    SELECT e.entries, e.stale, e.bytes, q.asked, q.hits
                      FROM (SELECT count(*) AS entries,
                                   coalesce(sum(CASE WHEN stale THEN 1 ELSE 0 END), 0) AS stale,
                                   coalesce(sum(bytes), 0) AS bytes
                              FROM stoker.answer WHERE expires_at > ?) e,
                           (SELECT coalesce(sum(asked), 0) AS asked, coalesce(sum(hits), 0) AS hits
                              FROM stoker.asked WHERE hour >= ?) q
                    """,
                    row ->
                        new Totals(
                            row.getLong(1),
                            row.getLong(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5)),
                    now,
                    hour(since))
                .orElseThrow());
  }

  /// Answers with their sources and aliases.
  private static List<CachedAnswer> whole(JdbcLink link, List<Found> found) throws SQLException {
    var all = new ArrayList<CachedAnswer>();
    for (var one : found) {
      var sources =
          link.list(
              """
              SELECT document, version, title, passage, score FROM stoker.answer_source
               WHERE answer_id = ? ORDER BY position
              """,
              row ->
                  new Answer.Source(
                      row.getString(1),
                      row.getLong(2),
                      row.getString(3),
                      row.getString(4),
                      row.getDouble(5)),
              one.id);
      all.add(one.with(sources, wordings(link, one.id)));
    }
    return all;
  }

  /// Where an answer is, and what of it can change.
  private record Place(long id, String address, boolean stale, long hits) {

    static Place of(ResultSet row) throws SQLException {
      return new Place(
          row.getLong(1),
          address(row.getString(2), row.getLong(1), row.getLong(3)),
          row.getBoolean(4),
          row.getLong(5));
    }

    /// Numbers may come again where a database was restored or emptied, but not at the same time.
    static String address(String key, long id, long storedAt) {
      return key + ":" + id + ":" + storedAt;
    }
  }

  /// An answer and its address.
  private record Kept(String address, CachedAnswer answer) {

    static Kept of(long id, CachedAnswer answer) {
      long storedAt = JdbcLink.micros(answer.storedAt());
      return new Kept(Place.address(answer.key(), id, storedAt), answer);
    }
  }

  /// What a transaction did.
  ///
  /// @param gone the addresses of answers that are no more
  /// @param come the answer that is new; null for none
  private record Change(List<String> gone, @Nullable Kept come) {}

  /// An answer's row.
  private record Found(long id, CachedAnswer bare) {

    static Found of(ResultSet row) throws SQLException {
      return new Found(
          row.getLong(1),
          new CachedAnswer(
              row.getString(2),
              row.getString(3),
              row.getString(4),
              List.of(),
              new Answer(
                  row.getString(5), List.of(), row.getInt(6), row.getString(7), row.getString(8)),
              JdbcLink.instant(row.getLong(9)),
              JdbcLink.instant(row.getLong(10)),
              row.getBoolean(11),
              row.getLong(12)));
    }

    CachedAnswer with(List<Answer.Source> sources, List<String> wordings) {
      var answer = bare.answer();
      return new CachedAnswer(
          bare.key(),
          bare.question(),
          bare.scope(),
          wordings,
          new Answer(
              answer.text(), sources, answer.confidence(), answer.model(), answer.notCacheable()),
          bare.storedAt(),
          bare.expiresAt(),
          bare.stale(),
          bare.hits());
    }
  }

  /// A question that is asked often.
  private record Top(
      String question, String scope, long asked, long hits, @Nullable String hitKey) {

    static Top of(ResultSet row) throws SQLException {
      return new Top(
          row.getString(1), row.getString(2), row.getLong(3), row.getLong(4), row.getString(5));
    }

    TopQuestion with(@Nullable Instant expiresAt) {
      return new TopQuestion(question, scope, asked, hits, expiresAt);
    }
  }

  /// How often a question was asked in an hour.
  private record Counted(
      long hour, String digest, Asked last, long asked, long hits, @Nullable String hitKey) {

    static Counted of(long hour, String digest, Asked one) {
      return new Counted(hour, digest, one, 1, one.hitKey() == null ? 0 : 1, one.hitKey());
    }

    /// One of those that are not told apart.
    Counted unnamed() {
      return new Counted(hour, UNNAMED, new Asked(last.at(), "", "", "", null), asked, hits, null);
    }

    Counted plus(Counted later) {
      return new Counted(
          hour,
          digest,
          later.last,
          asked + later.asked,
          hits + later.hits,
          later.hitKey == null ? hitKey : later.hitKey);
    }

    @Nullable Object[] row() {
      return new @Nullable Object[] {
        hour, digest, last.scope(), last.question(), asked, hits, hitKey
      };
    }
  }

  /// How often an answer was served, and when at last.
  private record Served(long hits, Instant at) {

    Served plus(Served later) {
      return new Served(hits + later.hits, at.isAfter(later.at) ? at : later.at);
    }
  }

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
