package io.stoker.sessions;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.Time;
import io.stoker.testing.RealRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisClient;

/// Revocations while sessions are being written to Redis: none may come back, whatever the order.
@Tag("soak")
final class RevocationRaceTest {

  private static final Duration LIFE = ofMinutes(5);
  private static final String MEMBERS = "\"email\":\"a@b.example\"";

  private final Time time = Time.system();
  private final Instant now = time.now();
  private final InMemorySessionSource source = new InMemorySessionSource(time);

  private Node node;
  private Node other;

  @BeforeEach
  void start_two_processes() {
    RealRedis.shared().flush();
    node = new Node();
    other = new Node();
    node.awaitMemory();
    other.awaitMemory();
  }

  @AfterEach
  void stop_them() {
    node.close();
    other.close();
    RedisInspector.assertEveryKeyHasATimeToLive(RealRedis.shared());
  }

  /// Two writers and one revocation, in every order that their steps can take.
  @ParameterizedTest
  @EnumSource
  void no_order_of_steps_brings_a_revoked_session_back(Kind kind) {
    var races = races(kind);
    int modes = WriteMode.values().length;
    assertThat(races).hasSize(modes * modes * 560);
    races.forEach(Race::begin);
    put(races.stream().filter(race -> race.warmBefore).toList());

    for (int place = 0; place < Race.STEPS; place++) {
      step(races, place);
    }
    for (var race : races) {
      race.lookUp(node.withMemory);
      race.lookUp(node.withoutMemory);
      race.lookUp(other.withoutMemory);
    }

    long resurrected = races.stream().mapToInt(race -> race.timesServed).sum();
    assertThat(resurrected).isZero();
    assertThat(findable(races)).isZero();
  }

  /// What is revoked.
  enum Kind {
    /// One session, which the source goes on showing: it is deleted there later or never.
    SESSION,
    /// All sessions of a user, which the source has deleted before.
    USER
  }

  /// Who takes the next step.
  private enum Actor {
    FIRST_WRITER,
    SECOND_WRITER,
    REVOKER
  }

  /// The orders of three steps of one writer, three of another and two of a revoker.
  private static List<List<Actor>> orders() {
    var orders = new ArrayList<List<Actor>>();
    order(new ArrayDeque<>(), 3, 3, 2, orders);
    return orders;
  }

  private static void order(
      Deque<Actor> begun, int first, int second, int revoker, List<List<Actor>> orders) {
    if (first + second + revoker == 0) {
      orders.add(List.copyOf(begun));
    }
    if (first > 0) {
      begun.addLast(Actor.FIRST_WRITER);
      order(begun, first - 1, second, revoker, orders);
      begun.removeLast();
    }
    if (second > 0) {
      begun.addLast(Actor.SECOND_WRITER);
      order(begun, first, second - 1, revoker, orders);
      begun.removeLast();
    }
    if (revoker > 0) {
      begun.addLast(Actor.REVOKER);
      order(begun, first, second, revoker - 1, orders);
      begun.removeLast();
    }
  }

  private List<Race> races(Kind kind) {
    var races = new ArrayList<Race>();
    for (var order : orders()) {
      for (var first : WriteMode.values()) {
        for (var second : WriteMode.values()) {
          races.add(new Race(races.size(), kind, order, List.of(first, second)));
        }
      }
    }
    return races;
  }

  /// One session and an order of steps. Confined to one thread.
  private final class Race {

    static final int STEPS = 8;

    private final SessionKey key;
    private final String user;
    private final Kind kind;
    private final List<Actor> order;
    private final List<WriteMode> modes;
    private final boolean warmBefore;
    private final Writer[] writers = {new Writer(), new Writer()};
    private int revokersSteps;
    private int timesServed;

    Race(int number, Kind kind, List<Actor> order, List<WriteMode> modes) {
      this.key = SessionKey.ofToken("race-" + number);
      this.user = "user-" + number;
      this.kind = kind;
      this.order = order;
      this.modes = modes;
      this.warmBefore = number % 2 == 0;
    }

    void begin() {
      source.put(key, user, now.plusSeconds(3600), now, MEMBERS);
    }

    /// The next step of whoever's turn it is; its write is put off, so that many go together.
    void next(int place, Fence fence, Map<WriteMode, List<SessionWrite>> writes) {
      switch (order.get(place)) {
        case FIRST_WRITER -> writers[0].next(key, fence, writes.get(modes.get(0)));
        case SECOND_WRITER -> writers[1].next(key, fence, writes.get(modes.get(1)));
        case REVOKER -> revokersNext();
      }
    }

    private void revokersNext() {
      boolean revokes = (revokersSteps++ == 0) == (kind == Kind.SESSION);
      if (!revokes) {
        source.remove(key);
        return;
      }
      switch (kind) {
        case SESSION -> node.withMemory.revoke(key);
        case USER -> node.withMemory.revokeUser(user);
      }
      lookUp(node.withMemory);
    }

    /// A look-up that begins after the revocation has returned.
    void lookUp(SessionCache cache) {
      timesServed += cache.find(key).isPresent() ? 1 : 0;
    }
  }

  /// Takes a fence, reads the source, writes: what a warm run, a refresh and a look-up do.
  private final class Writer {

    private int steps;
    private Fence fence = Fence.FIRST;
    private List<SessionEntry> read = List.of();

    void next(SessionKey key, Fence latest, List<SessionWrite> writes) {
      switch (steps++) {
        case 0 -> fence = latest;
        case 1 -> read = source.find(key, fence).entries();
        default -> read.forEach(entry -> writes.add(new SessionWrite(entry, LIFE)));
      }
    }
  }

  /// One step of every race.
  private void step(List<Race> races, int place) {
    var fence = node.store.fence();
    var writes = new EnumMap<WriteMode, List<SessionWrite>>(WriteMode.class);
    for (var mode : WriteMode.values()) {
      writes.put(mode, new ArrayList<>());
    }
    races.forEach(race -> race.next(place, fence, writes));
    writes.forEach((mode, late) -> node.store.putAll(late, mode));
  }

  /// An older reading for each, soon to expire, that a process has in its memory, too.
  private void put(Collection<Race> races) {
    var fence = node.store.fence();
    var writes =
        races.stream()
            .map(race -> source.find(race.key, fence).entries().getFirst())
            .map(entry -> new SessionWrite(entry, ofMinutes(1)))
            .toList();
    node.store.putAll(writes, WriteMode.IF_ABSENT);
    races.forEach(race -> assertThat(node.withMemory.find(race.key)).isPresent());
  }

  private int findable(List<Race> races) {
    return node.store.countFindable(races.stream().map(race -> race.key).toList());
  }

  @Test
  void no_race_of_threads_brings_a_revoked_session_back() throws Exception {
    int sessions = 4500;
    var keys =
        IntStream.range(0, sessions).mapToObj(i -> SessionKey.ofToken("raced-" + i)).toList();
    for (int i = 0; i < sessions; i++) {
      source.put(keys.get(i), "raced-user-" + i / 3, now.plusSeconds(3600), now, MEMBERS);
    }
    var revoked = ConcurrentHashMap.<SessionKey>newKeySet();
    var resurrected = new AtomicLong();
    var lookUps = new AtomicLong();
    var start = new CountDownLatch(1);
    var over = new AtomicBoolean();

    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      var busy = new ArrayList<Future<?>>();
      for (var mode : WriteMode.values()) {
        busy.add(
            threads.submit(() -> {
              RunListeners.await(start);
              while (!over.get()) {
                warm(mode);
              }
            }));
      }
      for (var cache : List.of(node.withMemory, node.withoutMemory, other.withoutMemory)) {
        var random = new Random(busy.size());
        busy.add(
            threads.submit(() -> {
              RunListeners.await(start);
              while (!over.get()) {
                var key = keys.get(random.nextInt(sessions));
                boolean gone = revoked.contains(key);
                if (cache.find(key).isPresent() && gone) {
                  resurrected.incrementAndGet();
                }
                lookUps.incrementAndGet();
              }
            }));
      }
      var revoker =
          threads.submit(() -> {
            RunListeners.await(start);
            revokeMost(keys, revoked);
          });

      start.countDown();
      revoker.get();
      over.set(true);
      for (var thread : busy) {
        thread.get();
      }
    }

    assertThat(resurrected).hasValue(0);
    assertThat(lookUps.get()).isGreaterThan(1000);
    for (var cache : List.of(node.withMemory, node.withoutMemory, other.withoutMemory)) {
      assertThat(revoked).noneMatch(key -> cache.find(key).isPresent());
    }
    assertThat(revoked).hasSizeGreaterThan(sessions / 2).hasSizeLessThan(sessions);
    assertThat(keys).anyMatch(key -> node.withMemory.find(key).isPresent());
  }

  /// Every ninth user is left alone, the others lose one session or all of them.
  private void revokeMost(List<SessionKey> keys, Set<SessionKey> revoked) {
    var users = new ArrayList<>(IntStream.range(0, keys.size() / 3).boxed().toList());
    Collections.shuffle(users, new Random(7));
    for (int user : users) {
      var sessions = keys.subList(3 * user, 3 * user + 3);
      switch (user % 9) {
        case 0 -> {}
        case 1, 2, 3, 4 -> {
          var key = sessions.get(user % 3);
          node.withMemory.revoke(key);
          revoked.add(key);
        }
        default -> {
          source.removeUser("raced-user-" + user);
          node.withMemory.revokeUser("raced-user-" + user);
          revoked.addAll(sessions);
        }
      }
    }
  }

  private void warm(WriteMode mode) {
    var lock = new InMemorySessions(time).lock();
    var plan = SessionPlan.standard().change().limit(SessionPlan.ALL).mode(mode).plan();
    var report = new SessionWarmer(source, node.store, lock, time).warm(plan);
    assertThat(report.state()).isIn(RunState.COMPLETED, RunState.NOTHING_ELIGIBLE);
    assertThat(report.counts().failed()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void a_look_up_in_progress_during_a_revocation_caches_nothing(Kind kind) throws Exception {
    var slow = new SlowSource();
    try (var cache = node.cache(slow, ofMinutes(1));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      awaitMemory(cache);
      var key = SessionKey.ofToken("under-way");
      source.put(key, "somebody", now.plusSeconds(3600), now, MEMBERS);
      slow.hold();
      var early = threads.submit(() -> cache.find(key));
      slow.awaitRead();

      switch (kind) {
        case SESSION -> cache.revoke(key);
        case USER -> {
          source.removeUser("somebody");
          cache.revokeUser("somebody");
        }
      }
      slow.letGo();

      assertThat(early.get().map(Session::userId)).isIn(Optional.empty(), Optional.of("somebody"));
      assertThat(cache.find(key)).isEmpty();
      assertThat(node.withoutMemory.find(key)).isEmpty();
      assertThat(other.withoutMemory.find(key)).isEmpty();
      assertThat(other.withMemory.find(key)).isEmpty();
    }
  }

  @Test
  void an_exchanged_token_is_gone_and_the_new_one_serves() {
    var old = SessionKey.ofToken("old");
    var fresh = SessionKey.ofToken("new");
    source.put(old, "somebody", now.plusSeconds(3600), now, MEMBERS);
    assertThat(node.withMemory.find(old)).isPresent();
    source.remove(old);
    source.put(fresh, "somebody", now.plusSeconds(3600), now, MEMBERS);

    assertThat(node.withMemory.exchange(old, fresh)).isPresent();

    warm(WriteMode.REPLACE_OLDER);
    for (var cache : List.of(node.withMemory, node.withoutMemory, other.withoutMemory)) {
      assertThat(cache.find(old)).isEmpty();
      assertThat(cache.find(fresh)).isPresent();
    }
  }

  @ParameterizedTest
  @EnumSource
  void another_process_evicts_what_it_has_in_memory_when_it_receives_the_revocation(Kind kind) {
    var key = SessionKey.ofToken("remembered");
    source.put(key, "somebody", now.plusSeconds(3600), now, MEMBERS);
    assertThat(other.withMemory.find(key)).isPresent();
    assertThat(other.withMemory.find(key)).isPresent();
    assertThat(other.withMemory.counts().processHits()).isPositive();

    switch (kind) {
      case SESSION -> node.withMemory.revoke(key);
      case USER -> {
        source.removeUser("somebody");
        node.withMemory.revokeUser("somebody");
      }
    }

    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(ofSeconds(5))
        .until(() -> other.withMemory.find(key).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "s", "s123", "u"})
  void a_malformed_message_does_not_end_the_subscription(String message) {
    var key = SessionKey.ofToken("remembered");
    source.put(key, "somebody", now.plusSeconds(3600), now, MEMBERS);
    assertThat(other.withMemory.find(key)).isPresent();

    node.client.publish(RedisSessions.NAMESPACE + "revoked", message);
    node.withMemory.revoke(key);

    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(ofSeconds(5))
        .until(() -> other.withMemory.find(key).isEmpty());
  }

  @Test
  void a_user_whose_ban_is_lifted_can_sign_in() {
    var before = SessionKey.ofToken("before");
    var after = SessionKey.ofToken("after");
    source.put(before, "somebody", now.plusSeconds(3600), now, MEMBERS);
    source.removeUser("somebody");
    node.withMemory.revokeUser("somebody");

    source.put(after, "somebody", now.plusSeconds(3600), now, MEMBERS);

    assertThat(node.withMemory.find(after)).isPresent();
    assertThat(other.withoutMemory.find(after)).isPresent();
    assertThat(other.withoutMemory.find(before)).isEmpty();
  }

  private void awaitMemory(SessionCache cache) {
    var key = SessionKey.ofToken("to be remembered");
    source.put(key, "nobody", now.plusSeconds(3600), now, MEMBERS);
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> cache.find(key).isPresent() && cache.counts().processHits() > 0);
  }

  /// A process with two readers: one with a memory of its own, one without.
  private final class Node implements AutoCloseable {

    private final RedisClient client = RedisClient.create(RealRedis.shared().url());
    private final SessionStore store = new RedisSessions(client, time).store();
    private final SessionCache withMemory = cache(source, ofMinutes(1));
    private final SessionCache withoutMemory = cache(source, Duration.ZERO);

    SessionCache cache(SessionSource from, Duration processLife) {
      var settings = new SessionCache.Settings(processLife, 100_000, LIFE, 0.2);
      return new SessionCache(store, from, null, settings, time);
    }

    void awaitMemory() {
      RevocationRaceTest.this.awaitMemory(withMemory);
    }

    @Override
    public void close() {
      withMemory.close();
      withoutMemory.close();
      client.close();
    }
  }

  /// The source, but what is read from it can be held up on its way. Thread-safe.
  private final class SlowSource implements SessionSource {

    private final CountDownLatch read = new CountDownLatch(1);
    private final CountDownLatch free = new CountDownLatch(1);
    private volatile boolean holding;

    void hold() {
      holding = true;
    }

    void awaitRead() {
      RunListeners.await(read);
    }

    void letGo() {
      holding = false;
      free.countDown();
    }

    @Override
    public SessionChunk find(SessionKey key, Fence fence) {
      var found = source.find(key, fence);
      if (holding) {
        read.countDown();
        RunListeners.await(free);
      }
      return found;
    }

    @Override
    public SessionCursor read(SessionQuery query, Fence fence) {
      return source.read(query, fence);
    }

    @Override
    public SessionEstimate estimate(SessionQuery query) {
      return source.estimate(query);
    }
  }
}
