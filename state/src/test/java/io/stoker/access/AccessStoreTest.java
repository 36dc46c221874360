package io.stoker.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.state.StateDatabase;
import io.stoker.testing.RealPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Tokens and ended cookies in each kind of database.
class AccessStoreTest {

  private static final Instant NOW = Instant.parse("2026-12-01T10:00:00Z");

  @TempDir private Path folder;
  private String database = "";

  /// Each kind of database that keeps state.
  enum Kind {
    SQLITE,
    POSTGRES
  }

  private StateDatabase state(Kind kind) {
    return switch (kind) {
      case SQLITE -> StateDatabase.sqlite(folder.resolve("stoker.db"));
      case POSTGRES -> {
        var postgres = RealPostgres.shared();
        database = database.isEmpty() ? postgres.newDatabase() : database;
        yield StateDatabase.postgres(postgres.dataSource(database));
      }
    };
  }

  @Test
  void a_database_in_memory_keeps_its_data_until_it_is_closed() {
    try (var state = StateDatabase.inMemory();
        var other = StateDatabase.inMemory()) {
      try (var store = AccessStore.on(state)) {
        assertThat(store.addToken("shop", "shop client")).isTrue();
      }
      try (var again = AccessStore.on(state);
          var elsewhere = AccessStore.on(other)) {
        assertThat(again.tokens()).hasSize(1);
        assertThat(elsewhere.tokens()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void tokens_have_unique_names_and_outlive_the_process(Kind kind) {
    try (var state = state(kind);
        var store = AccessStore.on(state)) {
      assertThat(store.tokens()).isEmpty();
      assertThat(store.addToken("shop", "shop client")).isTrue();
      assertThat(store.addToken("shop", "shop operator")).isFalse();
      assertThat(store.addToken("grafana", "grafana viewer")).isTrue();
    }

    try (var state = state(kind);
        var store = AccessStore.on(state)) {
      assertThat(store.tokens()).containsExactly("grafana viewer", "shop client");
      assertThat(store.removeToken("shop")).isTrue();
      assertThat(store.removeToken("shop")).isFalse();
      assertThat(store.tokens()).containsExactly("grafana viewer");
    }
  }

  @ParameterizedTest
  @EnumSource
  void revoked_cookies_are_stored_until_they_expire(Kind kind) {
    try (var state = state(kind);
        var store = AccessStore.on(state)) {
      store.revokeCookie("one", NOW.plusSeconds(60), NOW);
      store.revokeCookie("one", NOW.plusSeconds(60), NOW);
      store.revokeCookie("other", NOW.plus(Duration.ofHours(1)), NOW);

      assertThat(store.revokedCookies(NOW)).containsExactlyInAnyOrder("one", "other");
      assertThat(store.revokedCookies(NOW.plusSeconds(60))).containsExactly("other");

      store.revokeCookie("third", NOW.plus(Duration.ofHours(2)), NOW.plus(Duration.ofMinutes(2)));
      assertThat(store.revokedCookies(NOW)).as("the first is forgotten").hasSize(2);
    }
  }
}
