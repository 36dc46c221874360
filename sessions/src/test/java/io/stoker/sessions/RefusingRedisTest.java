package io.stoker.sessions;

import static io.stoker.sessions.ReportAssert.assertThatRun;
import static io.stoker.sessions.Samples.key;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.testing.RealRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.UnifiedJedis;

/// A Redis that runs, and refuses some of what it is asked for.
final class RefusingRedisTest {

  private static final int SESSIONS = 200;

  private static SessionDatabase database;

  private final Time time = Time.system();

  @BeforeAll
  static void make_database() {
    database = SessionDatabase.create();
  }

  @Test
  void look_ups_go_on_while_redis_refuses_writes_since_its_disk_is_full() throws IOException {
    try (var redis = RealRedis.start();
        var admin = redis.jedis();
        var client = open(redis)) {
      assertThatRun(warmer(client).warm(SessionPlan.standard())).ended(RunState.COMPLETED);
      refuseWrites(admin);

      try (var cache = cache(client)) {
        assertThat(cache.find("token-1")).isPresent();
        assertThat(cache.counts().cacheHits()).isEqualTo(1);
        assertThatThrownBy(() -> cache.revoke(GeneratedSessions.key(1)))
            .isInstanceOf(StokerException.class)
            .hasMessageContaining("it cannot save to disk (MISCONF)");
      }
      assertThatRun(warmer(client).warm(SessionPlan.standard()))
          .ended(RunState.CACHE_UNREACHABLE, "it cannot save to disk (MISCONF)");
    }
  }

  /// Makes the next snapshot fail, as on a full disk: there is a folder where its file should be.
  private static void refuseWrites(Jedis admin) throws IOException {
    Files.createDirectory(Path.of(admin.configGet("dir").get("dir"), "taken"));
    admin.configSet("dbfilename", "taken");
    admin.configSet("save", "3600 1");
    admin.bgsave();
    await().until(() -> admin.info("persistence").contains("rdb_last_bgsave_status:err"));
  }

  @Test
  void a_redis_that_is_loading_is_said_to_be_and_counts_as_soon_back() throws Exception {
    try (var redis = RealRedis.start();
        var admin = redis.jedis();
        var client = open(redis)) {
      debug(admin, "POPULATE", "40000", "key", "1000");
      admin.configSet("rdbcompression", "no");
      admin.configSet("key-load-delay", "50"); // microseconds
      var loading = Thread.ofVirtual().start(() -> reload(redis));
      var lock = new RedisSessions(client, time).lock();

      await()
          .pollInterval(Duration.ofMillis(20))
          .untilAsserted(() ->
              assertThatThrownBy(lock::mark)
                  .hasMessageContaining("it is still loading its data (LOADING)")
                  .extracting(e -> ((StokerException) e).code())
                  .isEqualTo(StokerException.Code.CACHE_UNREACHABLE));
      loading.join();
      assertThat(lock.mark()).isEmpty();
    }
  }

  private static void reload(RealRedis redis) {
    try (var jedis = redis.jedis()) {
      debug(jedis, "RELOAD");
    }
  }

  private static void debug(Jedis jedis, String... arguments) {
    var _ = jedis.sendCommand(() -> "DEBUG".getBytes(US_ASCII), arguments);
  }

  @Test
  void the_rights_that_are_listed_are_enough_for_all_that_is_done_with_sessions()
      throws IOException {
    try (var redis = RealRedis.start();
        var admin = redis.jedis()) {
      var rules =
          Stream.concat(
              Stream.of("on", ">secret", "~stoker:session:*", "resetchannels", "&stoker:session:*"),
              listedRights());
      admin.aclSetUser("stoker", rules.toArray(String[]::new));
      var url = "redis://stoker:secret@127.0.0.1:" + redis.port();
      try (var client = RedisAddress.parse(url).open()) {
        var report = warmer(client).warm(SessionPlan.standard());
        var refreshed =
            warmer(client).warm(SessionPlan.standard().change().mode(WriteMode.REFRESH).plan());

        assertThatRun(report).ended(RunState.COMPLETED).counted(SESSIONS, 0).verifiedInFull();
        assertThatRun(refreshed).ended(RunState.COMPLETED);
        try (var cache = cache(client)) {
          assertThat(cache.find("token-2")).isPresent();
          cache.revoke(GeneratedSessions.key(2));
          cache.revokeUser("nobody");
          assertThat(cache.find("token-2")).isEmpty();
        }
        var stats = new RedisSessions(client, time).stats();
        stats.add(new LookupCounts(1, 0, 0, 0, 0, 0, 0));
        assertThat(stats.over(Duration.ofMinutes(1)).hits()).isPositive();
      }
    }
  }

  @Test
  void the_page_lists_the_rights_that_are_tried() throws IOException {
    assertThat(listedRights())
        .containsExactlyInAnyOrderElementsOf(
            RedisRights.commands().stream().map(command -> "+" + command).toList());
  }

  private static Stream<String> listedRights() throws IOException {
    var page = Files.readString(Path.of("..", "SECURITY.md"));
    int begin = page.indexOf("`+") + 1;
    return Arrays.stream(page.substring(begin, page.indexOf('`', begin)).split("\\s+"));
  }

  @Test
  void a_missing_right_is_found_without_being_used() {
    assumeTrue(RealRedis.isInstalled(), "there is no redis-server on this machine");
    try (var redis = RealRedis.builder().installed().start();
        var admin = redis.jedis();
        var client = open(redis)) {
      assertThat(RedisRights.missing(client, RedisSessions.NAMESPACE).orElseThrow()).isEmpty();
      admin.aclSetUser("few", "on", ">secret", "~stoker:*", "+@all", "-publish", "-eval");

      try (var few = RedisAddress.parse("redis://few:secret@127.0.0.1:" + redis.port()).open()) {
        assertThat(RedisRights.missing(few, RedisSessions.NAMESPACE).orElseThrow())
            .contains("publish", "eval")
            .doesNotContain("get", "set");
      }
    }
  }

  @Test
  void a_revocation_that_is_in_force_succeeds_though_it_may_not_be_published() {
    try (var redis = RealRedis.start();
        var admin = redis.jedis()) {
      admin.aclSetUser("quiet", "on", ">secret", "~*", "&*", "+@all", "-publish");
      try (var client =
          RedisAddress.parse("redis://quiet:secret@127.0.0.1:" + redis.port()).open()) {
        var store = new RedisSessions(client, time).store();

        store.revoke(key("a"));
        store.revokeUser("7");

        assertThat(Samples.read(store, key("a"))).isEqualTo(new SessionLookup.Revoked());
      }
    }
  }

  @Test
  void each_refusal_has_a_sentence_of_its_own_without_any_password() {
    try (var open = RealRedis.start();
        var closed = RealRedis.builder().password("secret").start();
        var renamed = RealRedis.builder().setting("rename-command", "EVAL", "").start();
        var unnamed = RealRedis.builder().setting("rename-command", "AUTH", "").start();
        var admin = open.jedis()) {
      admin.aclSetUser("few", "on", ">secret", "~*", "&*", "+@all", "-get");

      assertThat(refusal("redis://127.0.0.1:" + closed.port()))
          .contains("a password is needed (NOAUTH)");
      assertThat(refusal("redis://:hunter2@127.0.0.1:" + closed.port()))
          .contains("wrong user or password (WRONGPASS)");
      assertThat(refusal("redis://:hunter2@127.0.0.1:" + open.port()))
          .contains("it wants no password, and REDIS_URL has one");
      assertThat(refusal("redis://few:secret@127.0.0.1:" + open.port()))
          .contains("the user lacks a permission (NOPERM)");
      assertThat(refusal("redis://127.0.0.1:" + open.port() + "/99"))
          .contains("it has no database of that number");
      assertThat(refusal("redis://:hunter2@127.0.0.1:" + unnamed.port()))
          .contains("it does not know a command that Stoker needs");
      try (var client = open(renamed)) {
        assertThatThrownBy(() -> new RedisSessions(client, time).store().fence())
            .hasMessageContaining("it does not know a command that Stoker needs")
            .hasMessageContaining("rename-command");
      }
    }
  }

  private String refusal(String url) {
    try (var client = RedisAddress.parse(url).open()) {
      new RedisSessions(client, time).lock().mark();
      throw new AssertionError("it was not refused");
    } catch (StokerException e) {
      assertThat(e.getMessage()).doesNotContain("hunter2", "secret@");
      return String.valueOf(e.getMessage());
    }
  }

  private static UnifiedJedis open(RealRedis redis) {
    return RedisAddress.parse(redis.url()).open();
  }

  private SessionWarmer warmer(UnifiedJedis client) {
    var sessions = new RedisSessions(client, time);
    return new SessionWarmer(source(), sessions.store(), sessions.lock(), time);
  }

  private SessionCache cache(UnifiedJedis client) {
    var store = new RedisSessions(client, time).store();
    return new SessionCache(store, source(), null, SessionCache.Settings.standard(), time);
  }

  private SessionSource source() {
    return SessionSource.jdbc(database.dataSource(), GeneratedSessions.of(SESSIONS, 100), time);
  }
}
