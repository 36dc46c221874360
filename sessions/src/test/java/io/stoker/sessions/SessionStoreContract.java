package io.stoker.sessions;

import static io.stoker.sessions.Samples.entry;
import static io.stoker.sessions.Samples.key;
import static io.stoker.sessions.Samples.read;
import static io.stoker.sessions.WriteMode.IF_ABSENT;
import static io.stoker.sessions.WriteMode.REFRESH;
import static io.stoker.sessions.WriteMode.REPLACE_OLDER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.WarmOutcome;
import io.stoker.sessions.SessionLookup.Absent;
import io.stoker.sessions.SessionLookup.Found;
import io.stoker.sessions.SessionLookup.Revoked;
import io.stoker.sessions.SessionLookup.Unusable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// What every [SessionStore] promises.
abstract class SessionStoreContract {

  private static final Duration TTL = Duration.ofMinutes(5);

  /// An empty store.
  abstract SessionStore store();

  /// The store's present.
  abstract Instant now();

  private WarmOutcome put(SessionStore store, SessionEntry entry, WriteMode mode) {
    return put(store, entry, TTL, mode);
  }

  private WarmOutcome put(SessionStore store, SessionEntry entry, Duration ttl, WriteMode mode) {
    return store.putAll(List.of(new SessionWrite(entry, ttl)), mode).getFirst();
  }

  @Test
  void a_written_session_is_found_as_it_was_written() {
    var store = store();
    var written = entry(key("a"), "7", now(), store.fence());

    var outcome = put(store, written, IF_ABSENT);

    assertThat(outcome).isEqualTo(WarmOutcome.WARMED);
    assertThat(read(store, key("a"))).isInstanceOf(Found.class);
    var session = ((Found) read(store, key("a"))).session();
    assertThat(session.key()).isEqualTo(key("a"));
    assertThat(session.userId()).isEqualTo("7");
    assertThat(session.json()).isEqualTo(new String(written.value(), UTF_8));
  }

  @Test
  void an_unknown_session_is_absent() {
    assertThat(read(store(), key("nobody"))).isEqualTo(new Absent());
  }

  @Test
  void results_have_the_order_of_the_keys() {
    var store = store();
    put(store, entry(key("b"), "2", now(), store.fence()), IF_ABSENT);

    var answers = store.read(List.of(key("a"), key("b"), key("c")));

    assertThat(answers.get(0)).isInstanceOf(Absent.class);
    assertThat(answers.get(1)).isInstanceOf(Found.class);
    assertThat(answers.get(2)).isInstanceOf(Absent.class);
    assertThat(store.countFindable(List.of(key("a"), key("b"), key("c")))).isEqualTo(1);
  }

  @Test
  void an_existing_entry_is_kept_and_reported_as_skipped() {
    var store = store();
    put(store, entry(key("a"), "first", now(), store.fence()), IF_ABSENT);

    var outcome = put(store, entry(key("a"), "second", now(), store.fence()), IF_ABSENT);

    assertThat(outcome).isEqualTo(new WarmOutcome.Skipped("already there"));
    assertThat(((Found) read(store, key("a"))).session().userId()).isEqualTo("first");
  }

  @Test
  void fences_grow() {
    var store = store();

    var first = store.fence();
    var second = store.fence();

    assertThat(second).isGreaterThan(first);
  }

  @Test
  void a_revoked_session_is_revoked_whatever_is_written_later() {
    var store = store();
    var early = store.fence();
    put(store, entry(key("a"), "7", now(), early), IF_ABSENT);

    store.revoke(key("a"));

    assertThat(read(store, key("a"))).isEqualTo(new Revoked());
    for (var mode : WriteMode.values()) {
      assertThat(put(store, entry(key("a"), "7", now(), early), mode))
          .isInstanceOf(WarmOutcome.Skipped.class);
      assertThat(put(store, entry(key("a"), "7", now(), store.fence()), mode))
          .isInstanceOf(WarmOutcome.Skipped.class);
      assertThat(read(store, key("a"))).isEqualTo(new Revoked());
    }
  }

  @Test
  void a_revocation_before_any_write_is_in_force_too() {
    var store = store();
    var early = store.fence();

    store.revoke(key("a"));
    put(store, entry(key("a"), "7", now(), early), IF_ABSENT);

    assertThat(read(store, key("a"))).isEqualTo(new Revoked());
  }

  @Test
  void a_revoked_user_loses_what_was_read_before_and_keeps_what_is_read_after() {
    var store = store();
    var early = store.fence();
    put(store, entry(key("a"), "7", now(), early), IF_ABSENT);
    put(store, entry(key("other"), "8", now(), early), IF_ABSENT);

    store.revokeUser("7");
    put(store, entry(key("late"), "7", now(), early), IF_ABSENT);
    put(store, entry(key("new"), "7", now(), store.fence()), IF_ABSENT);

    assertThat(read(store, key("a"))).isInstanceOf(Unusable.class);
    assertThat(read(store, key("late"))).isInstanceOf(Unusable.class);
    assertThat(read(store, key("new"))).isInstanceOf(Found.class);
    assertThat(read(store, key("other"))).isInstanceOf(Found.class);
  }

  @Test
  void replacing_keeps_the_entry_that_was_read_later() {
    var store = store();
    var early = store.fence();
    var late = store.fence();
    put(store, entry(key("a"), "late", now(), late), IF_ABSENT);

    var older = put(store, entry(key("a"), "early", now(), early), REPLACE_OLDER);
    var newer = put(store, entry(key("a"), "latest", now(), store.fence()), REPLACE_OLDER);

    assertThat(older).isInstanceOf(WarmOutcome.Skipped.class);
    assertThat(newer).isEqualTo(WarmOutcome.WARMED);
    assertThat(((Found) read(store, key("a"))).session().userId()).isEqualTo("latest");
  }

  @Test
  void refreshing_replaces_only_entries_near_their_expiry() {
    var store = store();
    put(store, entry(key("near"), "old", now(), store.fence()), TTL.dividedBy(3), IF_ABSENT);
    put(store, entry(key("far"), "old", now(), store.fence()), TTL, IF_ABSENT);

    var near = put(store, entry(key("near"), "new", now(), store.fence()), TTL, REFRESH);
    var far = put(store, entry(key("far"), "new", now(), store.fence()), TTL, REFRESH);
    var absent = put(store, entry(key("absent"), "new", now(), store.fence()), TTL, REFRESH);

    assertThat(near).isEqualTo(WarmOutcome.WARMED);
    assertThat(far).isInstanceOf(WarmOutcome.Skipped.class);
    assertThat(absent).isEqualTo(WarmOutcome.WARMED);
    assertThat(((Found) read(store, key("near"))).session().userId()).isEqualTo("new");
    assertThat(((Found) read(store, key("far"))).session().userId()).isEqualTo("old");
  }

  @Test
  void an_entry_of_another_session_is_unusable() {
    var store = store();
    var misplaced = entry(key("b"), "7", now(), store.fence());
    var entry = new SessionEntry(key("a"), misplaced.value(), misplaced.expiresAt());

    put(store, entry, IF_ABSENT);

    assertThat(read(store, key("a"))).isEqualTo(new Unusable("another session's entry"));
  }

  @Test
  void an_expired_entry_is_unusable() {
    var store = store();
    var over = SessionEntry.ofToken(key("a"), "7", now().minusSeconds(1), store.fence(), "");

    put(store, over, IF_ABSENT);

    assertThat(read(store, key("a"))).isEqualTo(new Unusable("expired"));
  }

  @Test
  void an_entry_read_too_long_ago_is_unusable() {
    var store = store();
    var old = entry(key("a"), "7", now(), Fence.FIRST);

    put(store, old, IF_ABSENT);

    assertThat(read(store, key("a"))).isEqualTo(new Unusable("read too long ago"));
  }

  @Test
  void everything_that_was_read_before_everything_was_revoked_is_unusable() {
    var store = store();
    var before = store.fence();
    put(store, entry(key("a"), "7", now(), before), IF_ABSENT);
    store.revokeUser("7");

    store.revokeEverything();
    put(store, entry(key("b"), "8", now(), before), IF_ABSENT);
    put(store, entry(key("c"), "8", now(), store.fence()), IF_ABSENT);

    assertThat(read(store, key("a"))).isInstanceOf(Unusable.class);
    assertThat(read(store, key("b"))).isInstanceOf(Unusable.class);
    assertThat(read(store, key("c"))).isInstanceOf(Found.class);
  }

  @Test
  void many_sessions_and_users_are_revoked_at_once() {
    var store = store();
    var fence = store.fence();
    put(store, entry(key("a"), "7", now(), fence), IF_ABSENT);
    put(store, entry(key("b"), "8", now(), fence), IF_ABSENT);
    put(store, entry(key("c"), "9", now(), fence), IF_ABSENT);

    store.revokeSessions(List.of(key("a"), key("x")));
    store.revokeUsers(List.of("8"));

    assertThat(read(store, key("a"))).isInstanceOf(Revoked.class);
    assertThat(read(store, key("x"))).isInstanceOf(Revoked.class);
    assertThat(read(store, key("b"))).isInstanceOf(Unusable.class);
    assertThat(read(store, key("c"))).isInstanceOf(Found.class);
  }

  @Test
  void subscribers_hear_of_revocations() {
    var store = store();
    var heard = new CopyOnWriteArrayList<String>();
    var listening = new AtomicBoolean();
    try (var _ =
        store.subscribe(
            new SessionStore.RevocationListener() {
              @Override
              public void revoked(SessionKey key) {
                heard.add(key.name());
              }

              @Override
              public void revokedUser(String userId) {
                heard.add("user " + userId);
              }

              @Override
              public void revokedEverything() {
                heard.add("everything");
              }

              @Override
              public void listening(boolean now) {
                listening.set(now);
              }
            })) {
      await().untilTrue(listening);

      store.revoke(key("a"));
      store.revokeUser("7");
      store.revokeEverything();

      await()
          .untilAsserted(
              () -> assertThat(heard).containsExactly(key("a").name(), "user 7", "everything"));
    }
  }
}
