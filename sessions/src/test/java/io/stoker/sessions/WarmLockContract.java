package io.stoker.sessions;

import static io.stoker.sessions.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.sessions.WarmLock.Renewal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What every [WarmLock] promises.
abstract class WarmLockContract {

  private static final Duration LEASE = Duration.ofSeconds(30);

  abstract WarmLock lock();

  /// Lets this much time pass for the lock.
  abstract void pass(Duration length);

  @Test
  void one_node_takes_the_lease_and_releases_it() {
    var lock = lock();

    var mine = lock.take(LEASE);
    var theirs = lock.take(LEASE);
    mine.orElseThrow().release();
    var next = lock.take(LEASE);

    assertThat(mine).isPresent();
    assertThat(theirs).isEmpty();
    assertThat(next).isPresent();
  }

  @Test
  void a_lease_that_is_not_renewed_expires_and_cannot_affect_the_next() {
    var lock = lock();
    var dead = lock.take(Duration.ofMillis(50)).orElseThrow();

    pass(Duration.ofMillis(60));
    var next = lock.take(LEASE);
    dead.release();

    assertThat(next).isPresent();
    assertThat(dead.renew(LEASE)).isEqualTo(Renewal.LOST);
    assertThat(lock.take(LEASE)).isEmpty();
  }

  @Test
  void a_renewed_lease_stays_valid() {
    var lock = lock();
    var lease = lock.take(Duration.ofMillis(200)).orElseThrow();

    var renewed = lease.renew(LEASE);
    pass(Duration.ofMillis(250));

    assertThat(renewed).isEqualTo(Renewal.EXTENDED);
    assertThat(lock.take(LEASE)).isEmpty();
  }

  @Test
  void a_turn_that_ended_and_that_nobody_took_is_taken_anew() {
    var lock = lock();
    var lease = lock.take(Duration.ofMillis(50)).orElseThrow();
    pass(Duration.ofMillis(60));

    var renewed = lease.renew(LEASE);

    assertThat(renewed).isEqualTo(Renewal.TAKEN_ANEW);
    assertThat(lock.take(LEASE)).isEmpty();
  }

  @Test
  void a_marker_exists_until_it_expires() {
    var lock = lock();
    var mark = new WarmLock.Mark(NOON, 20_000, Duration.ofHours(24));
    var before = lock.mark();

    lock.mark(mark, Duration.ofMillis(100));
    var marked = lock.mark();
    pass(Duration.ofMillis(150));

    assertThat(before).isEmpty();
    assertThat(marked).contains(mark);
    assertThat(lock.mark()).isEmpty();
  }
}
