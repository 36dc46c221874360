package io.stoker.answers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.TextRules;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Cached answers in memory. Thread-safe.
final class InMemoryAnswerEntries implements AnswerEntries {

  private static final Comparator<TopQuestion> MOST_ASKED =
      Comparator.comparingLong(TopQuestion::asked)
          .reversed()
          .thenComparing(TopQuestion::question)
          .thenComparing(TopQuestion::scope);

  private final Map<String, Entry> byKey = new HashMap<>();
  private final Map<String, Entry> byAlias = new HashMap<>();
  private final NavigableMap<Long, Entry> byAge = new TreeMap<>();

  /// What was asked in which hour.
  private final NavigableMap<Instant, Map<Subject, Times>> asked = new TreeMap<>();

  private static final Subject UNNAMED = new Subject("", "");

  private final InMemoryAnswerQueue queue;
  private long mostAsked = AnswerRetention.STANDARD.mostAsked();
  private long last;

  /// @param queue where questions go whose answers are stale
  InMemoryAnswerEntries(InMemoryAnswerQueue queue) {
    this.queue = queue;
  }

  /// An answer, how often it was served, and when last.
  private static final class Entry {

    final long number;
    final List<String> aliasKeys;
    CachedAnswer answer;
    Instant servedAt;

    Entry(long number, CachedAnswer answer, List<String> aliasKeys) {
      this.number = number;
      this.answer = answer;
      this.aliasKeys = List.copyOf(aliasKeys);
      this.servedAt = answer.storedAt();
    }

    void set(boolean stale, long hits) {
      answer = answer.with(stale, hits);
    }

    boolean restsOn(String document) {
      return answer.answer().sources().stream()
          .anyMatch(source -> source.document().equals(document));
    }

    long bytes() {
      long bytes = length(answer.question()) + length(answer.answer().text());
      for (var source : answer.answer().sources()) {
        bytes += length(source.title()) + length(source.passage());
      }
      return bytes;
    }

    private static long length(String text) {
      return text.getBytes(UTF_8).length;
    }
  }

  /// A question in normal form, and whose.
  private record Subject(String normal, String scope) {}

  /// How often a question was asked.
  ///
  /// @param question in the words in which it was asked last
  private record Times(String question, long asked, long hits) {

    Times plus(Times later) {
      return new Times(later.question, asked + later.asked, hits + later.hits);
    }
  }

  @Override
  public synchronized Optional<CachedAnswer> get(String key) {
    var entry = byKey.getOrDefault(key, byAlias.get(key));
    return Optional.ofNullable(entry).map(found -> found.answer);
  }

  @Override
  public synchronized boolean put(CachedAnswer answer, List<String> aliasKeys) {
    var before = byKey.get(answer.key());
    if (before == null) {
      add(answer, aliasKeys);
      return false;
    }
    boolean takesOver = answer.aliases().isEmpty() && aliasKeys.isEmpty();
    var kept = takesOver ? answer.with(before.answer.aliases()) : answer;
    var keys = takesOver ? aliasKeys(before) : aliasKeys;
    remove(before);
    add(kept, keys);
    return true;
  }

  /// Those that another answer has not got since.
  private List<String> aliasKeys(Entry entry) {
    return entry.aliasKeys.stream().filter(alias -> byAlias.get(alias) == entry).toList();
  }

  private void add(CachedAnswer answer, List<String> aliasKeys) {
    var entry = new Entry(++last, answer, aliasKeys);
    byKey.put(answer.key(), entry);
    byAge.put(entry.number, entry);
    aliasKeys.forEach(alias -> byAlias.put(alias, entry));
  }

  @Override
  public synchronized void reword(String key, List<String> aliases, List<String> aliasKeys) {
    var entry = byKey.get(key);
    if (entry != null) {
      remove(entry);
      add(entry.answer.with(aliases), aliasKeys);
    }
  }

  private void remove(Entry entry) {
    byKey.remove(entry.answer.key());
    byAge.remove(entry.number);
    entry.aliasKeys.forEach(alias -> byAlias.remove(alias, entry));
  }

  @Override
  public synchronized void count(List<Asked> questions) {
    for (var question : questions) {
      var hitKey = question.hitKey();
      var hour = asked.computeIfAbsent(hour(question.at()), _ -> new HashMap<>());
      hour.merge(
          subject(question, hour),
          new Times(question.question(), 1, hitKey == null ? 0 : 1),
          Times::plus);
      var hit = hitKey == null ? null : byKey.get(hitKey);
      if (hit != null) {
        hit.set(hit.answer.stale(), hit.answer.hits() + 1);
        hit.servedAt = question.at().isAfter(hit.servedAt) ? question.at() : hit.servedAt;
      }
    }
  }

  @Override
  public synchronized Page<CachedAnswer> list(
      String search, @Nullable String scope, int limit, @Nullable Long before) {
    String words = search.toLowerCase(Locale.ROOT);
    var older = before == null ? byAge : byAge.headMap(before, false);
    var page =
        InMemoryAnswerQueue.page(
            older.descendingMap().values().stream()
                .filter(entry -> scope == null || entry.answer.scope().equals(scope))
                .filter(entry -> entry.answer.question().toLowerCase(Locale.ROOT).contains(words)),
            limit,
            entry -> entry.number);
    return new Page<>(page.items().stream().map(entry -> entry.answer).toList(), page.next());
  }

  @Override
  public synchronized long delete(
      @Nullable String document, @Nullable String scope, @Nullable String key) {
    return removeAll(entry ->
        (document == null || entry.restsOn(document))
            && (scope == null || entry.answer.scope().equals(scope))
            && (key == null || entry.answer.key().equals(key)));
  }

  private long removeAll(Predicate<Entry> which) {
    var gone = byAge.values().stream().filter(which).toList();
    gone.forEach(this::remove);
    return gone.size();
  }

  @Override
  public synchronized void documentChanged(String document) {
    var affected = byAge.values().stream().filter(entry -> entry.restsOn(document)).toList();
    affected.forEach(entry -> entry.set(true, entry.answer.hits()));
    var scopes =
        affected.stream()
            .map(entry -> entry.answer)
            .collect(Collectors.groupingBy(CachedAnswer::scope, TreeMap::new, Collectors.toList()));
    var name = "document " + document + " changed";
    var shortened = TextRules.shortened(name, BatchOptions.LONGEST);
    scopes.forEach((scope, answers) ->
        queue.submit(
            new Submission(
                answers.stream().map(CachedAnswer::question).toList(),
                answers.stream()
                    .filter(answer -> !answer.aliases().isEmpty())
                    .collect(
                        Collectors.toMap(
                            CachedAnswer::question, CachedAnswer::aliases, (_, later) -> later)),
                new BatchOptions(shortened, scope, false, false),
                null)));
  }

  @Override
  public synchronized void forgetAsked(Instant before, long most) {
    asked.headMap(hour(before)).clear();
    mostAsked = most;
    var hours = asked.values().iterator();
    while (askedRows() > most && hours.hasNext()) {
      var oldest = hours.next().keySet().iterator();
      while (askedRows() > most && oldest.hasNext()) {
        oldest.next();
        oldest.remove();
      }
    }
    asked.values().removeIf(Map::isEmpty);
  }

  private long askedRows() {
    return asked.values().stream().mapToLong(Map::size).sum();
  }

  /// The question itself, or else what stands for all that are not told apart.
  private Subject subject(Asked question, Map<Subject, Times> hour) {
    var subject = new Subject(question.normal(), question.scope());
    return hour.containsKey(subject) || askedRows() < mostAsked ? subject : UNNAMED;
  }

  @Override
  public synchronized long evict(Instant now, long most) {
    long evicted = removeAll(entry -> !entry.answer.expiresAt().isAfter(now));
    long tooMany = Math.max(0, byAge.size() - most);
    var leastServed =
        byAge.values().stream()
            .sorted(
                Comparator.comparing((Entry entry) -> entry.servedAt)
                    .thenComparingLong(entry -> entry.number))
            .limit(tooMany)
            .toList();
    leastServed.forEach(this::remove);
    return evicted + leastServed.size();
  }

  @Override
  public synchronized List<TopQuestion> top(Instant since, int limit) {
    var bySubject = new HashMap<Subject, Times>();
    for (var hour : asked.tailMap(hour(since), true).values()) {
      hour.forEach((subject, times) -> bySubject.merge(subject, times, Times::plus));
    }
    bySubject.remove(UNNAMED);
    var expiries = expiries();
    return bySubject.entrySet().stream()
        .map(entry -> top(entry.getKey(), entry.getValue(), expiries.get(entry.getKey())))
        .sorted(MOST_ASKED)
        .limit(limit)
        .toList();
  }

  private static TopQuestion top(Subject subject, Times times, @Nullable Instant expiresAt) {
    return new TopQuestion(times.question, subject.scope, times.asked, times.hits, expiresAt);
  }

  private Map<Subject, Instant> expiries() {
    var expiries = new HashMap<Subject, Instant>();
    for (var entry : byAge.values()) {
      var answer = entry.answer;
      expiries.put(
          new Subject(QuestionForm.normal(answer.question()), answer.scope()), answer.expiresAt());
    }
    return expiries;
  }

  @Override
  public synchronized Totals totals(Instant since, Instant now) {
    var served =
        byAge.values().stream().filter(entry -> entry.answer.expiresAt().isAfter(now)).toList();
    var times =
        asked.tailMap(hour(since), true).values().stream()
            .flatMap(hour -> hour.values().stream())
            .toList();
    return new Totals(
        served.size(),
        served.stream().filter(entry -> entry.answer.stale()).count(),
        served.stream().mapToLong(Entry::bytes).sum(),
        times.stream().mapToLong(Times::asked).sum(),
        times.stream().mapToLong(Times::hits).sum());
  }

  private static Instant hour(Instant at) {
    return at.truncatedTo(ChronoUnit.HOURS);
  }
}
