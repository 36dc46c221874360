package io.stoker.examples.warmonstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import io.stoker.examples.Servers;
import io.stoker.examples.TestServers;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionKey;
import io.stoker.sessions.SessionLookup;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.testing.RealRedis;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WarmOnStartTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SessionSeed seed = SessionSeed.of(3).users(50).sessions(200);

  @Test
  void sessions_are_found_in_redis_by_the_raw_token() throws InterruptedException {
    try (var servers = seeded(TestServers.empty())) {
      var ended = new CompletableFuture<SessionReport>();

      WarmOnStart.warmInBackground(servers.dataSource(), servers.redis(), telling(ended))
          .join(PATIENCE);

      assertThat(ended.join().counts().warmed()).isEqualTo(200);
      assertThat(ended.join().meetsTarget()).isTrue();
      var store = new RedisSessions(servers.redis(), Time.system()).store();
      assertThat(store.read(List.of(SessionKey.ofToken(seed.rawToken(11)))).getFirst())
          .isInstanceOf(SessionLookup.Found.class);
    }
  }

  @Test
  void the_application_starts_without_waiting_for_the_run() throws InterruptedException {
    try (var servers = seeded(TestServers.empty())) {
      var applicationIsUp = new CountDownLatch(1);
      var ended = new CompletableFuture<SessionReport>();
      var waiting =
          new SessionEvents() {
            @Override
            public void started(SessionPlan plan) {
              awaiting(applicationIsUp);
            }

            @Override
            public void ended(SessionReport report) {
              ended.complete(report);
            }
          };

      var warming = WarmOnStart.warmInBackground(servers.dataSource(), servers.redis(), waiting);
      assertThat(ended).isNotDone();
      applicationIsUp.countDown();

      assertThat(warming.join(PATIENCE)).isTrue();
      assertThat(ended.join().state()).isEqualTo(RunState.COMPLETED);
    }
  }

  @Test
  void a_redis_that_is_down_is_told_to_the_log_and_disturbs_nobody() throws InterruptedException {
    try (var redis = RealRedis.start();
        var servers = seeded(TestServers.with(redis))) {
      redis.kill();
      var log = new ByteArrayOutputStream();
      var err = System.err;
      System.setErr(new PrintStream(log, true, UTF_8));
      try {
        WarmOnStart.warmInBackground(servers.dataSource(), servers.redis(), new RunLogger())
            .join(PATIENCE);
      } finally {
        System.setErr(err);
      }

      assertThat(log.toString(UTF_8))
          .contains("WARN", "Sessions may be cold: cache-unreachable", "Check that it runs");
    }
  }

  private Servers seeded(Servers servers) {
    SessionSchema.create(servers.dataSource());
    seed.into(servers.dataSource());
    return servers;
  }

  private static SessionEvents telling(CompletableFuture<SessionReport> ended) {
    return new SessionEvents() {
      @Override
      public void ended(SessionReport report) {
        ended.complete(report);
      }
    };
  }

  private static void awaiting(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
