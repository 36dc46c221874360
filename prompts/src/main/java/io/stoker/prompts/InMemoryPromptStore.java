package io.stoker.prompts;

import io.stoker.prompts.policy.Learned;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Conversations in memory, gone with the process; of the warms of each, the last hundred.
/// Thread-safe.
final class InMemoryPromptStore implements PromptStore {

  private static final int WARMS = 100;

  private final NavigableMap<String, Kept> all = new ConcurrentSkipListMap<>();
  private final InMemoryLedger ledger = new InMemoryLedger();
  private final PromptLeases leases = new SoleLeases(this);
  private final ConcurrentMap<List<String>, Learned> learned = new ConcurrentHashMap<>();

  @Override
  public Optional<Conversation> find(String id) {
    return of(id).asKept();
  }

  @Override
  public void save(Conversation conversation, List<LedgerEntry> lines) {
    var kept = all.computeIfAbsent(conversation.id(), _ -> new Kept());
    synchronized (kept) {
      kept.conversation = conversation;
      ledger.add(lines);
    }
  }

  @Override
  public void update(Conversation conversation, List<LedgerEntry> lines) {
    if (find(conversation.id()).isEmpty()) {
      throw new ConversationTakenException(conversation.id());
    }
    save(conversation, lines);
  }

  @Override
  public void add(List<LedgerEntry> lines) {
    ledger.add(lines);
  }

  @Override
  public PromptLeases leases() {
    return leases;
  }

  @Override
  public PromptLedger ledger() {
    return ledger;
  }

  @Override
  public void keep(List<Learned> parts) {
    for (var part : parts) {
      learned.put(List.of(part.tenant(), part.topic()), part);
    }
  }

  @Override
  public List<Learned> learned() {
    return List.copyOf(learned.values());
  }

  @Override
  public void visitEnabled(Consumer<Conversation> visitor) {
    saved(all.values()).filter(each -> each.warming().enabled()).forEach(visitor);
  }

  @Override
  public List<Conversation> list(boolean onlyEnabled, int limit, @Nullable String after) {
    var page = after == null ? all : all.tailMap(after, false);
    return saved(page.values())
        .filter(each -> !onlyEnabled || each.warming().enabled())
        .limit(limit)
        .toList();
  }

  private static Stream<Conversation> saved(Collection<Kept> kept) {
    return kept.stream().map(Kept::asKept).flatMap(Optional::stream);
  }

  @Override
  public long append(String id, List<Message> messages, @Nullable TurnMetrics metrics) {
    var kept = all.computeIfAbsent(id, _ -> new Kept());
    synchronized (kept) {
      for (var message : messages) {
        kept.history.add(new StoredChunk(kept.history.size() + 1, message.role(), message.chunk()));
      }
      if (metrics != null) {
        kept.metrics.add(metrics);
      }
      return kept.history.size();
    }
  }

  @Override
  public boolean appendTurn(String id, List<Message> messages, TurnMetrics metrics) {
    if (find(id).isEmpty()) {
      return false;
    }
    append(id, messages, metrics);
    return true;
  }

  @Override
  public HistorySize size(String id) {
    var chunks = history(id, 0);
    return new HistorySize(
        chunks.size(),
        chunks.stream().mapToLong(each -> PromptJson.of(each.chunk()).length()).sum());
  }

  @Override
  public long count(@Nullable String tenant, long most) {
    return saved(all.values())
        .filter(each -> tenant == null || each.tenant().equals(tenant))
        .limit(most)
        .count();
  }

  @Override
  public boolean delete(String id) {
    return all.remove(id) != null;
  }

  /// Memory knows no days.
  @Override
  public List<String> deletable(@Nullable Integer unusedDays, int limit) {
    return List.of();
  }

  @Override
  public List<StoredChunk> history(String id, long after) {
    var kept = of(id);
    synchronized (kept) {
      int size = kept.history.size();
      return List.copyOf(kept.history.subList(Math.clamp(after, 0, size), size));
    }
  }

  @Override
  public List<TurnMetrics> metrics(String id) {
    var kept = of(id);
    synchronized (kept) {
      return List.copyOf(kept.metrics);
    }
  }

  @Override
  public void record(WarmRecord warm) {
    var kept = all.computeIfAbsent(warm.conversationId(), _ -> new Kept());
    synchronized (kept) {
      kept.warms.addFirst(warm);
      if (kept.warms.size() > WARMS) {
        kept.warms.removeLast();
      }
    }
  }

  @Override
  public List<WarmRecord> warms(String id, int limit) {
    var kept = of(id);
    synchronized (kept) {
      return kept.warms.stream().limit(limit).toList();
    }
  }

  private Kept of(String id) {
    return all.getOrDefault(id, new Kept());
  }

  @Override
  public void close() {
    // There is nothing to close.
  }

  /// What is kept of one conversation. Guarded by itself.
  private static final class Kept {

    private final List<StoredChunk> history = new ArrayList<>(0);
    private final List<TurnMetrics> metrics = new ArrayList<>(0);
    private final Deque<WarmRecord> warms = new ArrayDeque<>(1);
    private @Nullable Conversation conversation;

    /// Without what is not kept; left out when it is read, so that the copy is not held.
    private synchronized Optional<Conversation> asKept() {
      return Optional.ofNullable(conversation).map(Conversation::kept);
    }
  }
}
