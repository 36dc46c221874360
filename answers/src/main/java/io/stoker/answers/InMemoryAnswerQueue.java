package io.stoker.answers;

import io.stoker.Time;
import io.stoker.answers.AnswerEvent.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The queue in memory, for owners and workers. Thread-safe: one lock guards all.
final class InMemoryAnswerQueue implements AnswerQueue, AnswerClaims {

  private final InMemoryAnswerLog log;
  private final Time time;
  private final NavigableMap<Long, InMemoryBatch> batches = new TreeMap<>();
  private final Map<Long, InMemoryBatch.Entry> queries = new HashMap<>();
  private final Map<String, InMemoryBatch> submitted = new HashMap<>();
  private long lastBatch;
  private long lastQuery;
  private Instant rateDue = Instant.EPOCH;

  InMemoryAnswerQueue(InMemoryAnswerLog log, Time time) {
    this.log = log;
    this.time = time;
  }

  @Override
  public synchronized Batch submit(Submission submission) {
    var key = submission.idempotencyKey();
    var earlier = key == null ? null : submitted.get(key);
    if (earlier != null) {
      return earlier.asItStands();
    }
    var now = time.now();
    var batch = new InMemoryBatch(++lastBatch, submission.options(), now);
    batches.put(batch.id, batch);
    if (key != null) {
      submitted.put(key, batch);
    }
    append(batch, submission.questions(), submission.aliases());
    batch.note(now, "submitted", "");
    log.tell(Kind.CHANGED, batch.id, 0);
    return batch.asItStands();
  }

  @Override
  public synchronized Optional<Batch> add(
      long id, List<String> questions, Map<String, List<String>> aliases) {
    var batch = batches.get(id);
    if (batch == null) {
      return Optional.empty();
    }
    if (batch.state.isOver()) {
      throw new IllegalMoveException("add", batch.state.label());
    }
    if (!questions.isEmpty()) {
      append(batch, questions, aliases);
      batch.note(time.now(), "added", "");
      log.tell(Kind.CHANGED, batch.id, 0);
    }
    return Optional.of(batch.asItStands());
  }

  private void append(
      InMemoryBatch batch, List<String> questions, Map<String, List<String>> aliases) {
    for (var question : questions) {
      lastQuery++;
      var wordings = aliases.getOrDefault(question, List.of());
      queries.put(lastQuery, batch.add(lastQuery, question, wordings));
    }
  }

  @Override
  public synchronized Optional<Batch> move(long id, BatchMove move, String reason) {
    var batch = batches.get(id);
    if (batch == null) {
      return Optional.empty();
    }
    var next =
        BatchRules.next(batch.state, batch.startedAt != null, move)
            .orElseThrow(() -> illegal(batch, move));
    if (changes(batch, move, next)) {
      var now = time.now();
      batch.state = next;
      batch.endedAt = next.isOver() ? now : null;
      batch.reason = reason;
      batch.note(now, move.label(), reason);
      log.tell(move == BatchMove.PAUSE ? Kind.PAUSED : Kind.CHANGED, batch.id, 0);
      if (next.isOver()) {
        log.tell(Kind.COMPLETE, batch.id, 0);
      }
    }
    return Optional.of(batch.asItStands());
  }

  /// Whether the move changes anything; its queries are changed already.
  private boolean changes(InMemoryBatch batch, BatchMove move, BatchState next) {
    if (move.isRetry()) {
      var again = batch.queries.values().stream().filter(q -> move.retries(q.state)).toList();
      if (again.isEmpty() && batch.state.isOver()) {
        throw illegal(batch, move); // It would be pending with nothing to do, for ever.
      }
      again.forEach(InMemoryBatch.Entry::beginAgain);
      return !again.isEmpty();
    }
    if (move == BatchMove.CANCEL) {
      var now = time.now();
      List.copyOf(batch.open.values())
          .forEach(query -> query.end(QueryState.CANCELLED, null, query.detail, now));
    }
    return next != batch.state;
  }

  private static IllegalMoveException illegal(InMemoryBatch batch, BatchMove move) {
    return new IllegalMoveException(move.command(), batch.state.label());
  }

  @Override
  public synchronized Optional<Query> retry(long id) {
    var query = queries.get(id);
    if (query == null) {
      return Optional.empty();
    }
    if (!BatchMove.RETRY_ALL.retries(query.state)) {
      throw new IllegalMoveException("retry", query.state.label());
    }
    query.beginAgain();
    var batch = query.batch();
    if (batch.state.isOver()) {
      batch.state = BatchState.PENDING;
      batch.endedAt = null;
    }
    log.tell(Kind.CHANGED, batch.id, 0);
    return Optional.of(query.asItStands());
  }

  @Override
  public synchronized boolean deleteQuery(long id) {
    var query = queries.remove(id);
    if (query == null) {
      return false;
    }
    query.delete();
    log.tell(Kind.CHANGED, query.batch().id, 0);
    endIfDone(query.batch());
    return true;
  }

  @Override
  public synchronized boolean deleteBatch(long id) {
    var batch = batches.remove(id);
    if (batch == null) {
      return false;
    }
    batch.queries.values().forEach(query -> queries.remove(query.id));
    submitted.values().remove(batch);
    log.tell(Kind.DELETED, id, 0);
    return true;
  }

  @Override
  public synchronized boolean deleteEnded(Instant before) {
    return batches.values().stream()
        .filter(batch -> batch.endedAt != null && batch.endedAt.isBefore(before))
        .min(Comparator.comparing(batch -> Objects.requireNonNull(batch.endedAt)))
        .map(batch -> deleteBatch(batch.id))
        .orElse(false);
  }

  @Override
  public synchronized Open open() {
    var open = batches.values().stream().filter(batch -> !batch.state.isOver()).toList();
    return new Open(open.size(), open.stream().mapToLong(batch -> batch.counts().open()).sum());
  }

  @Override
  public synchronized Optional<Batch> submitted(String idempotencyKey) {
    return Optional.ofNullable(submitted.get(idempotencyKey)).map(InMemoryBatch::asItStands);
  }

  /// What is in memory is changed at once.
  @Override
  public boolean workOff() {
    return false;
  }

  @Override
  public synchronized Optional<Batch> batch(long id) {
    return Optional.ofNullable(batches.get(id)).map(InMemoryBatch::asItStands);
  }

  @Override
  public synchronized Page<Batch> batches(
      @Nullable BatchState state, int limit, @Nullable Long before) {
    var older = before == null ? batches : batches.headMap(before, false);
    return page(
        older.descendingMap().values().stream()
            .filter(batch -> state == null || batch.state == state)
            .map(InMemoryBatch::asItStands),
        limit,
        Batch::id);
  }

  @Override
  public synchronized Optional<Query> query(long id) {
    return Optional.ofNullable(queries.get(id)).map(InMemoryBatch.Entry::asItStands);
  }

  @Override
  public synchronized Page<Query> queries(
      long id, @Nullable QueryState state, int limit, @Nullable Long after) {
    var batch = batches.get(id);
    if (batch == null) {
      return new Page<>(List.of(), null);
    }
    var later =
        after == null
            ? batch.queries
            : batch.queries.tailMap(Math.clamp(after, -1, Integer.MAX_VALUE), false);
    return page(
        later.values().stream()
            .filter(query -> state == null || query.state == state)
            .map(InMemoryBatch.Entry::asItStands),
        limit,
        Query::position);
  }

  static <T> Page<T> page(Stream<T> rest, int limit, ToLongFunction<T> key) {
    var items = rest.limit(limit + 1L).toList();
    if (items.size() <= limit) {
      return new Page<>(items, null);
    }
    return new Page<>(items.subList(0, limit), key.applyAsLong(items.get(limit - 1)));
  }

  @Override
  public synchronized List<BatchChange> history(long id) {
    var batch = batches.get(id);
    return batch == null ? List.of() : List.copyOf(batch.history);
  }

  @Override
  public synchronized List<Claim> claim(int most, Duration lease, @Nullable Integer perMinute) {
    var now = time.now();
    int allowed =
        perMinute == null ? most : Math.min(most, RateRules.allowed(rateDue, perMinute, now));
    var claims = new ArrayList<Claim>();
    for (var batch : batches.values()) {
      if (claims.size() == allowed) {
        break;
      }
      if (batch.isClaimable()) {
        claims.addAll(claim(batch, allowed - claims.size(), now, now.plus(lease)));
      }
    }
    if (perMinute != null && !claims.isEmpty()) {
      rateDue = RateRules.after(claims.size(), rateDue, perMinute, now);
    }
    return claims;
  }

  @Override
  public synchronized Optional<Claim> claimNext(
      @Nullable Claim last, double luck, Duration lease, @Nullable Integer perMinute) {
    var now = time.now();
    if (perMinute != null && RateRules.allowed(rateDue, perMinute, now) == 0) {
      return Optional.empty();
    }
    var any =
        batches.values().stream()
            .filter(InMemoryBatch::isClaimable)
            .flatMap(batch -> batch.open.values().stream())
            .filter(query -> query.isDue(now))
            .toList();
    if (any.isEmpty()) {
      return Optional.empty();
    }
    var untried = any.stream().filter(query -> query.attempts == 0).toList();
    var due = untried.isEmpty() ? any : untried;
    // Numbers grow with batches and positions, but for queries that were added to a batch later.
    var next =
        last == null
            ? due.get((int) (luck * due.size()))
            : due.stream()
                .filter(query -> query.id > last.queryId())
                .findFirst()
                .orElse(due.getFirst());
    if (perMinute != null) {
      rateDue = RateRules.after(1, rateDue, perMinute, now);
    }
    begin(next.batch(), now);
    return Optional.of(next.claim(now, now.plus(lease)));
  }

  private List<Claim> claim(InMemoryBatch batch, int most, Instant now, Instant until) {
    var due = batch.open.values().stream().filter(query -> query.isDue(now)).limit(most).toList();
    var claims = due.stream().map(query -> query.claim(now, until)).toList();
    if (!claims.isEmpty()) {
      begin(batch, now);
    }
    return claims;
  }

  private void begin(InMemoryBatch batch, Instant now) {
    if (batch.state == BatchState.PENDING) {
      batch.state = BatchState.RUNNING;
      batch.startedAt = batch.startedAt == null ? now : batch.startedAt;
      log.tell(Kind.CHANGED, batch.id, 0);
    }
  }

  @Override
  public synchronized Set<Claim> renew(List<Claim> claims, Duration lease) {
    var until = time.now().plus(lease);
    var lost = new HashSet<Claim>();
    for (var claim : claims) {
      var query = held(claim);
      if (query == null) {
        lost.add(claim);
      } else {
        query.leaseEnds = until;
      }
    }
    return lost;
  }

  @Override
  public synchronized List<Boolean> settle(List<Settlement> settlements) {
    return settlements.stream().map(this::settle).toList();
  }

  private boolean settle(Settlement settlement) {
    var query = held(settlement.claim());
    if (query == null) {
      return false;
    }
    switch (settlement.verdict()) {
      case Verdict.End(var outcome, var detail) -> {
        query.attempts++;
        query.end(outcome.state(), outcome, detail, time.now());
        log.tell(Kind.QUERY, query.batch().id, query.id);
        endIfDone(query.batch());
      }
      case Verdict.TryAgain(var notBefore, var detail) -> {
        query.attempts++;
        query.waitUntil(notBefore, detail);
      }
      case Verdict.HandBack(var notBefore, var detail) -> query.waitUntil(notBefore, detail);
    }
    return true;
  }

  private InMemoryBatch.@Nullable Entry held(Claim claim) {
    var query = queries.get(claim.queryId());
    return query != null && query.isHeldBy(claim) ? query : null;
  }

  private void endIfDone(InMemoryBatch batch) {
    if (batch.open.isEmpty() && !batch.state.isOver()) {
      batch.state = BatchRules.ended(batch.counts().failed());
      batch.endedAt = time.now();
      log.tell(Kind.COMPLETE, batch.id, 0);
    }
  }

  @Override
  public synchronized Optional<Instant> nextDue() {
    var now = time.now();
    return batches.values().stream()
        .filter(InMemoryBatch::isClaimable)
        .flatMap(batch -> batch.open.values().stream())
        .filter(query -> !query.isDue(now))
        .flatMap(query -> Stream.ofNullable(query.due()))
        .min(Comparator.naturalOrder());
  }
}
