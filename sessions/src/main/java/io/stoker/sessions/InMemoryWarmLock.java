package io.stoker.sessions;

import io.stoker.Time;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The turn within one process. Thread-safe.
final class InMemoryWarmLock implements WarmLock {

  private final Time time;
  private @Nullable Turn holder;
  private Duration heldUntil = Duration.ZERO;
  private @Nullable WarmMark mark;
  private Duration markedUntil = Duration.ZERO;

  InMemoryWarmLock(Time time) {
    this.time = time;
  }

  @Override
  public synchronized Optional<Turn> take(Duration lease) {
    if (isHeld()) {
      return Optional.empty();
    }
    var turn = new InMemoryTurn();
    holder = turn;
    heldUntil = time.ticks().plus(lease);
    return Optional.of(turn);
  }

  @Override
  public synchronized Optional<WarmMark> mark() {
    return time.ticks().compareTo(markedUntil) < 0 ? Optional.ofNullable(mark) : Optional.empty();
  }

  @Override
  public synchronized void mark(WarmMark mark, Duration life) {
    this.mark = mark;
    markedUntil = time.ticks().plus(life);
  }

  private boolean isHeld() {
    return holder != null && time.ticks().compareTo(heldUntil) < 0;
  }

  /// Holds the lock as long as it is the holder.
  private final class InMemoryTurn implements Turn {

    @Override
    public boolean renew(Duration lease) {
      synchronized (InMemoryWarmLock.this) {
        if (holder != this || !isHeld()) {
          return false;
        }
        heldUntil = time.ticks().plus(lease);
        return true;
      }
    }

    @Override
    public void release() {
      synchronized (InMemoryWarmLock.this) {
        if (holder == this) {
          holder = null;
        }
      }
    }
  }
}
