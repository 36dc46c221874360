package io.stoker.sessions;

import static io.stoker.sessions.Samples.NOON;

import io.stoker.ManualTime;
import java.time.Instant;

class InMemorySessionSourceTest extends SessionSourceContract {

  private final ManualTime time = new ManualTime(NOON);
  private final InMemorySessionSource source = new InMemorySessionSource(time);

  @Override
  SessionSource source() {
    return source;
  }

  @Override
  void add(SessionKey key, Instant expiresAt, Instant lastActivityAt) {
    source.put(key, userId(), expiresAt, lastActivityAt, "");
  }

  @Override
  Instant now() {
    return time.now();
  }

  @Override
  String userId() {
    return "7";
  }
}
