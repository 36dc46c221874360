package io.stoker.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import io.stoker.server.SessionEnvironment;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionSource;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import io.stoker.testing.RealRedisCluster;
import io.stoker.testing.SpringSessionSchema;
import io.stoker.testing.SpringSessionSeed;
import io.stoker.testing.TcpProxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WarmCommandTest {

  private static final int SESSIONS = 300;
  private static final SessionEnvironment WORLD = SessionEnvironment.with(SESSIONS);

  private final Shell shell = new Shell(WORLD.variables());

  @BeforeEach
  void flush() {
    WORLD.redis().flush();
  }

  private static Set<String> sessionsInRedis() {
    try (var jedis = WORLD.redis().jedis()) {
      return jedis.keys(
          "stoker:session:????????????????????????????????????????????????????????????????");
    }
  }

  @Test
  void warms_and_says_how_many_the_reader_found() {
    var ran = shell.run("sessions", "warm");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(0);
    assertThat(ran.out())
        .containsPattern(
            "Warmed 300 of 300 sessions in \\d+\\.\\d\\d s, the first after \\d+\\.\\d\\d s\\.")
        .contains("Skipped: 0")
        .contains("Failed: 0")
        .contains("Verified: 250 of 250 sampled sessions found by the reader (100.0%)")
        .contains("Target met: at least 90% of the sample was found.");
    assertThat(ran.err()).isEmpty();
    assertThat(sessionsInRedis()).hasSize(SESSIONS);
  }

  @Test
  void prints_a_line_for_every_batch() {
    var ran = shell.run("sessions", "warm");

    assertThat(ran.out())
        .startsWith(
            """
            [CacheWarming] Progress: 100/300 (33%) - Failed: 0
            [CacheWarming] Progress: 200/300 (67%) - Failed: 0
            [CacheWarming] Progress: 300/300 (100%) - Failed: 0
            """);
  }

  @Test
  void draws_a_bar_on_standard_error_only() {
    var ran = new Shell(WORLD.variables(), true).run("sessions", "warm");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(0);
    assertThat(ran.out()).doesNotContain("Progress").contains("Verified: 250 of 250");
    assertThat(ran.err()).contains("Warming", "100%", "300/300");
  }

  @Test
  void flags_are_obeyed() {
    var ran = shell.run("sessions", "warm", "-c", "50", "--window", "23h", "--rate", "100000");

    assertThat(ran.out()).contains("Warmed 50 of 50 sessions");
    assertThat(sessionsInRedis()).hasSize(50);
  }

  @Test
  void an_application_finds_what_was_warmed() {
    shell.run("sessions", "warm");

    try (var client = WORLD.redisClient()) {
      var redis = WORLD.redisSessions(client);
      var source = SessionSource.jdbc(WORLD.dataSource(), SessionMapping.standard(), Time.system());
      try (var cache =
          new SessionCache(
              redis.store(), source, null, SessionCache.Settings.standard(), Time.system())) {
        assertThat(cache.find(SessionEnvironment.SEED.rawToken(7))).isPresent();
        assertThat(cache.counts().cacheHits()).isEqualTo(1);
      }
    }
  }

  @Test
  void warming_twice_skips_existing_entries_and_verifies_them() {
    shell.run("sessions", "warm");

    var again = shell.run("sessions", "warm");

    assertThat(again.exitCode()).as("%s", again).isEqualTo(0);
    assertThat(again.out())
        .contains("Warmed 0 of 300 sessions", "Skipped: 300", "  300  already there")
        .contains("Verified: 250 of 250");
  }

  @Test
  void nothing_eligible_is_fine_and_says_so() {
    var ran = new Shell(SessionEnvironment.with(0).variables()).run("sessions", "warm");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(0);
    assertThat(ran.out()).startsWith("Nothing to warm. No session is alive");
  }

  @Test
  void a_dry_run_writes_no_session() {
    var ran = shell.run("sessions", "warm", "--dry-run");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(0);
    assertThat(ran.out()).contains("Dry run: 300 of 300 sessions would be warmed, and none was.");
    assertThat(sessionsInRedis()).isEmpty();
  }

  @Test
  void a_dead_postgres_is_exit_code_3() {
    var ran =
        new Shell(WORLD.variables("DATABASE_URL", "postgres://ann:hunter2@127.0.0.1:1/shop"))
            .run("sessions", "warm");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(3);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .startsWith("Nothing was warmed. Postgres could not ")
        .contains("Check that Postgres runs and DATABASE_URL is right")
        .doesNotContain("hunter2", "\tat ");
  }

  @Test
  void a_wrong_password_of_postgres_is_exit_code_3() {
    var ran =
        new Shell(
                WORLD.variables(
                    "DATABASE_URL", WORLD.databaseUrl().replace(":postgres@", ":hunter2@")))
            .run("sessions", "warm");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(3);
    assertThat(ran.err()).contains("Check user, password").doesNotContain("hunter2");
  }

  @Test
  void a_dead_redis_is_exit_code_4() {
    var ran =
        new Shell(WORLD.variables("REDIS_URL", "redis://:hunter2@127.0.0.1:1"))
            .run("sessions", "warm");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(4);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .contains("Check that it runs and REDIS_URL is right")
        .doesNotContain("hunter2", "\tat ");
  }

  @Test
  void a_wrong_password_of_redis_is_exit_code_4() {
    try (var redis = RealRedis.builder().password("right").start()) {
      var url = "redis://:hunter2@127.0.0.1:" + redis.port();

      var ran = new Shell(WORLD.variables("REDIS_URL", url)).run("sessions", "warm");

      assertThat(ran.exitCode()).as("%s", ran).isEqualTo(4);
      assertThat(ran.err()).contains("wrong user or password").doesNotContain("hunter2");
    }
  }

  @Test
  void an_unknown_certificate_of_redis_is_exit_code_4() {
    try (var redis = RealRedis.builder().tls().start()) {
      var ran = new Shell(WORLD.variables("REDIS_URL", redis.url())).run("sessions", "warm");

      assertThat(ran.exitCode()).as("%s", ran).isEqualTo(4);
      assertThat(ran.err()).contains("certification path");
    }
  }

  @Test
  void a_run_that_stops_early_says_how_many_it_reached_and_misses_its_target() {
    var ran = shell.run("sessions", "warm", "--rate", "100", "--deadline", "1s");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(5);
    assertThat(ran.out())
        .containsPattern("Warmed [12]00 of 300 sessions")
        .containsPattern("Target missed: the run reached [12]00 of 300 sessions\\.");
    assertThat(ran.err()).contains("Stopped early. The deadline of 1s came first");
  }

  @Test
  void a_deadline_is_exit_code_5_even_if_postgres_hangs() throws SQLException {
    try (var connection = WORLD.dataSource().getConnection();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE platform.user_sessions IN ACCESS EXCLUSIVE MODE");

      var ran = shell.run("sessions", "warm", "--deadline", "1s");

      assertThat(ran.exitCode()).as("%s", ran).isEqualTo(5);
      assertThat(ran.err()).contains("deadline");
    }
  }

  @Test
  void another_node_that_is_warming_is_exit_code_6() {
    try (var client = WORLD.redisClient()) {
      var turn = WORLD.redisSessions(client).lock().take(Duration.ofSeconds(30)).orElseThrow();

      var ran = shell.run("sessions", "warm");

      turn.release();
      assertThat(ran.exitCode()).as("%s", ran).isEqualTo(6);
      assertThat(ran.err()).contains("Another node is warming");
    }
  }

  @Test
  void a_full_redis_is_exit_code_1_with_the_reason_counted() {
    try (var redis = RealRedis.builder().maxMemory("3mb", "noeviction").start()) {
      var world = SessionEnvironment.with(4000, redis);

      var ran = new Shell(world.variables()).run("sessions", "warm", "-c", "4000");

      assertThat(ran.exitCode()).as("%s", ran).isEqualTo(1);
      assertThat(ran.out())
          .containsPattern(
              "Failed: [1-9]\\d*\\R  [1-9]\\d*  Redis refused: out of memory \\(OOM\\)");
      assertThat(ran.err()).contains("Some sessions failed");
    }
  }

  @Test
  void a_broken_connection_is_exit_code_3_and_warmed_sessions_stay() {
    try (var proxy = TcpProxy.to(RealPostgres.shared().port())) {
      proxy.cutAfter(100_000);

      var ran =
          new Shell(WORLD.variables("DATABASE_URL", WORLD.databaseUrl(proxy.port())))
              .run("sessions", "warm", "--json");

      assertThat(ran.exitCode()).as("%s", ran).isEqualTo(3);
      assertThat(ran.out()).contains("\"state\":\"source-unreachable\"");
    }
  }

  @Test
  void springs_sessions_are_warmed_by_their_own_mapping() {
    SpringSessionSchema.create(WORLD.dataSource());
    int made = SpringSessionSeed.of(42).sessions(20).into(WORLD.dataSource());

    var ran = shell.run("sessions", "warm", "--mapping", "spring-session");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(0);
    assertThat(ran.out()).contains("Warmed " + made + " of " + made + " sessions", "(100.0%)");

    try (var jedis = WORLD.redis().jedis()) {
      jedis.keys("spring:session:*").forEach(jedis::del);
      var again = shell.run("sessions", "warm", "--mapping", "spring-session");

      assertThat(again.exitCode()).as("%s", again).isEqualTo(0);
      assertThat(again.out()).contains(made + "  ended since it was migrated");
      assertThat(jedis.keys("spring:session:*")).isEmpty();
    }
  }

  @Test
  void a_cluster_is_warmed_too() {
    try (var cluster = RealRedisCluster.start()) {
      var ran = new Shell(WORLD.variables("REDIS_URL", cluster.url())).run("sessions", "warm");

      assertThat(ran.exitCode()).as("%s", ran).isEqualTo(0);
      assertThat(ran.out()).contains("Warmed 300 of 300 sessions", "Verified: 250 of 250");
    }
  }

  @Test
  void a_dead_cluster_is_exit_code_4() {
    var ran =
        new Shell(WORLD.variables("REDIS_URL", "redis://127.0.0.1:1,127.0.0.1:2"))
            .run("sessions", "warm");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(4);
    assertThat(ran.err()).contains("Check that it runs and REDIS_URL is right");
  }

  @Test
  void json_is_one_object_and_nothing_else() {
    var ran = shell.run("sessions", "warm", "--json");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(0);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out().lines()).hasSize(1);
    assertThat(ran.out())
        .startsWith("{\"state\":\"completed\",\"plan\":{\"count\":1000,\"window\":\"24h\",")
        .contains("\"selected\":300,\"warmed\":300,\"skipped\":{},\"failed\":{},\"bytes\":")
        .contains(
            "\"verified\":{\"sampled\":250,\"found\":250,\"share\":1.0},\"meets_target\":true");
  }

  @Test
  void errors_are_json_in_the_same_form() {
    var ran =
        new Shell(WORLD.variables("REDIS_URL", "redis://127.0.0.1:1"))
            .run("sessions", "warm", "--json");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(4);
    assertThat(ran.out())
        .startsWith("{\"state\":\"cache-unreachable\",")
        .contains("\"warmed\":0,", "\"verified\":null,\"meets_target\":false,\"message\":\"Redis");
  }
}
