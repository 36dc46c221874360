package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.Time;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSeed;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How long entries live: by the source's clock and Redis', whatever this process' clock says.
final class TimeToLiveTest {

  private static final int SESSIONS = 1000;
  private static final Duration CAP = ofMinutes(5);

  /// Session `i` ends in `i` seconds, so that some end before the cap and some long after.
  private static final SessionMapping ENDING =
      SessionMapping.tokens(
          """
          SELECT encode(sha256(convert_to('token-' || i, 'UTF8')), 'hex') AS token_hash,
                 'user-' || i AS user_id,
                 ends_at AS expires_at,
                 now() AS last_activity_at
            FROM ending
          """);

  private static SessionDatabase database;

  @AutoClose private SessionFixture world;

  @BeforeAll
  static void make_database() {
    database = SessionDatabase.create();
    SessionSeed.of(5).sessions(SESSIONS).into(database.dataSource());
    database.run("CREATE TABLE ending (i int, ends_at timestamptz)");
  }

  @Test
  void sessions_warmed_together_do_not_expire_together() {
    world = SessionFixture.of(database.dataSource()).open();

    assertThatRun(world.warm()).ended(RunState.COMPLETED).counted(SESSIONS, 0);

    var left = RedisInspector.sessionTimesToLive(RealRedis.shared()).values();
    var seconds = new TreeMap<Long, Integer>();
    left.forEach(time -> seconds.merge(time.toSeconds(), 1, Integer::sum));
    assertThat(left).allSatisfy(time -> assertThat(time).isBetween(ofSeconds(230), CAP));
    assertThat(seconds).hasSizeGreaterThan(50);
    assertThat(seconds.values()).allSatisfy(many -> assertThat(many).isLessThan(SESSIONS / 10));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "0.2, 30", "0.5, 90", "0.99, 150"})
  void jitter_only_ever_shortens(double jitter, int leastSpread) {
    world = SessionFixture.of(database.dataSource()).open();

    world.warm(SessionPlan.standard().change().jitter(jitter).plan());

    var left = RedisInspector.sessionTimesToLive(RealRedis.shared()).values();
    assertThat(left).hasSize(SESSIONS);
    assertThat(left).allSatisfy(time -> assertThat(time).isLessThanOrEqualTo(CAP).isPositive());
    assertThat(new HashSet<>(left.stream().map(Duration::toSeconds).toList()))
        .hasSizeGreaterThanOrEqualTo(leastSpread);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, -1, 24 * 365})
  void no_entry_outlives_its_session_or_the_cap_however_wrong_this_clock_is(int hoursAhead) {
    var skewed = new ManualTime(Time.system().now().plus(ofHours(hoursAhead)));
    endOneBySecond();
    world = SessionFixture.of(database.dataSource()).mapping(ENDING).time(skewed).open();
    var plan = SessionPlan.standard().change().jitter(0).plan();

    var report = world.warm(plan);

    assertThat(report.state()).isEqualTo(RunState.COMPLETED);
    assertThat(report.counts().warmed()).isBetween(SESSIONS - 15L, (long) SESSIONS);
    assertThat(report.counts().failed()).isEmpty();
    var ends = endsIn();
    var left = RedisInspector.sessionTimesToLive(RealRedis.shared());
    assertThat(left).hasSizeGreaterThan(SESSIONS - 20);
    assertThat(left)
        .allSatisfy((name, time) -> {
          assertThat(time).isPositive().isLessThanOrEqualTo(CAP);
          assertThat(time).isLessThanOrEqualTo(ends.get(name));
        });
    assertThat(left.values()).anyMatch(time -> time.compareTo(CAP.minusSeconds(10)) > 0);
  }

  @Test
  void a_reader_whose_clock_is_far_ahead_serves_nothing_rather_than_something_stale() {
    var ahead = new ManualTime(Time.system().now().plus(ofHours(1)));
    world = SessionFixture.of(database.dataSource()).time(ahead).open();

    var report = world.warm();

    assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0);
    assertThat(report.verifiedShare()).hasValue(0);
    assertThat(report.meetsTarget()).isFalse();
    try (var reader = world.reader()) {
      assertThat(reader.find(SessionSeed.of(5).rawToken(1))).isPresent();
      assertThat(reader.counts().loaded()).isEqualTo(1);
    }
  }

  @Test
  void an_entry_written_by_a_look_up_outlives_neither_its_session_nor_the_cap() {
    var behind = new ManualTime(Time.system().now().minus(ofHours(1)));
    endOneBySecond();
    world = SessionFixture.of(database.dataSource()).mapping(ENDING).time(behind).open();

    try (var reader = world.reader()) {
      for (int i = 100; i < SESSIONS; i += 100) {
        assertThat(reader.find(GeneratedSessions.key(i))).isPresent();
      }
    }

    var ends = endsIn();
    var left = RedisInspector.sessionTimesToLive(RealRedis.shared());
    assertThat(left).hasSize(9);
    assertThat(left)
        .allSatisfy((name, time) ->
            assertThat(time).isPositive().isLessThanOrEqualTo(min(CAP, ends.get(name))));
  }

  @Test
  void a_session_about_to_end_is_not_warmed_without_an_end() {
    database.run(
        """
        TRUNCATE ending;
        INSERT INTO ending SELECT i, now() + interval '600 ms' FROM generate_series(1, 10) AS i
        """);
    world = SessionFixture.of(database.dataSource()).mapping(ENDING).open();

    var report = world.warm();

    assertThat(report.counts().warmed()).isZero();
    assertThat(report.counts().failed()).isEmpty();
    assertThat(world.sessionsInRedis()).isZero();
  }

  @Test
  void a_refresh_extends_entries_near_their_expiry_and_keeps_the_rest() {
    world = SessionFixture.of(database.dataSource()).open();
    var plan = SessionPlan.standard().change().jitter(0).timeToLiveCap(ofSeconds(20)).plan();
    world.warm(plan);
    var longer = SessionPlan.standard().change().jitter(0).mode(WriteMode.REFRESH).plan();

    var refreshed = world.warm(longer);
    var again = world.warm(longer);

    assertThatRun(refreshed).ended(RunState.COMPLETED).counted(SESSIONS, 0).verifiedInFull();
    assertThat(again.counts().warmed()).isZero();
    assertThat(again.counts().skipped()).containsEntry("already there", (long) SESSIONS);
    assertThat(RedisInspector.sessionTimesToLive(RealRedis.shared()).values())
        .allSatisfy(time -> assertThat(time).isBetween(ofMinutes(4), CAP));
  }

  private static void endOneBySecond() {
    database.run(
        """
        TRUNCATE ending;
        INSERT INTO ending
        SELECT i, now() + i * interval '1 second' FROM generate_series(1, %d) AS i
        """
            .formatted(SESSIONS));
  }

  /// How long each session has to live, by its name in Redis.
  private static Map<String, Duration> endsIn() {
    var ends = new TreeMap<String, Duration>();
    var secondsLeft =
        database.text("SELECT extract(epoch FROM min(ends_at - i * interval '1 s')) FROM ending");
    var start = Duration.ofMillis((long) (Double.parseDouble(secondsLeft) * 1000));
    var now = Duration.ofMillis(Time.system().now().toEpochMilli());
    for (int i = 1; i <= SESSIONS; i++) {
      var name = RedisSessions.NAMESPACE + GeneratedSessions.key(i).name();
      ends.put(name, start.plusSeconds(i).minus(now));
    }
    return ends;
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
