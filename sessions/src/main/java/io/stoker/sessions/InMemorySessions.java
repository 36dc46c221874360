package io.stoker.sessions;

import io.stoker.Time;

/// Store, lock and stats in memory, with the semantics of [RedisSessions]: for tests, and for
/// applications of a single process. Nothing survives the process. Thread-safe.
public final class InMemorySessions {

  private final SessionStore store;
  private final WarmLock lock;
  private final SessionStats stats;

  /// An empty store whose entries are served no longer than [RedisSessions#MAX_AGE].
  public InMemorySessions(Time time) {
    this.store = new InMemorySessionStore(RedisSessions.MAX_AGE, time);
    this.lock = new InMemoryWarmLock(time);
    this.stats = new InMemorySessionStats(time);
  }

  /// Token sessions, which [SessionCache] reads.
  public SessionStore store() {
    return store;
  }

  /// The lease and the marker of warm runs.
  public WarmLock lock() {
    return lock;
  }

  /// The counts of look-ups.
  public SessionStats stats() {
    return stats;
  }
}
