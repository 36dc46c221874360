package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.testing.RealRedis;
import io.stoker.testing.RealRedisCluster;
import io.stoker.testing.RealRedisSentinel;
import java.util.Set;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClusterClient;

/// A Redis whose primary is killed in the middle of a run, and whose replica takes over.
final class RedisFailoverTest {

  private static final int SESSIONS = 5000;
  private static final SessionPlan ALL =
      SessionPlan.standard().change().limit(SESSIONS).sampleSize(1000).plan();

  private final Time time = Time.system();

  @Test
  void a_master_of_a_cluster_that_is_killed_costs_chunks_that_are_sent_again_and_not_the_run() {
    var database = SessionDatabase.create();
    try (var cluster = RealRedisCluster.start("secret")) {
      var replica = cluster.addReplica(1, ofMillis(500));
      try (var client = client(cluster.node(0))) {
        var sessions = new RedisSessions(client, time);
        var source =
            SessionSource.jdbc(database.dataSource(), GeneratedSessions.of(SESSIONS, 100), time);
        var warmer = new SessionWarmer(source, sessions.store(), sessions.lock(), time);

        var report = warmer.warm(ALL, RunListeners.afterChunk(10, () -> cluster.node(1).kill()));

        // A replica that was not in sync makes the run start over, and some are there already.
        assertThatRun(report).ended(RunState.COMPLETED, "sent again");
        assertThat(report.counts().selected()).isEqualTo(SESSIONS);
        assertThat(report.meetsTarget()).isTrue();
        assertThat(RedisInspector.sessions(replica)).isGreaterThan(SESSIONS / 4);

        cluster.node(0).flush();
        var next = warmer.warm(ALL);

        assertThatRun(next).ended(RunState.COMPLETED).verifiedInFull();
        assertThat(next.message()).isEmpty();
      }
    }
  }

  @Test
  void a_primary_that_is_killed_costs_chunks_that_are_sent_again_to_the_one_that_sentinels_name() {
    var database = SessionDatabase.create();
    try (var redis = RealRedisSentinel.start("secret");
        var client = RedisAddress.parse(redis.url()).open()) {
      var sessions = new RedisSessions(client, time);
      var source =
          SessionSource.jdbc(database.dataSource(), GeneratedSessions.of(SESSIONS, 100), time);
      var warmer = new SessionWarmer(source, sessions.store(), sessions.lock(), time);

      var report = warmer.warm(ALL, RunListeners.afterChunk(10, redis.primary()::kill));

      assertThatRun(report).ended(RunState.COMPLETED, "sent again");
      assertThat(report.counts().selected()).isEqualTo(SESSIONS);
      assertThat(report.meetsTarget()).isTrue();
      assertThat(RedisInspector.sessions(redis.replica())).isGreaterThan(SESSIONS * 9 / 10);
      try (var cache =
          new SessionCache(
              sessions.store(), source, null, SessionCache.Settings.standard(), time)) {
        assertThat(cache.find("token-" + SESSIONS)).isPresent();
        assertThat(cache.counts().cacheHits()).isEqualTo(1);
      }
    }
  }

  @Test
  void a_name_that_no_sentinel_knows_is_said_with_the_sentinels() {
    try (var redis = RealRedisSentinel.start("");
        var client =
            RedisAddress.parse("redis+sentinel://127.0.0.1:" + redis.port() + "/other").open()) {
      var lock = new RedisSessions(client, time).lock();

      assertThatThrownBy(lock::mark)
          .isInstanceOf(StokerException.class)
          .hasMessageContaining(
              "the sentinels [127.0.0.1:" + redis.port() + "] know no primary named other");
    }
  }

  private static RedisClusterClient client(RealRedis node) {
    return RedisClusterClient.builder()
        .nodes(Set.of(new HostAndPort("127.0.0.1", node.port())))
        .clientConfig(
            DefaultJedisClientConfig.builder().password("secret").timeoutMillis(500).build())
        .build();
  }
}
