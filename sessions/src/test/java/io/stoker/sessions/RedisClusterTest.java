package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.stoker.Time;
import io.stoker.WarmOutcome;
import io.stoker.testing.RealRedis;
import io.stoker.testing.RealRedisCluster;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClusterClient;

/// Warming a real cluster of three nodes. The last test kills one of them.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class RedisClusterTest {

  private static final int SESSIONS = 5000;
  private static final String PRINCIPAL =
      "org.springframework.session.FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME";
  private static final SessionPlan ALL =
      SessionPlan.standard().change().limit(SESSIONS).sampleSize(1000).plan();

  private static SessionDatabase database;
  private static RealRedisCluster cluster;

  private final Time time = Time.system();

  private RedisClusterClient client;
  private RedisSessions sessions;
  private SessionSource source;
  private SessionWarmer warmer;

  @BeforeAll
  static void start_a_cluster() {
    database = SessionDatabase.create();
    cluster = RealRedisCluster.start("secret");
    for (var node : cluster.nodes()) {
      try (var jedis = node.jedis()) {
        jedis.configSet("cluster-require-full-coverage", "no");
      }
    }
  }

  @AfterAll
  static void end_it() {
    cluster.close();
  }

  @BeforeEach
  void connect() {
    var nodes =
        cluster.nodes().stream()
            .map(node -> new HostAndPort("127.0.0.1", node.port()))
            .collect(Collectors.toSet());
    client =
        RedisClusterClient.builder()
            .nodes(nodes)
            .clientConfig(
                DefaultJedisClientConfig.builder().password("secret").timeoutMillis(500).build())
            .build();
    sessions = new RedisSessions(client, time);
    source = SessionSource.jdbc(database.dataSource(), GeneratedSessions.of(SESSIONS, 100), time);
    warmer = new SessionWarmer(source, sessions.store(), sessions.lock(), time);
    cluster.flush();
  }

  @AfterEach
  void disconnect() {
    client.close();
    cluster.nodes().stream()
        .filter(RealRedis::isAlive)
        .forEach(RedisInspector::assertEveryKeyHasATimeToLive);
  }

  @Test
  @Order(1)
  void all_sessions_are_spread_over_the_nodes_and_found() {
    var report = warmer.warm(ALL);

    assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0).verifiedInFull();
    assertThat(inCluster()).isEqualTo(SESSIONS);
    assertThat(cluster.nodes())
        .allSatisfy(node -> assertThat(RedisInspector.sessions(node)).isGreaterThan(SESSIONS / 4));
    assertThat(sessions.store().countFindable(keys())).isEqualTo(SESSIONS);
    assertThat(sessions.lock().mark()).isPresent();
    assertThat(sessions.lock().take(ofSeconds(1))).isPresent();
  }

  @Test
  @Order(2)
  void sessions_are_looked_up_and_revoked_in_a_cluster() {
    warmer.warm(ALL);
    var settings = SessionCache.Settings.standard();
    try (var cache = new SessionCache(sessions.store(), source, sessions.stats(), settings, time)) {
      for (int i = 1; i <= 100; i++) {
        assertThat(cache.find("token-" + i)).isPresent();
      }
      assertThat(cache.counts().loaded()).isZero();

      cache.revoke(GeneratedSessions.key(7));

      assertThat(cache.find("token-7")).isEmpty();
      warmer.warm(ALL);
      assertThat(cache.find("token-7")).isEmpty();
      assertThat(cache.find("token-8")).isPresent();
    }
    assertThat(sessions.stats().over(ofMinutes(5)).hits()).isEqualTo(101);
  }

  @Test
  @Order(2)
  void spring_sessions_and_their_markers_share_a_slot() {
    for (var namespace : List.of("spring:session", "{shop}:session", "indexed:session")) {
      boolean indexed = namespace.startsWith("indexed");
      var writes = IntStream.range(0, 200).mapToObj(RedisClusterTest::springSession).toList();
      var keys = writes.stream().map(write -> write.entry().key()).toList();
      var target = sessions.springSessions(namespace, indexed, SpringValues.java());

      assertThat(target.putAll(writes, WriteMode.ONCE)).containsOnly(WarmOutcome.WARMED);
      assertThat(target.countFindable(keys)).isEqualTo(200);
      target.fence();
      var principal = namespace + ":index:" + PRINCIPAL + ":ada";
      assertThat(client.scard(principal)).isEqualTo(indexed ? 200 : 0);
      client.del(principal); // the only key without a TTL
      keys.forEach(key -> client.del(namespace + ":sessions:" + key.name()));

      assertThat(target.putAll(writes, WriteMode.ONCE)).containsOnly(SessionRules.ENDED);
      assertThat(target.countFindable(keys)).isZero();
      assertThat(client.exists(principal)).isFalse();
    }
    var inOneSlot = new RedisSessions(client, "{stoker}:", ofMinutes(15), time);
    assertThatIllegalArgumentException().isThrownBy(() -> inOneSlot.springSessions("spring"));
  }

  private static SessionWrite springSession(int number) {
    var fields = new SpringHashFields.Encoder();
    fields.addPrincipal("ada");
    for (var name : List.of("creationTime", "lastAccessedTime", "maxInactiveInterval")) {
      fields.add(name, SpringHashFields.serialize(number));
    }
    var end = Time.system().now().plusSeconds(60);
    var key = SessionKey.ofSpringSession("id-" + number);
    return new SessionWrite(new SessionEntry(key, fields.toBytes(), end), ofSeconds(60));
  }

  @Test
  @Order(3)
  void sessions_whose_slots_have_moved_since_are_warmed_and_counted() {
    assertThatRun(warmer.warm(ALL)).ended(RunState.COMPLETED).counted(SESSIONS, 0);
    move(slots(20), 2);
    awaitAgreement();
    cluster.flush();

    var report = warmer.warm(ALL);

    assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0).verifiedInFull();
    assertThat(inCluster()).isEqualTo(SESSIONS);
    assertThat(sessions.store().countFindable(keys())).isEqualTo(SESSIONS);
  }

  @Test
  @Order(4)
  void sessions_whose_slot_is_moving_are_warmed_and_counted() {
    var slot = slots(1).iterator().next();
    var target = (cluster.ownerOf(slot) + 1) % 3;
    cluster.startMovingSlot(slot, target);

    var report = warmer.warm(ALL);
    cluster.finishMovingSlot(slot, target);
    awaitAgreement();

    assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0).verifiedInFull();
    assertThat(inCluster()).isEqualTo(SESSIONS);
  }

  @Test
  @Order(5)
  void slots_that_move_during_the_run_lose_no_session() {
    var report = warmer.warm(ALL, RunListeners.afterChunk(3, () -> move(slots(50), 0)));
    awaitAgreement();

    assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0).verifiedInFull();
    assertThat(inCluster()).isEqualTo(SESSIONS);
  }

  @Test
  @Order(6)
  void the_share_of_a_node_that_is_killed_is_failed_and_all_others_are_warmed() {
    var victim = nodeWithout("lock", "fence");
    var before = new AtomicLong();
    Runnable kill =
        () -> {
          before.set(RedisInspector.sessions(cluster.node(victim)));
          cluster.node(victim).kill();
        };

    var impatient = ALL.change().retryFor(ofMillis(150)).plan();

    var report = warmer.warm(impatient, RunListeners.afterChunk(10, kill));

    assertThatRun(report)
        .ended(RunState.CACHE_UNREACHABLE, "Redis could not be reached to look sessions up")
        .counted(inCluster() + before.get(), SESSIONS - inCluster() - before.get());
    assertThat(report.counts().failed()).containsOnlyKeys("no acknowledgement from Redis");
    assertThat(report.counts().totalFailed()).isBetween(SESSIONS / 5L, SESSIONS / 2L);
    assertThat(cluster.nodes().stream().filter(RealRedis::isAlive))
        .hasSize(2)
        .allSatisfy(node -> assertThat(RedisInspector.sessions(node)).isGreaterThan(SESSIONS / 4));
  }

  private static void move(Set<Integer> slots, int target) {
    slots.stream()
        .filter(slot -> cluster.ownerOf(slot) != target)
        .forEach(slot -> cluster.moveSlot(slot, target));
  }

  /// The slots of the last sessions to be warmed.
  private static Set<Integer> slots(int howMany) {
    return IntStream.range(0, howMany)
        .mapToObj(i -> GeneratedSessions.key(SESSIONS - i).name())
        .map(name -> RealRedisCluster.slotOf(RedisSessions.NAMESPACE + name))
        .collect(Collectors.toSet());
  }

  /// Waits until all nodes say the same about who serves what.
  private static void awaitAgreement() {
    await()
        .atMost(ofSeconds(20))
        .until(() ->
            cluster.nodes().stream().map(RedisClusterTest::configuration).distinct().count() == 1);
  }

  /// Each node's name, epoch and slots as one node knows them.
  private static Set<String> configuration(RealRedis node) {
    try (var jedis = node.jedis()) {
      return jedis
          .clusterNodes()
          .lines()
          .map(line -> List.of(line.split(" ")))
          .map(words -> words.get(0) + words.get(6) + words.subList(8, words.size()))
          .collect(Collectors.toSet());
    }
  }

  /// A node that has none of these keys, or else the last node.
  private static int nodeWithout(String... names) {
    return IntStream.range(0, 3)
        .filter(node ->
            Set.of(names).stream()
                .noneMatch(name ->
                    cluster.ownerOf(RealRedisCluster.slotOf(RedisSessions.NAMESPACE + name))
                        == node))
        .findFirst()
        .orElse(2);
  }

  private static long inCluster() {
    return cluster.nodes().stream()
        .filter(RealRedis::isAlive)
        .mapToLong(RedisInspector::sessions)
        .sum();
  }

  private static List<SessionKey> keys() {
    return IntStream.rangeClosed(1, SESSIONS).mapToObj(GeneratedSessions::key).toList();
  }
}
