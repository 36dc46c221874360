package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.server.RunningServer;
import io.stoker.testing.RealPostgres;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Exports of a ledger with an unreadable row.
class BrokenLedgerTest {

  private static final String ENTRIES = "/api/prompts/ledger/entries?tenant=";

  private static final String DATABASE = RealPostgres.shared().newDatabase();

  private static RunningServer server;

  @BeforeAll
  static void start() {
    server =
        RunningServer.with(
            Map.of("STOKER_ANSWERS_DATABASE_URL", RealPostgres.shared().url(DATABASE)));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// Adds entries for a tenant, one of them unreadable.
  private static void fill(String tenant, int lines, int broken) throws SQLException {
    try (var connection = RealPostgres.shared().dataSource(DATABASE).getConnection();
        var insert =
            connection.prepareStatement(
                """
                INSERT INTO stoker.ledger
                  (at, conversation_id, tenant, provider, model, kind, input_tokens, output_tokens,
                   hour_tokens, cost, saved, wasted, priced, pings)
                SELECT i, 'chat', ?, 'simulator', 'simulator/small', 0, 1, 1,
                       0, CASE i WHEN ? THEN -1 ELSE 1 END, 0, 0, true, 0
                FROM generate_series(1, ?) AS i
                """)) {
      insert.setString(1, tenant);
      insert.setInt(2, broken);
      insert.setInt(3, lines);
      assertThat(insert.executeUpdate()).isEqualTo(lines);
    }
  }

  @Test
  void a_long_export_is_complete() throws SQLException {
    fill("whole", 5000, 0);

    var csv = server.get(ENTRIES + "whole&format=csv").response().body();
    var json = server.get(ENTRIES + "whole").json();

    assertThat(csv.lines().count()).isEqualTo(5001);
    assertThat(json.path("entries").size()).isEqualTo(5000);
  }

  @Test
  void an_export_that_fails_halfway_aborts_the_connection() throws SQLException {
    fill("broken", 5000, 4900);

    assertThatThrownBy(() -> server.get(ENTRIES + "broken&format=csv"))
        .isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> server.get(ENTRIES + "broken&format=json"))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void an_export_that_fails_at_the_start_is_a_problem() throws SQLException {
    fill("broken-at-once", 1, 1);

    var answer = server.get(ENTRIES + "broken-at-once&format=csv");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text("code")).isEqualTo("fault");
    assertThat(answer.response().headers().firstValue("Content-Disposition")).isEmpty();
  }
}
