package io.stoker.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.sessions.SessionLookup.Found;
import io.stoker.testing.ChildProcess;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.RealRedis;
import io.stoker.testing.TcpProxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Kills of everything that takes part, at random moments under load: of the process that follows,
/// of Redis, of Postgres and of the network between them.
@Tag("soak")
final class FollowKillsTest {

  private static final int KILLS = 50;

  /// What is promised; printed and not asserted, since a busy machine takes longer.
  private static final Duration LATE = Duration.ofSeconds(1);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Time time = Time.system();
  private final Random random = new Random(14);
  private final Set<String> everMade = new TreeSet<>();
  private int made;

  @Test
  void after_fifty_kills_nothing_ended_is_served_and_nothing_is_missing() throws Exception {
    int late = 0;
    int served = 0;
    int missing = 0;
    var slowest = Duration.ZERO;
    try (var postgres = FollowWorld.postgres().start();
        var redis = RealRedis.start();
        var toRedis = TcpProxy.to(redis.port());
        var toPostgres = TcpProxy.to(postgres.port());
        var world = FollowWorld.open(postgres, redis.port())) {
      world.addUser(1);
      var child = child(world, toPostgres, toRedis);
      await().atMost(PATIENCE).until(() -> world.log().progress().isPresent());
      for (int kill = 0; kill < KILLS; kill++) {
        if (kill % 10 == 0) {
          everMade.clear(); // lest entries reach the end of their TTL
        }
        var stop = new AtomicBoolean();
        var load = Thread.ofPlatform().start(() -> change(world, stop));
        time.pause(Duration.ofMillis(random.nextInt(300)));
        switch (kill % 5) {
          case 0 -> {
            child.kill();
            child = child(world, toPostgres, toRedis);
          }
          case 1 -> {
            redis.kill();
            redis.restart();
          }
          case 2 -> {
            postgres.kill();
            postgres.restart();
          }
          case 3 -> {
            toRedis.cut();
            time.pause(Duration.ofMillis(random.nextInt(1500)));
            toRedis.restore();
          }
          default -> {
            toPostgres.reset();
            toPostgres.cut();
            time.pause(Duration.ofMillis(random.nextInt(1500)));
            toPostgres.restore();
          }
        }
        stop.set(true);
        load.join();
        var up = time.ticks();
        var truth = truth(world);
        while (!servedThoughEnded(world, truth).isEmpty()
            && time.ticks().minus(up).compareTo(PATIENCE) < 0) {
          time.pause(Duration.ofMillis(10));
        }
        var took = time.ticks().minus(up);
        slowest = took.compareTo(slowest) > 0 ? took : slowest;
        late += took.compareTo(LATE) > 0 ? 1 : 0;
        served += servedThoughEnded(world, truth).size();
        try {
          await().atMost(PATIENCE).until(() -> absent(world, truth).isEmpty());
        } catch (ConditionTimeoutException _) {
          missing += absent(world, truth).size();
        }
      }
      child.close();
    }
    System.out.printf(
        "Soak: following, %d kills: %d served late, %d missing; the slowest end took %d ms%n",
        KILLS, late, missing, slowest.toMillis());
    assertThat(served).isZero();
    assertThat(missing).isZero();
  }

  private static ChildProcess child(FollowWorld world, TcpProxy postgres, TcpProxy redis)
      throws InterruptedException {
    var child =
        ChildProcess.start(
            FollowerProcess.class,
            world.database().name(),
            Integer.toString(postgres.port()),
            Integer.toString(redis.port()),
            RealPostgres.POSTGRES,
            world.settings().slot());
    child.awaitLine("started");
    return child;
  }

  /// Inserts sessions and deletes others, whether Postgres is there or not.
  private void change(FollowWorld world, AtomicBoolean stop) {
    while (!stop.get()) {
      try {
        var token = "t" + made++;
        everMade.add(token);
        world.addSession(token, 1);
        if (made % 3 == 0) {
          world.session(
              "DELETE FROM platform.user_sessions", "t" + random.nextInt(Math.max(1, made)));
        }
      } catch (IllegalStateException _) {
        // Postgres is away; what has become of the change is read from it afterwards.
      }
    }
  }

  private Set<String> truth(FollowWorld world) throws SQLException {
    var truth = new HashSet<String>();
    try (var connection = world.database().dataSource().getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT token FROM platform.user_sessions")) {
      while (rows.next()) {
        truth.add(rows.getString(1));
      }
    }
    return truth;
  }

  private List<String> servedThoughEnded(FollowWorld world, Set<String> truth) {
    return everMade.stream()
        .filter(token -> !truth.contains(FollowWorld.hash(token)))
        .filter(token -> isServed(world, token))
        .toList();
  }

  private List<String> absent(FollowWorld world, Set<String> truth) {
    return everMade.stream()
        .filter(token -> truth.contains(FollowWorld.hash(token)))
        .filter(token -> !isServed(world, token))
        .toList();
  }

  /// Connections of the pool that broke with Redis fail once each.
  private static boolean isServed(FollowWorld world, String token) {
    while (true) {
      try {
        return world.lookup(token) instanceof Found;
      } catch (StokerException _) {
        Thread.onSpinWait();
      }
    }
  }
}
