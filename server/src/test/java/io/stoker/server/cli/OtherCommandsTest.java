package io.stoker.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import io.stoker.server.SessionEnvironment;
import io.stoker.sessions.SessionCache;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionSource;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OtherCommandsTest {

  private static final SessionEnvironment WORLD = SessionEnvironment.with(120);

  private final Shell shell = new Shell(WORLD.variables());

  @BeforeEach
  void flush() {
    WORLD.redis().flush();
  }

  /// Looks two sessions up as an application would, one of them twice.
  private static void lookUp() {
    try (var client = WORLD.redisClient()) {
      var redis = WORLD.redisSessions(client);
      var source = SessionSource.jdbc(WORLD.dataSource(), SessionMapping.standard(), Time.system());
      var settings = new SessionCache.Settings(Duration.ZERO, 1, Duration.ofMinutes(1), 0);
      try (var cache =
          new SessionCache(redis.store(), source, redis.stats(), settings, Time.system())) {
        cache.find(SessionEnvironment.SEED.rawToken(0));
        cache.find(SessionEnvironment.SEED.rawToken(0));
        cache.find("nobody's");
      }
    }
  }

  @Test
  void estimate_counts_and_needs_postgres_only() {
    var ran = new Shell(WORLD.variables("REDIS_URL", "")).run("sessions", "estimate", "-c", "100");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(0);
    assertThat(ran.out())
        .startsWith(
            "100 of 120 eligible sessions would be warmed (active within 24h, at most 100).")
        .contains("bytes. Memory needed in Redis: about 0.1 MB");
  }

  @Test
  void estimate_is_a_flag_of_warm_as_well() {
    var ran = shell.run("sessions", "warm", "-e");

    assertThat(ran.out()).startsWith("120 of 120 eligible sessions would be warmed");
  }

  @Test
  void estimate_as_json() {
    var ran = shell.run("sessions", "estimate", "--json");

    assertThat(ran.out())
        .matches(
            "\\{\"plan\":\\{.*},\"eligible\":120,\"selected\":120,\"average_bytes\":\\d+,"
                + "\"cache_bytes\":\\d+}\\R");
  }

  @Test
  void estimate_of_a_dead_postgres_is_exit_code_3() {
    var broken = new Shell(WORLD.variables("DATABASE_URL", "postgres://127.0.0.1:1/shop"));

    var ran = broken.run("sessions", "estimate");
    var json = broken.run("sessions", "estimate", "--json");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(3);
    assertThat(ran.err()).startsWith("Postgres could not count the sessions: ");
    assertThat(json.exitCode()).as("%s", json).isEqualTo(3);
    assertThat(json.out()).startsWith("{\"error\":\"source-unreachable\",\"message\":\"Postgres");
  }

  @Test
  void stats_show_what_other_processes_counted() {
    lookUp();

    var ran = new Shell(WORLD.variables("DATABASE_URL", "")).run("sessions", "stats");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(0);
    assertThat(ran.out())
        .startsWith("Look-ups by all processes in the last 1h:")
        .contains("hit rate          33.3%")
        .contains("hits                  1  (0 in process memory, 1 in Redis)")
        .contains("misses                2  (1 in Postgres, 1 unknown, 0 failed)");
  }

  @Test
  void stats_as_json_and_as_a_flag_of_warm() {
    lookUp();

    var ran = shell.run("sessions", "warm", "-s", "--json");

    assertThat(ran.out())
        .startsWith("{\"window\":\"1h\",\"hits\":1,\"misses\":2,\"hit_rate\":0.33");
  }

  @Test
  void stats_say_so_if_nobody_has_looked_anything_up() {
    assertThat(shell.run("sessions", "stats", "--window", "5m").out())
        .contains("last 5m", "no look-ups");
    assertThat(shell.run("sessions", "stats", "--json").out()).contains("\"hit_rate\":null");
  }

  @Test
  void stats_of_a_dead_redis_are_exit_code_4() {
    var ran =
        new Shell(WORLD.variables("REDIS_URL", "redis://127.0.0.1:1")).run("sessions", "stats");

    assertThat(ran.exitCode()).as("%s", ran).isEqualTo(4);
    assertThat(ran.err()).contains("Check that it runs and REDIS_URL is right");
  }
}
