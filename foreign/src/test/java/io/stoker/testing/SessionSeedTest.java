package io.stoker.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stoker.testing.SessionSeed.Kind;
import java.sql.SQLException;
import java.time.Instant;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

final class SessionSeedTest {

  private static final String ELIGIBLE =
      """
      SELECT count(*) FROM platform.user_sessions s JOIN platform.users u ON u.id = s.user_id
      WHERE s.expires_at > now() AND u.deleted_at IS NULL
        AND (u.banned_until IS NULL OR u.banned_until <= now())
        AND s.last_activity_at > now() - interval '24 hours'
      """;

  private final DataSource database = newDatabase();

  @Test
  void by_default_every_session_is_eligible() throws SQLException {
    var made = SessionSeed.of(1).users(20).sessions(300).into(database);

    assertThat(made).isEqualTo(new SeededSessions(20, 300, 300, 0, 0, 0, 0));
    assertThat(count(ELIGIBLE)).isEqualTo(300);
    assertThat(count("SELECT count(*) FROM platform.users")).isEqualTo(20);
  }

  @Test
  void each_share_is_made_exactly_and_is_not_eligible_for_its_own_reason_only()
      throws SQLException {
    var seed =
        SessionSeed.of(2).users(100).sessions(1000).expired(.1).banned(.05).deleted(.2).idle(.25);

    var made = seed.into(database);

    assertThat(made).isEqualTo(new SeededSessions(100, 1000, 400, 100, 50, 200, 250));
    assertThat(count(ELIGIBLE)).isEqualTo(400);
    assertThat(count(ELIGIBLE.replace("s.expires_at > now()", "true"))).isEqualTo(500);
    assertThat(count(ELIGIBLE.replace("u.deleted_at IS NULL", "true"))).isEqualTo(600);
    assertThat(count(ELIGIBLE.replace("'24 hours'", "'80 hours'"))).isEqualTo(650);
    assertThat(count(ELIGIBLE.replace("u.banned_until IS NULL", "true"))).isEqualTo(450);
  }

  @Test
  void clients_hold_the_text_whose_hash_is_stored() throws SQLException {
    var seed = SessionSeed.of(3).sessions(10);

    seed.into(database);

    assertThat(seed.rawToken(7)).matches("[0-9a-f]{64}").isNotEqualTo(seed.storedToken(7));
    assertThat(
            count(
                "SELECT count(*) FROM platform.user_sessions"
                    + " WHERE encode(sha256('"
                    + seed.rawToken(7)
                    + "'), 'hex') = token AND token = '"
                    + seed.storedToken(7)
                    + "'"))
        .isEqualTo(1);
  }

  @Test
  void what_became_of_a_session_can_be_told_by_its_number() throws SQLException {
    var seed = SessionSeed.of(4).sessions(200).expired(.5);
    seed.into(database);

    var expired =
        LongStream.range(0, 200)
            .filter(i -> seed.kindOf(i) == Kind.EXPIRED)
            .mapToObj(i -> "'" + seed.storedToken(i) + "'")
            .toList();

    assertThat(expired).hasSize(100);
    assertThat(
            count(
                "SELECT count(*) FROM platform.user_sessions WHERE expires_at <= now() AND token IN ("
                    + String.join(",", expired)
                    + ")"))
        .isEqualTo(100);
  }

  @Test
  void ages_are_counted_from_the_instant_given() throws SQLException {
    SessionSeed.of(5).sessions(50).now(Instant.parse("2020-02-02T00:00:00Z")).into(database);

    assertThat(
            count(
                "SELECT count(*) FROM platform.user_sessions WHERE last_activity_at"
                    + " BETWEEN '2020-02-01T00:00:00Z' AND '2020-02-02T00:00:00Z'"))
        .isEqualTo(50);
  }

  @Test
  void many_rows_are_loaded_without_keys_which_then_come_back() throws SQLException {
    var keys = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'platform'";
    var before = count(keys);

    SessionSeed.of(6).users(10_000).sessions(20_000).into(database);
    SessionSeed.of(7).users(10).sessions(10).into(database);

    assertThat(count(keys)).isEqualTo(before).isEqualTo(5);
    assertThat(count(ELIGIBLE)).isEqualTo(20_010);
  }

  @Test
  void some_bans_have_lapsed() throws SQLException {
    SessionSeed.of(8).users(100).banned(.2).into(database);

    var bans = "SELECT count(*) FROM platform.users WHERE banned_until ";
    assertThat(count(bans + "<= now()")).isPositive();
    assertThat(count(bans + "> now()")).isEqualTo(20);
    assertThat(count(bans + "= 'infinity'")).isEqualTo(2);
  }

  @Test
  void shares_of_more_than_all_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SessionSeed.of(1).expired(.7).idle(.7))
        .withMessage("shares must be 0 to 1, also in sum");
  }

  @Test
  void spring_sessions_are_found_by_their_ids_and_some_have_expired() throws SQLException {
    SpringSessionSchema.create(database);
    var seed = SpringSessionSeed.of(9).sessions(100).expired(.3);

    var unexpired = seed.into(database);

    assertThat(unexpired).isEqualTo(70);
    assertThat(
            count(
                "SELECT count(*) FROM spring_session"
                    + " WHERE expiry_time > extract(epoch FROM now()) * 1000"))
        .isEqualTo(70);
    assertThat(count("SELECT count(*) FROM spring_session_attributes")).isEqualTo(300);
    assertThat(
            count(
                "SELECT count(*) FROM spring_session WHERE session_id = '%s' AND primary_id = '%s'"
                    .formatted(seed.sessionId(3), seed.primaryId(3))))
        .isEqualTo(1);
  }

  private static DataSource newDatabase() {
    var postgres = RealPostgres.shared();
    var database = postgres.dataSource(postgres.newDatabase());
    SessionSchema.create(database);
    return database;
  }

  private long count(String sql) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
