package io.stoker.examples.springsession;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import io.stoker.examples.Servers;
import io.stoker.examples.TestServers;
import io.stoker.examples.springsession.SpringSessions.Connections;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionKeeper;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionWarmer;
import io.stoker.testing.SpringSessionSchema;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An application moves its sessions from Postgres to Redis, seen from browsers.
@Timeout(60)
class SpringMigrationTest {

  @TempDir private Path folder;

  private final Servers servers = TestServers.empty();
  private final Connections connections = new Connections(servers.redisUrl());
  private final Time time = Time.system();
  private SignInServer before;
  private SignInServer after;

  @BeforeEach
  void start() {
    SpringSessionSchema.create(servers.dataSource());
    before = new SignInServer(SpringSessions.inPostgres(servers.dataSource()), folder);
    after = new SignInServer(SpringSessions.inRedis(connections.template()), folder);
  }

  @AfterEach
  void close() {
    after.close();
    before.close();
    connections.close();
    servers.close();
  }

  @Test
  void who_has_signed_out_stays_signed_out_after_the_next_run() {
    var cookie = before.get("/sign-in", "").cookie();
    warm();
    assertThat(after.get("/me", cookie).status()).isEqualTo(200);
    after.get("/sign-out", cookie);

    warm();

    assertThat(after.get("/me", cookie).status()).isEqualTo(401);
  }

  @Test
  void an_id_that_was_given_up_at_sign_in_does_not_come_back() {
    var first = before.get("/sign-in", "").cookie();
    warm();
    var second = after.get("/sign-in", first).cookie();
    assertThat(second).isNotEmpty().isNotEqualTo(first);

    warm();

    assertThat(after.get("/me", first).status()).isEqualTo(401);
    assertThat(after.get("/me", second).status()).isEqualTo(200);
  }

  @Test
  void a_keeper_migrates_once_and_the_keepers_of_later_starts_do_nothing() throws Exception {
    var cookie = before.get("/sign-in", "").cookie();
    try (var first = new Keeper();
        var second = new Keeper()) {
      first.keeper.start();
      assertThat(first.ended.get(30, TimeUnit.SECONDS).state()).isEqualTo(RunState.COMPLETED);
      assertThat(after.get("/me", cookie).status()).isEqualTo(200);
      after.get("/sign-out", cookie);

      second.keeper.start();

      assertThat(second.alreadyWarm.get(30, TimeUnit.SECONDS)).isBefore(time.now());
      assertThat(second.ended).isNotDone();
    }
    assertThat(after.get("/me", cookie).status()).isEqualTo(401);
  }

  private void warm() {
    assertThat(SpringSessions.warm(servers.dataSource(), servers.redis()).state())
        .isEqualTo(RunState.COMPLETED);
  }

  /// A keeper as in a server, and what it did.
  private final class Keeper implements AutoCloseable, SessionKeeper.Runner {

    private final CompletableFuture<SessionReport> ended = new CompletableFuture<>();
    private final CompletableFuture<Instant> alreadyWarm = new CompletableFuture<>();
    private final SessionKeeper keeper;
    private final SessionWarmer warmer;

    Keeper() {
      var sessions = new RedisSessions(servers.redis(), time);
      var lock = sessions.springLock("spring:session");
      var usual = SessionKeeper.Settings.of(SessionPlan.springSession());
      var settings =
          new SessionKeeper.Settings(
              usual.plan(), true, true, Duration.ofMillis(10), Duration.ofMillis(10));
      var source = SessionSource.jdbc(servers.dataSource(), SessionMapping.springSession(), time);
      warmer = new SessionWarmer(source, sessions.springSessions("spring:session"), lock, time);
      keeper = new SessionKeeper(this, lock, settings, time);
    }

    @Override
    public SessionReport warm(SessionPlan plan) {
      var report = warmer.warm(plan);
      ended.complete(report);
      return report;
    }

    @Override
    public void alreadyWarm(SessionPlan plan, Instant since) {
      alreadyWarm.complete(since);
    }

    @Override
    public void close() {
      keeper.close();
    }
  }
}
