package io.stoker.answers;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A batch in memory with its queries, which it counts by their states. Confined to
/// [InMemoryAnswerQueue]'s lock.
final class InMemoryBatch {

  final long id;
  final BatchOptions options;
  final List<BatchChange> history = new ArrayList<>();
  final NavigableMap<Integer, Entry> queries = new TreeMap<>();

  /// Those that have not ended.
  final NavigableMap<Integer, Entry> open = new TreeMap<>();

  BatchState state = BatchState.PENDING;
  @Nullable Instant startedAt;
  @Nullable Instant endedAt;
  String reason = "";

  private final Instant createdAt;
  private final Map<QueryState, Integer> counts = new EnumMap<>(QueryState.class);

  InMemoryBatch(long id, BatchOptions options, Instant createdAt) {
    this.id = id;
    this.options = options;
    this.createdAt = createdAt;
  }

  Batch asItStands() {
    return new Batch(id, state, counts(), options, createdAt, startedAt, endedAt, reason);
  }

  BatchCounts counts() {
    return new BatchCounts(
        queries.size(),
        count(QueryState.COMPLETED),
        count(QueryState.FAILED),
        count(QueryState.SKIPPED),
        count(QueryState.CANCELLED));
  }

  private int count(QueryState ofState) {
    return counts.getOrDefault(ofState, 0);
  }

  /// Whether its queries can be claimed.
  boolean isClaimable() {
    return state == BatchState.PENDING || state == BatchState.RUNNING;
  }

  Entry add(long query, String question, List<String> aliases) {
    int position = queries.isEmpty() ? 0 : queries.lastKey() + 1;
    var entry = new Entry(query, position, question, aliases);
    queries.put(entry.position, entry);
    entry.arrive();
    return entry;
  }

  void note(Instant at, String what, String why) {
    history.add(new BatchChange(at, what, why, state));
  }

  /// One of its queries.
  final class Entry {

    final long id;
    final String question;
    final List<String> aliases;
    QueryState state = QueryState.PENDING;
    @Nullable AnswerOutcome outcome;
    String detail = "";
    int attempts;
    int lost;
    long token;
    @Nullable Instant notBefore;
    @Nullable Instant leaseEnds;
    @Nullable Instant startedAt;
    @Nullable Instant endedAt;

    private final int position;

    private Entry(long id, int position, String question, List<String> aliases) {
      this.id = id;
      this.position = position;
      this.question = question;
      this.aliases = List.copyOf(aliases);
    }

    InMemoryBatch batch() {
      return InMemoryBatch.this;
    }

    Query asItStands() {
      return new Query(
          id,
          batch().id,
          position,
          question,
          aliases,
          state,
          outcome,
          detail,
          attempts,
          notBefore,
          startedAt,
          endedAt);
    }

    /// When it can be claimed, or could have been; null if at any time.
    @Nullable Instant due() {
      return state == QueryState.PROCESSING ? leaseEnds : notBefore;
    }

    boolean isDue(Instant now) {
      var due = due();
      return due == null || !due.isAfter(now);
    }

    boolean isHeldBy(Claim claim) {
      return state == QueryState.PROCESSING && token == claim.token();
    }

    Claim claim(Instant now, Instant until) {
      lost += state == QueryState.PROCESSING ? 1 : 0;
      become(QueryState.PROCESSING);
      token++;
      startedAt = now;
      leaseEnds = until;
      return new Claim(
          id, batch().id, token, question, aliases, options, attempts + 1, lost, until);
    }

    void end(QueryState in, @Nullable AnswerOutcome with, String why, Instant now) {
      become(in);
      outcome = with;
      detail = why;
      endedAt = now;
    }

    void waitUntil(@Nullable Instant due, String why) {
      become(QueryState.PENDING);
      notBefore = due;
      detail = why;
    }

    void beginAgain() {
      become(QueryState.PENDING);
      outcome = null;
      detail = "";
      attempts = 0;
      lost = 0;
      endedAt = null;
    }

    private void become(QueryState next) {
      leave();
      state = next;
      leaseEnds = null;
      notBefore = null;
      arrive();
    }

    /// Takes it out of its batch.
    void delete() {
      leave();
      queries.remove(position);
    }

    private void leave() {
      counts.merge(state, -1, Integer::sum);
      open.remove(position);
    }

    private void arrive() {
      counts.merge(state, 1, Integer::sum);
      if (!state.isOver()) {
        open.put(position, this);
      }
    }
  }
}
