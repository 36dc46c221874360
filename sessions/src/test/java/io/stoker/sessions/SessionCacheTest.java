package io.stoker.sessions;

import static io.stoker.sessions.Samples.NOON;
import static io.stoker.sessions.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stoker.ManualTime;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionCacheTest {

  private final ManualTime time = new ManualTime(NOON);
  private final InMemorySessionSource rows = new InMemorySessionSource(time);
  private final GatedSource source = new GatedSource(rows);
  private final InMemorySessions memory = new InMemorySessions(time);
  private final SessionCache cache = newCache();

  private SessionCache newCache() {
    return new SessionCache(
        memory.store(), source, memory.stats(), SessionCache.Settings.standard(), time);
  }

  @AfterEach
  void close() {
    cache.close();
  }

  private void signIn(String token, String user) {
    rows.put(key(token), user, NOON.plusSeconds(3600), NOON, "");
  }

  @Test
  void a_session_comes_from_postgres_then_redis_then_memory() {
    signIn("a", "7");
    try (var second = newCache()) {

      assertThat(cache.find("a").orElseThrow().userId()).isEqualTo("7");
      assertThat(second.find("a").orElseThrow().userId()).isEqualTo("7");
      assertThat(second.find("a").orElseThrow().userId()).isEqualTo("7");

      assertThat(cache.counts()).isEqualTo(new LookupCounts(0, 0, 1, 0, 0, 0, 0));
      assertThat(second.counts()).isEqualTo(new LookupCounts(1, 1, 0, 0, 0, 0, 0));
      assertThat(source.asked).hasValue(1);
    }
  }

  @Test
  void memory_keeps_a_session_for_two_seconds() {
    signIn("a", "7");
    var first = cache.find("a");

    time.advance(Duration.ofSeconds(3));
    var second = cache.find("a");

    assertThat(first).isPresent();
    assertThat(second).isPresent();
    assertThat(cache.counts().cacheHits()).isEqualTo(1);
    assertThat(cache.counts().processHits()).isZero();
  }

  @Test
  void an_unknown_token_is_nothing_and_is_not_remembered() {
    assertThat(cache.find("a")).isEmpty();

    signIn("a", "7");

    assertThat(cache.find("a")).isPresent();
    assertThat(cache.counts().unknown()).isEqualTo(1);
  }

  @Test
  void a_session_that_expires_in_memory_is_not_served() {
    rows.put(key("a"), "7", NOON.plusMillis(1500), NOON, "");
    assertThat(cache.find("a")).isPresent();

    time.advance(Duration.ofMillis(1600));

    assertThat(cache.find("a")).isEmpty();
  }

  @Test
  void concurrent_look_ups_of_one_key_share_one_load() throws InterruptedException {
    signIn("a", "7");
    source.close();
    var found = new ArrayList<CompletableFuture<Optional<Session>>>();
    for (int i = 0; i < 50; i++) {
      var answer = new CompletableFuture<Optional<Session>>();
      found.add(answer);
      Thread.ofVirtual().start(() -> answer.complete(cache.find("a")));
    }
    source.awaitKnock();

    source.open();

    assertThat(found).allMatch(answer -> answer.join().isPresent());
    assertThat(source.asked).hasValue(1);
    assertThat(cache.counts().hits() + cache.counts().misses()).isEqualTo(50);
  }

  @Test
  void when_postgres_does_not_answer_the_look_up_fails_rather_than_finding_nothing() {
    source.broken = true;

    assertThatThrownBy(() -> cache.find("a"))
        .isInstanceOf(StokerException.class)
        .hasMessage("down, as this test wants it");
    assertThat(cache.counts().failed()).isEqualTo(1);
  }

  @Test
  void a_revoked_session_is_gone_though_postgres_still_has_it() {
    signIn("a", "7");
    assertThat(cache.find("a")).isPresent();

    cache.revoke(key("a"));

    assertThat(cache.find("a")).isEmpty();
    assertThat(cache.counts().invalidations()).isEqualTo(1);
  }

  @Test
  void another_process_evicts_a_revoked_session_at_once() {
    signIn("a", "7");
    try (var second = newCache()) {
      assertThat(second.find("a")).isPresent();

      cache.revoke(key("a"));

      assertThat(second.find("a")).isEmpty();
    }
  }

  @Test
  void a_banned_user_s_sessions_are_gone_and_others_stay() {
    signIn("a", "7");
    signIn("b", "7");
    signIn("c", "8");
    assertThat(List.of(cache.find("a"), cache.find("b"), cache.find("c")))
        .allMatch(Optional::isPresent);

    rows.removeUser("7");
    cache.revokeUser("7");

    assertThat(cache.find("a")).isEmpty();
    assertThat(cache.find("b")).isEmpty();
    assertThat(cache.find("c")).isPresent();
  }

  @Test
  void after_a_ban_is_lifted_sessions_are_valid_and_cached_again() {
    signIn("a", "7");
    assertThat(cache.find("a")).isPresent();
    cache.revokeUser("7");

    assertThat(cache.find("a")).isPresent();
    time.advance(Duration.ofSeconds(3));
    assertThat(cache.find("a")).isPresent();

    assertThat(cache.counts().loaded()).isEqualTo(2);
    assertThat(cache.counts().cacheHits()).isEqualTo(1);
  }

  @Test
  void an_exchanged_token_is_gone_and_the_new_one_is_loaded() {
    signIn("old", "7");
    assertThat(cache.find("old")).isPresent();
    signIn("fresh", "7");

    var session = cache.exchange(key("old"), key("fresh"));

    assertThat(session.orElseThrow().key()).isEqualTo(key("fresh"));
    assertThat(cache.find("old")).isEmpty();
  }

  @Test
  void a_look_up_that_read_before_a_revocation_caches_nothing() throws Exception {
    signIn("a", "7");
    source.close();
    var early = CompletableFuture.supplyAsync(() -> cache.find("a"));
    source.awaitKnock();

    cache.revoke(key("a"));
    source.open();
    assertThat(early).succeedsWithin(Duration.ofSeconds(10));

    assertThat(cache.find("a")).isEmpty();
  }

  @Test
  void a_look_up_that_read_before_a_ban_caches_nothing() throws Exception {
    signIn("a", "7");
    source.close();
    var early = CompletableFuture.supplyAsync(() -> cache.find("a"));
    source.awaitKnock();

    rows.removeUser("7");
    cache.revokeUser("7");
    source.open();
    assertThat(early).succeedsWithin(Duration.ofSeconds(10));

    assertThat(cache.find("a")).isEmpty();
  }

  @Test
  void without_memory_a_look_up_after_a_revocation_joins_none_from_before() {
    assertThat(lookUpAfterARevocation(false, Duration.ZERO)).isEmpty();
  }

  @Test
  void with_memory_a_look_up_joins_none_that_began_longer_ago_than_memory_keeps_sessions() {
    assertThat(lookUpAfterARevocation(true, Duration.ofSeconds(3))).isEmpty();
  }

  @Test
  void with_memory_a_look_up_joins_one_that_began_shortly_before() {
    assertThat(lookUpAfterARevocation(true, Duration.ofSeconds(1))).isPresent();
  }

  /// What a process finds that misses the notice of another process' revocation, while an earlier
  /// look-up of the same session is in progress.
  private Optional<Session> lookUpAfterARevocation(boolean listening, Duration passed) {
    signIn("a", "7");
    source.close();
    try (var second =
        new SessionCache(
            deaf(memory.store(), listening),
            source,
            null,
            SessionCache.Settings.standard(),
            time)) {
      var early = CompletableFuture.supplyAsync(() -> second.find("a"));
      source.knock.await();
      rows.removeUser("7");
      cache.revokeUser("7");
      time.advance(passed);
      var late = new CompletableFuture<Optional<Session>>();
      var thread = Thread.ofPlatform().start(() -> late.complete(second.find("a")));
      await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
      source.open();

      assertThat(early).succeedsWithin(Duration.ofSeconds(10));
      return late.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A store whose notices of revocations get lost.
  private static SessionStore deaf(SessionStore store, boolean listening) {
    return (SessionStore)
        Proxy.newProxyInstance(
            SessionStore.class.getClassLoader(),
            new Class<?>[] {SessionStore.class},
            (_, method, arguments) -> {
              if (method.getName().equals("subscribe")) {
                ((SessionStore.RevocationListener) arguments[0]).listening(listening);
                return (SessionStore.Subscription) () -> {};
              }
              return method.invoke(store, arguments);
            });
  }

  @Test
  void counts_of_all_processes_are_summed_up() throws InterruptedException {
    signIn("a", "7");
    assertThat(cache.find("a")).isPresent();
    time.awaitPausing(1);

    time.advance(Duration.ofSeconds(5));

    await()
        .untilAsserted(
            () -> assertThat(memory.stats().over(Duration.ofHours(1))).isEqualTo(cache.counts()));
  }

  /// A source that can be made to keep its callers waiting between reading and answering.
  private static final class GatedSource implements SessionSource {

    private final SessionSource rows;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile CountDownLatch knock = new CountDownLatch(1);
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile boolean broken;

    GatedSource(SessionSource rows) {
      this.rows = rows;
    }

    void close() {
      gate = new CountDownLatch(1);
      knock = new CountDownLatch(1);
    }

    void awaitKnock() throws InterruptedException {
      knock.await();
    }

    void open() {
      gate.countDown();
    }

    @Override
    public SessionChunk find(SessionKey key, Fence fence) {
      asked.incrementAndGet();
      if (broken) {
        throw new StokerException(Code.SOURCE_UNREACHABLE, "down, as this test wants it", null);
      }
      var answer = rows.find(key, fence);
      knock.countDown();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return answer;
    }

    @Override
    public SessionCursor read(SessionQuery query, Fence fence) {
      return rows.read(query, fence);
    }

    @Override
    public SessionEstimate estimate(SessionQuery query) {
      return rows.estimate(query);
    }
  }
}
