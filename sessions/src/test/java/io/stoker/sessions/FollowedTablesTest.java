package io.stoker.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.sessions.FollowedTables.Table;
import org.junit.jupiter.api.Test;

final class FollowedTablesTest {

  @Test
  void the_standard_mapping_declares_its_tables() {
    assertThat(FollowedTables.of(SessionMapping.standard()))
        .contains(
            new FollowedTables(
                new Table("platform.user_sessions", "token"), new Table("platform.users", "id")));
  }

  @Test
  void a_mapping_may_know_no_users() {
    var mapping = mapping("-- follow: {session: {table: sessions, key: hash}}");

    assertThat(FollowedTables.of(mapping))
        .contains(new FollowedTables(new Table("sessions", "hash"), null));
  }

  @Test
  void names_may_be_quoted() {
    var mapping = mapping("-- follow: {session: {table: \"App\".\"Sessions\", key: \"Hash\"}}");

    var session = FollowedTables.of(mapping).orElseThrow().session();

    assertThat(session.name()).isEqualTo("\"App\".\"Sessions\"");
    assertThat(session.column()).isEqualTo("Hash");
  }

  @Test
  void a_mapping_without_a_declaration_has_no_tables_to_follow() {
    assertThat(FollowedTables.of(mapping("-- nothing"))).isEmpty();
  }

  @Test
  void a_declaration_that_cannot_be_understood_is_refused_with_what_was_expected() {
    var mapping = mapping("-- follow: {table: sessions}");

    assertThatThrownBy(() -> FollowedTables.of(mapping))
        .hasMessageContaining("expected \"-- follow: {session:")
        .hasMessageContaining("got \"{table: sessions}\"");
  }

  private static SessionMapping mapping(String line) {
    return SessionMapping.tokens(line + "\nSELECT 1");
  }
}
