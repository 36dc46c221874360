package io.stoker.sessions;

import static io.stoker.sessions.Samples.NOON;

import io.stoker.ManualTime;
import java.time.Duration;

class InMemoryWarmLockTest extends WarmLockContract {

  private final ManualTime time = new ManualTime(NOON);

  @Override
  WarmLock lock() {
    return new InMemorySessions(time).lock();
  }

  @Override
  void pass(Duration length) {
    time.advance(length);
  }
}
