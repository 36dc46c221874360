package io.stoker.sessions;

import io.stoker.Time;

/// Sessions in this process' memory, by the same rules as [RedisSessions]: for tests, and for
/// applications that are a single process. Everything is gone when the process ends. Thread-safe.
public final class InMemorySessions {

  private final SessionStore store;
  private final WarmLock lock;
  private final SessionStats stats;

  /// Nothing in it yet, and entries live no longer than [RedisSessions#MAX_AGE].
  public InMemorySessions(Time time) {
    this.store = new InMemorySessionStore(RedisSessions.MAX_AGE, time);
    this.lock = new InMemoryWarmLock(time);
    this.stats = new InMemorySessionStats(time);
  }

  /// Token sessions, which [SessionCache] reads.
  public SessionStore store() {
    return store;
  }

  /// The lease and the mark of warm runs.
  public WarmLock lock() {
    return lock;
  }

  /// Look-ups counted.
  public SessionStats stats() {
    return stats;
  }
}
