package io.stoker.sessions;

import static io.stoker.sessions.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.stoker.sessions.SessionLookup.Found;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What every [SessionSource] promises.
abstract class SessionSourceContract {

  private static final SessionPlan PLAN = SessionPlan.standard();
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  abstract SessionSource source();

  /// Adds a session of user `7`.
  abstract void add(SessionKey key, Instant expiresAt, Instant lastActivityAt);

  /// The source's present.
  abstract Instant now();

  private Fence fence() {
    return new Fence(ChronoUnit.MICROS.between(Instant.EPOCH, now()));
  }

  private void addAlive(String token, Duration idle) {
    add(key(token), now().plus(Duration.ofHours(1)), now().minus(idle));
  }

  private List<SessionEntry> read(SessionPlan plan) throws InterruptedException {
    var entries = new ArrayList<SessionEntry>();
    try (var reading = source().read(plan.query(), fence())) {
      for (var chunk = reading.next(TIMEOUT); chunk.isPresent(); chunk = reading.next(TIMEOUT)) {
        entries.addAll(chunk.get().entries());
        assertThat(chunk.get().unreadable()).isEmpty();
      }
    }
    return entries;
  }

  @Test
  void the_most_recently_active_come_first_up_to_the_limit() throws InterruptedException {
    addAlive("second", Duration.ofMinutes(2));
    addAlive("third", Duration.ofMinutes(3));
    addAlive("first", Duration.ofMinutes(1));

    var read = read(PLAN.change().limit(2).plan());

    assertThat(read).extracting(SessionEntry::key).containsExactly(key("first"), key("second"));
  }

  @Test
  void expired_and_idle_sessions_are_excluded() throws InterruptedException {
    addAlive("alive", Duration.ofHours(23));
    addAlive("idle", Duration.ofHours(25));
    add(key("over"), now().minusSeconds(10), now());

    var read = read(PLAN);

    assertThat(read).extracting(SessionEntry::key).containsExactly(key("alive"));
  }

  @Test
  void an_entry_can_be_served_for_its_key() throws InterruptedException {
    addAlive("a", Duration.ofMinutes(1));

    var entry = read(PLAN).getFirst();

    var lookup = TokenJson.read(key("a"), entry.value(), now(), Duration.ofMinutes(15));
    assertThat(lookup).isInstanceOf(Found.class);
    assertThat(((Found) lookup).session().userId()).isEqualTo(userId());
    assertThat(((Found) lookup).session().expiresAt()).isEqualTo(entry.expiresAt());
  }

  /// How the source spells the id of the one user.
  abstract String userId();

  @Test
  void a_cursor_can_be_closed_in_the_middle() throws InterruptedException {
    for (int i = 0; i < 300; i++) {
      addAlive("t" + i, Duration.ofSeconds(i));
    }

    try (var reading = source().read(PLAN.query(), fence())) {
      assertThat(reading.next(TIMEOUT).orElseThrow().entries()).hasSize(100);
    }

    assertThat(read(PLAN)).hasSize(300);
  }

  @Test
  void a_session_is_found_by_its_key_until_it_expires() {
    addAlive("a", Duration.ofHours(30));
    add(key("over"), now().minusSeconds(10), now());

    assertThat(source().find(key("a"), fence()).entries())
        .extracting(SessionEntry::key)
        .containsExactly(key("a"));
    assertThat(source().find(key("over"), fence()).entries()).isEmpty();
    assertThat(source().find(key("unknown"), fence()).entries()).isEmpty();
  }

  @Test
  void an_estimate_counts_what_a_cursor_would_return() throws InterruptedException {
    for (int i = 0; i < 20; i++) {
      addAlive("t" + i, Duration.ofMinutes(i));
    }
    addAlive("idle", Duration.ofHours(25));

    var estimate = source().estimate(PLAN.change().limit(15).plan().query());

    assertThat(estimate.eligible()).isEqualTo(20);
    assertThat(estimate.selected()).isEqualTo(15);
    assertThat(estimate.averageBytes())
        .isCloseTo(
            (long) read(PLAN).stream().mapToInt(e -> e.value().length).average().orElseThrow(),
            offset(2L));
  }
}
