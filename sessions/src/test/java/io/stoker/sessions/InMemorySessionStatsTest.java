package io.stoker.sessions;

class InMemorySessionStatsTest extends SessionStatsContract {

  private final SessionStats stats = new InMemorySessions(time).stats();

  @Override
  SessionStats stats() {
    return stats;
  }
}
