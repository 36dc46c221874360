package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.testing.RealRedis;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which sessions a run takes when many have the same activity.
final class SessionLimitTest {

  private static final int ELIGIBLE = 25_000;

  private static SessionDatabase database;

  @AutoClose private SessionFixture world;

  /// By rank of activity: 1 to 8,000 one by one, 8,001 to 19,000 all at once, 19,001 to 22,000 one
  /// by one, then all at once again. The least active lie first in the table, and there is no
  /// index.
  @BeforeAll
  static void make_database() {
    database = SessionDatabase.create();
    database.run(
        """
        CREATE TABLE tied AS
        SELECT encode(sha256(convert_to('token-' || i, 'UTF8')), 'hex') AS token_hash,
               'user-' || i AS user_id,
               now() + interval '1 hour' AS expires_at,
               now() - interval '1 ms' * CASE
                 WHEN i BETWEEN 8001 AND 19000 THEN 8001
                 WHEN i > 22000 THEN 22001
                 ELSE i END AS last_activity_at,
               i
          FROM generate_series(%d, 1, -1) AS i;
        ANALYZE tied;
        """
            .formatted(ELIGIBLE));
  }

  static LongStream limits() {
    return LongStream.of(
        1,
        5000,
        8000,
        9999,
        10_000,
        10_001,
        15_000,
        19_000,
        20_000,
        22_000,
        24_000,
        ELIGIBLE,
        ELIGIBLE + 1,
        SessionPlan.ALL);
  }

  @ParameterizedTest
  @MethodSource("limits")
  void a_run_takes_exactly_as_many_sessions_as_the_limit_says_and_the_most_active(long limit) {
    world = open("SELECT * FROM tied");

    var report = world.warm(SessionPlan.standard().change().limit(limit).plan());

    var expected = Math.min(limit, ELIGIBLE);
    assertThatRun(report).ended(RunState.COMPLETED).counted(expected, 0).verifiedInFull();
    var warmed = RedisInspector.sessionTimesToLive(RealRedis.shared()).keySet();
    assertThat(warmed).hasSize((int) expected);
    assertThat(warmed.containsAll(names(surelyWithin((int) expected)))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {15_000, 20_000, SessionPlan.ALL})
  void unreadable_rows_are_failed_once_even_at_the_border_of_the_phases(long limit) {
    world =
        open(
            "SELECT CASE WHEN i % 10 <> 0 THEN user_id END AS user_id, token_hash, expires_at,"
                + " last_activity_at FROM tied");

    var report = world.warm(SessionPlan.standard().change().limit(limit).plan());

    assertThat(report.state()).isEqualTo(RunState.COMPLETED_WITH_FAILURES);
    assertThat(report.counts().selected()).isEqualTo(Math.min(limit, ELIGIBLE));
    assertThat(report.counts().failed().keySet()).containsExactly("user_id is null");
    assertThat(report.counts().skipped()).isEmpty();
    assertThat(world.sessionsInRedis()).isEqualTo(report.counts().warmed());
    if (limit >= ELIGIBLE) {
      assertThat(report.counts().failed()).isEqualTo(Map.of("user_id is null", 2500L));
    }
  }

  @Test
  void a_mapping_may_use_operators_with_question_marks_also_beyond_the_hottest() {
    world = open("SELECT * FROM tied WHERE NOT to_jsonb(i) ? 'x' AND '{a}' <> '$$?'");

    var report = world.warm(SessionPlan.standard().change().limit(20_000).plan());

    assertThatRun(report).ended(RunState.COMPLETED).counted(20_000, 0).verifiedInFull();
  }

  @Test
  void an_estimate_knows_how_many_a_run_would_take() {
    world = open("SELECT * FROM tied");

    var estimate = world.warmer().estimate(SessionPlan.standard().change().limit(15_000).plan());

    assertThat(estimate.eligible()).isEqualTo(ELIGIBLE);
    assertThat(estimate.selected()).isEqualTo(15_000);
    assertThat(estimate.averageBytes()).isBetween(200L, 400L);
  }

  private static SessionFixture open(String mapping) {
    return SessionFixture.of(database.dataSource()).mapping(SessionMapping.tokens(mapping)).open();
  }

  /// The ranks of those that are more active than the last one within the limit, however ties fall.
  private static IntStream surelyWithin(int limit) {
    int last = limit > 22_000 ? 22_000 : limit > 8000 && limit < 19_000 ? 8000 : limit;
    return IntStream.rangeClosed(1, limit == ELIGIBLE ? limit : last);
  }

  private static List<String> names(IntStream ranks) {
    return ranks.mapToObj(i -> RedisSessions.NAMESPACE + GeneratedSessions.key(i).name()).toList();
  }
}
