package io.stoker.sessions;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.stoker.Time;
import io.stoker.WarmOutcome;
import io.stoker.sessions.SessionLookup.Absent;
import io.stoker.sessions.SessionLookup.Found;
import io.stoker.sessions.SessionLookup.Unusable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A store of token sessions in memory that behaves like [RedisSessionStore]. Thread-safe.
final class InMemorySessionStore implements SessionStore {

  private final Duration maxAge;
  private final Time time;
  private final Cache<SessionKey, Stored> entries;
  private final Cache<String, Fence> users;
  private final List<RevocationListener> listeners = new CopyOnWriteArrayList<>();
  private long lastFence;
  private Fence everything = Fence.FIRST;

  InMemorySessionStore(Duration maxAge, Time time) {
    this.maxAge = maxAge;
    this.time = time;
    this.entries =
        Caffeine.newBuilder()
            .ticker(() -> time.ticks().toNanos())
            .expireAfter(
                Expiry.<SessionKey, Stored>writing((_, stored) -> stored.until.minus(time.ticks())))
            .build();
    this.users =
        Caffeine.newBuilder()
            .ticker(() -> time.ticks().toNanos())
            .expireAfterWrite(maxAge.multipliedBy(2))
            .build();
  }

  /// An entry or a tombstone, and the [Time#ticks()] at which it expires.
  private record Stored(SessionEntry entry, Duration until) {}

  @Override
  public synchronized Fence fence() {
    lastFence = Math.max(ChronoUnit.MICROS.between(Instant.EPOCH, time.now()), lastFence + 1);
    return new Fence(lastFence);
  }

  @Override
  public synchronized List<WarmOutcome> putAll(List<SessionWrite> writes, WriteMode mode) {
    var outcomes = new ArrayList<WarmOutcome>(writes.size());
    for (var write : writes) {
      var key = write.entry().key();
      var old = entries.getIfPresent(key);
      if (old == null || mayReplace(old, write, mode)) {
        put(key, write.entry(), write.timeToLive());
        outcomes.add(WarmOutcome.WARMED);
      } else {
        outcomes.add(new WarmOutcome.Skipped("already there"));
      }
    }
    return outcomes;
  }

  private boolean mayReplace(Stored old, SessionWrite write, WriteMode mode) {
    return switch (mode) {
      case IF_ABSENT, ONCE -> false;
      case REPLACE_OLDER -> isOlder(old, write);
      case REFRESH ->
          isOlder(old, write) && left(old).multipliedBy(2).compareTo(write.timeToLive()) <= 0;
    };
  }

  private static boolean isOlder(Stored old, SessionWrite write) {
    var oldValue = old.entry.value();
    return !TokenJson.isTombstone(oldValue)
        && TokenJson.fence(oldValue).compareTo(TokenJson.fence(write.entry().value())) < 0;
  }

  private Duration left(Stored stored) {
    return stored.until.minus(time.ticks());
  }

  private void put(SessionKey key, SessionEntry entry, Duration timeToLive) {
    entries.put(key, new Stored(entry, time.ticks().plus(timeToLive)));
  }

  @Override
  public synchronized List<SessionLookup> read(List<SessionKey> keys) {
    return keys.stream().map(this::read).toList();
  }

  private SessionLookup read(SessionKey key) {
    var stored = entries.getIfPresent(key);
    if (stored == null) {
      return new Absent();
    }
    var lookup = entry(key, stored.entry);
    if (lookup instanceof Found(Session session, Fence fence)) {
      if (fence.compareTo(everything) <= 0) {
        return new Unusable("read before everything was revoked");
      }
      var revoked = users.getIfPresent(session.userId());
      if (revoked != null && fence.compareTo(revoked) <= 0) {
        return new Unusable("read before its user was revoked");
      }
    }
    return lookup;
  }

  private SessionLookup entry(SessionKey key, SessionEntry entry) {
    return TokenJson.read(key, entry.value(), time.now(), maxAge);
  }

  @Override
  public int countFindable(List<SessionKey> keys) {
    return (int) read(keys).stream().filter(Found.class::isInstance).count();
  }

  @Override
  public void revoke(SessionKey key) {
    synchronized (this) {
      var tombstone = new SessionEntry(key, TokenJson.tombstone(fence()), Instant.MAX);
      put(key, tombstone, maxAge.multipliedBy(2));
    }
    listeners.forEach(listener -> listener.revoked(key));
  }

  @Override
  public void revokeUser(String userId) {
    synchronized (this) {
      users.put(userId, fence());
    }
    listeners.forEach(listener -> listener.revokedUser(userId));
  }

  @Override
  public void revokeEverything() {
    synchronized (this) {
      everything = fence();
    }
    listeners.forEach(RevocationListener::revokedEverything);
  }

  @Override
  public Subscription subscribe(RevocationListener listener) {
    listeners.add(listener);
    listener.listening(true);
    return () -> listeners.remove(listener);
  }
}
