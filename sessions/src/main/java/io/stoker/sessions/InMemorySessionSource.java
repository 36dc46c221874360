package io.stoker.sessions;

import io.stoker.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// A source of sessions in memory, for tests. Thread-safe.
public final class InMemorySessionSource implements SessionSource {

  private final Map<SessionKey, Row> rows = new ConcurrentHashMap<>();
  private final Time time;

  /// An empty source.
  public InMemorySessionSource(Time time) {
    this.time = time;
  }

  private record Row(
      SessionKey key, String userId, Instant expiresAt, Instant lastActivityAt, String members) {

    SessionEntry entry(Fence fence) {
      return SessionEntry.ofToken(key, userId, expiresAt, fence, members);
    }
  }

  /// Adds a session, or replaces the one with this key.
  ///
  /// @param members as in [SessionEntry#ofToken]
  public void put(
      SessionKey key, String userId, Instant expiresAt, Instant lastActivityAt, String members) {
    rows.put(key, new Row(key, userId, expiresAt, lastActivityAt, members));
  }

  /// Removes a session, like a sign-out.
  public void remove(SessionKey key) {
    rows.remove(key);
  }

  /// Removes all sessions of a user.
  public void removeUser(String userId) {
    rows.values().removeIf(row -> row.userId().equals(userId));
  }

  @Override
  public SessionCursor read(SessionQuery query, Fence fence) {
    return new Reading(eligible(query).iterator(), query, fence);
  }

  @Override
  public SessionChunk find(SessionKey key, Fence fence) {
    var row = rows.get(key);
    var now = time.now();
    return row == null || !row.expiresAt().isAfter(now)
        ? new SessionChunk(List.of(), List.of(), now)
        : new SessionChunk(List.of(row.entry(fence)), List.of(), now);
  }

  @Override
  public SessionEstimate estimate(SessionQuery query) {
    long eligible = rows.values().stream().filter(row -> isEligible(row, query)).count();
    var bytes =
        eligible(query).stream().mapToInt(row -> row.entry(Fence.FIRST).value().length).average();
    return new SessionEstimate(
        eligible, Math.min(eligible, query.limit()), Math.round(bytes.orElse(0)));
  }

  private List<Row> eligible(SessionQuery query) {
    return rows.values().stream()
        .filter(row -> isEligible(row, query))
        .sorted(Comparator.comparing(Row::lastActivityAt).reversed())
        .limit(query.limit())
        .toList();
  }

  private boolean isEligible(Row row, SessionQuery query) {
    var now = time.now();
    return row.expiresAt().isAfter(now)
        && !row.lastActivityAt().isBefore(now.minus(query.activeWithin()));
  }

  /// The sessions that were eligible when the cursor was opened.
  private final class Reading implements SessionCursor {

    private final Iterator<Row> left;
    private final SessionQuery query;
    private final Fence fence;

    Reading(Iterator<Row> left, SessionQuery query, Fence fence) {
      this.left = left;
      this.query = query;
      this.fence = fence;
    }

    @Override
    public Optional<SessionChunk> next(Duration timeout) {
      if (!left.hasNext()) {
        return Optional.empty();
      }
      var entries = new ArrayList<SessionEntry>();
      while (left.hasNext() && entries.size() < query.chunkSize()) {
        entries.add(left.next().entry(fence));
      }
      return Optional.of(new SessionChunk(entries, List.of(), time.now()));
    }

    @Override
    public void close() {}
  }
}
