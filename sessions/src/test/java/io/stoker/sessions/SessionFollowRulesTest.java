package io.stoker.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.sessions.RowChange.Kind;
import io.stoker.sessions.RowChange.Table;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SessionFollowRulesTest {

  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);

  @Test
  void a_deleted_session_that_is_not_selected_any_more_is_ended() {
    var affected = SessionFollowRules.affected(List.of(session(Kind.DELETE, A, null)), true);

    var ends = SessionFollowRules.ends(affected, Set.of(), Set.of());

    assertThat(ends.ended()).containsExactly(key(A));
  }

  @Test
  void a_session_that_was_deleted_and_inserted_again_goes_on() {
    var affected =
        SessionFollowRules.affected(
            List.of(session(Kind.DELETE, A, null), session(Kind.INSERT, null, A)), true);

    var ends = SessionFollowRules.ends(affected, Set.of(key(A)), Set.of());

    assertThat(affected.sessions()).containsExactly(key(A));
    assertThat(affected.fresh()).isEmpty();
    assertThat(ends.ended()).isEmpty();
  }

  @Test
  void of_a_changed_token_the_old_key_is_ended_and_the_new_one_read() {
    var affected = SessionFollowRules.affected(List.of(session(Kind.UPDATE, A, B)), true);

    var ends = SessionFollowRules.ends(affected, Set.of(key(B)), Set.of());

    assertThat(affected.sessions()).containsExactly(key(A), key(B));
    assertThat(ends.ended()).containsExactly(key(A));
  }

  @Test
  void an_inserted_session_that_is_not_selected_needs_no_end() {
    var affected = SessionFollowRules.affected(List.of(session(Kind.INSERT, null, A)), true);

    var ends = SessionFollowRules.ends(affected, Set.of(), Set.of());

    assertThat(ends.ended()).isEmpty();
  }

  @Test
  void an_inserted_session_that_is_deleted_at_once_is_ended() {
    var affected =
        SessionFollowRules.affected(
            List.of(session(Kind.INSERT, null, A), session(Kind.DELETE, A, null)), true);

    var ends = SessionFollowRules.ends(affected, Set.of(), Set.of());

    assertThat(ends.ended()).containsExactly(key(A));
  }

  @Test
  void many_changes_of_one_session_are_one_reading() {
    var update = session(Kind.UPDATE, null, A);

    var affected = SessionFollowRules.affected(List.of(update, update, update), true);

    assertThat(affected.sessions()).hasSize(1);
  }

  @Test
  void without_inserts_a_new_session_is_not_read_but_a_changed_one_is() {
    var affected =
        SessionFollowRules.affected(
            List.of(
                session(Kind.INSERT, null, A),
                session(Kind.INSERT, null, B),
                session(Kind.UPDATE, null, B)),
            false);

    assertThat(affected.sessions()).containsExactly(key(B));
  }

  @Test
  void a_user_of_whom_no_session_is_selected_any_more_is_ended() {
    var affected =
        SessionFollowRules.affected(
            List.of(
                user(Kind.UPDATE, null, "7"),
                user(Kind.UPDATE, null, "8"),
                user(Kind.DELETE, "9", null)),
            true);

    var ends = SessionFollowRules.ends(affected, Set.of(), Set.of("8"));

    assertThat(ends.endedUsers()).containsExactly("7", "9");
  }

  @Test
  void a_new_user_has_nothing_in_the_cache() {
    var affected = SessionFollowRules.affected(List.of(user(Kind.INSERT, null, "7")), true);

    assertThat(affected.users()).isEmpty();
  }

  @Test
  void a_table_that_was_emptied_ends_everything() {
    var truncated = new RowChange(Table.USER, Kind.TRUNCATE, null, null);

    assertThat(SessionFollowRules.affected(List.of(truncated), true).everything()).isTrue();
  }

  @Test
  void a_change_of_an_unknown_row_ends_everything() {
    var unknown = new RowChange(Table.SESSION, Kind.UNKNOWN, null, null);

    assertThat(SessionFollowRules.affected(List.of(unknown), true).everything()).isTrue();
  }

  @Test
  void a_key_is_a_hash_as_text_or_as_bytes() {
    assertThat(SessionFollowRules.key(A)).contains(key(A));
    assertThat(SessionFollowRules.key("A".repeat(64))).contains(key(A));
    assertThat(SessionFollowRules.key("\\x" + A)).contains(key(A));
  }

  @Test
  void a_key_that_is_no_hash_is_counted() {
    var affected =
        SessionFollowRules.affected(List.of(session(Kind.INSERT, null, "tok_123")), true);

    assertThat(affected.unusable()).isEqualTo(1);
    assertThat(affected.sessions()).isEmpty();
  }

  @Test
  void a_transaction_is_visible_once_the_snapshot_has_it_behind_and_not_running() {
    assertThat(SessionFollowRules.isVisible("100:105:", 104)).isTrue();
    assertThat(SessionFollowRules.isVisible("100:105:", 105)).isFalse();
    assertThat(SessionFollowRules.isVisible("100:105:101,103", 103)).isFalse();
    assertThat(SessionFollowRules.isVisible("100:105:101,103", 102)).isTrue();
    assertThat(SessionFollowRules.isVisible("100:105:101,103", 99)).isTrue();
  }

  @Test
  void transactions_are_compared_beyond_32_bits() {
    long epoch = 3L << 32;

    var snapshot = (epoch + 1) + ":" + (epoch + 9) + ":" + (epoch + 5);

    assertThat(SessionFollowRules.isVisible(snapshot, 5)).isFalse();
    assertThat(SessionFollowRules.isVisible(snapshot, 4)).isTrue();
    assertThat(SessionFollowRules.isVisible(snapshot, -7)).isTrue();
  }

  private static SessionKey key(String hash) {
    return SessionKey.ofTokenHash(hash);
  }

  private static RowChange session(Kind kind, @Nullable String oldKey, @Nullable String newKey) {
    return new RowChange(Table.SESSION, kind, oldKey, newKey);
  }

  private static RowChange user(Kind kind, @Nullable String oldKey, @Nullable String newKey) {
    return new RowChange(Table.USER, kind, oldKey, newKey);
  }
}
