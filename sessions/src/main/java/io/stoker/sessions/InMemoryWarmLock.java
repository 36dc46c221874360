package io.stoker.sessions;

import io.stoker.Time;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A lease and a marker within one process. Thread-safe.
final class InMemoryWarmLock implements WarmLock {

  private final Time time;
  private @Nullable Lease holder;
  private Duration heldUntil = Duration.ZERO;
  private @Nullable Mark mark;
  private Duration markedUntil = Duration.ZERO;

  InMemoryWarmLock(Time time) {
    this.time = time;
  }

  @Override
  public synchronized Optional<Lease> take(Duration length) {
    if (isHeld()) {
      return Optional.empty();
    }
    var lease = new InMemoryLease();
    holder = lease;
    heldUntil = time.ticks().plus(length);
    return Optional.of(lease);
  }

  @Override
  public synchronized Optional<Mark> mark() {
    return time.ticks().compareTo(markedUntil) < 0 ? Optional.ofNullable(mark) : Optional.empty();
  }

  @Override
  public synchronized void mark(Mark mark, Duration life) {
    this.mark = mark;
    markedUntil = time.ticks().plus(life);
  }

  private boolean isHeld() {
    return holder != null && time.ticks().compareTo(heldUntil) < 0;
  }

  /// A lease that is valid until it expires or another one is taken.
  private final class InMemoryLease implements Lease {

    @Override
    public Renewal renew(Duration length) {
      synchronized (InMemoryWarmLock.this) {
        boolean held = isHeld();
        if (held && holder != this) {
          return Renewal.LOST;
        }
        holder = this;
        heldUntil = time.ticks().plus(length);
        return held ? Renewal.EXTENDED : Renewal.TAKEN_ANEW;
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
