package io.stoker.sessions;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.Time;
import io.stoker.WarmOutcome;
import io.stoker.sessions.SessionLookup.Absent;
import io.stoker.sessions.SessionLookup.Found;
import io.stoker.sessions.SessionLookup.Revoked;
import io.stoker.sessions.SessionLookup.Unusable;
import io.stoker.sessions.SessionStore.RevocationListener;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A read-through cache that applications use on every request to find the session of a token.
///
/// A look-up tries this process' memory, then Redis, then Postgres, and fills the tiers above.
/// Concurrent look-ups of one key share one load, unless it began so early that it may have read
/// the session before a revocation that the later look-up must respect. Redis and Postgres each
/// have a circuit breaker; a failure of Redis costs time, but is never an error. Thread-safe.
///
/// **Revocation.** Once [#revoke(SessionKey)] or [#revokeUser(String)] has returned, no later
/// look-up in this process or through Redis finds the session. Other processes evict it from memory
/// when notified, normally within milliseconds and at the latest after their
/// [Settings#processLife()]; set that to zero if that is too long.
public final class SessionCache implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SessionCache.class);

  /// How long a look-up waits at most for a concurrent one of the same session.
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  private final SessionStore store;
  private final SessionSource source;
  private final Settings settings;
  private final Time time;
  private final CircuitBreaker storeBreaker;
  private final CircuitBreaker sourceBreaker;
  private final AsyncCache<SessionKey, Result> process;
  private final LookupCounter counter = new LookupCounter();
  private final SessionStore.Subscription subscription;
  private final @Nullable StatsPublisher publisher;
  private final AtomicLong order = new AtomicLong();
  private volatile boolean listening;

  /// Settings of a [SessionCache].
  ///
  /// @param processLife how long a session is served from this process' memory; zero to disable
  ///   that
  /// @param processEntries the most sessions in this process' memory
  /// @param timeToLiveCap the longest TTL of an entry that a look-up writes to Redis
  /// @param jitter the largest share of the TTL to subtract at random, from 0 to 1
  public record Settings(
      Duration processLife, long processEntries, Duration timeToLiveCap, double jitter) {

    /// Two seconds and 10,000 sessions in memory, 4 to 5 minutes in Redis.
    public static Settings standard() {
      return new Settings(Duration.ofSeconds(2), 10_000, Duration.ofMinutes(5), 0.2);
    }
  }

  /// @param stats shared counts to add look-ups to; null for none
  public SessionCache(
      SessionStore store,
      SessionSource source,
      @Nullable SessionStats stats,
      Settings settings,
      Time time) {
    this.store = store;
    this.source = source;
    this.settings = settings;
    this.time = time;
    this.storeBreaker = new CircuitBreaker("Redis", Code.CACHE_UNREACHABLE, time);
    this.sourceBreaker = new CircuitBreaker("Postgres", Code.SOURCE_UNREACHABLE, time);
    this.process =
        Caffeine.newBuilder()
            .ticker(() -> time.ticks().toNanos())
            .expireAfterWrite(settings.processLife())
            .maximumSize(settings.processEntries())
            .buildAsync();
    this.subscription = store.subscribe(new Revocations());
    this.publisher = stats == null ? null : StatsPublisher.start(stats, counter, time);
  }

  /// Finds the session of a token as the client presents it; empty if there is none, or it is over.
  ///
  /// @throws StokerException if it is not cached and Postgres does not answer
  public Optional<Session> find(String token) {
    return find(SessionKey.ofToken(token));
  }

  /// Finds the session with a key; empty if there is none, or it is over.
  ///
  /// @throws StokerException if it is not cached and Postgres does not answer
  public Optional<Session> find(SessionKey key) {
    var result = result(key);
    if (result.failure() != null) {
      throw result.failure();
    }
    return result.session();
  }

  private Result result(SessionKey key) {
    long arrival = order.incrementAndGet();
    while (true) {
      var own = new Load(order.incrementAndGet(), time.ticks());
      var other = (Load) process.asMap().putIfAbsent(key, own);
      if (other == null) {
        return lookUp(key, own);
      }
      if (mayShare(other, arrival) && !isOver(other)) {
        return await(other);
      }
      // Whoever waits for an early load shares the next one with the others that wait.
      var early = awaitResult(other);
      if (early.failure() != null) {
        count(early);
        return early;
      }
      process.asMap().remove(key, other);
    }
  }

  /// Whether a look-up may use a load: one that began after it arrived, or, with memory on, within
  /// the time for which another process' revocation may go unnoticed.
  private boolean mayShare(Load load, long arrival) {
    return load.number > arrival
        || (listening && time.ticks().minus(load.began).compareTo(settings.processLife()) < 0);
  }

  /// The load of one session: in progress, or kept in memory.
  private static final class Load extends CompletableFuture<Result> {

    private final long number;
    private final Duration began;

    /// @param number its place among all loads and look-ups of this cache
    Load(long number, Duration began) {
      this.number = number;
      this.began = began;
    }
  }

  /// The result of a look-up: a session, if there is one, and whether Redis had it; or the failure.
  private record Result(
      Optional<Session> session, boolean cached, @Nullable RuntimeException failure) {

    static final Result NONE = new Result(Optional.empty(), false, null);

    static Result cached(Session session) {
      return new Result(Optional.of(session), true, null);
    }

    static Result loaded(Session session) {
      return new Result(Optional.of(session), false, null);
    }

    static Result failed(RuntimeException failure) {
      return new Result(Optional.empty(), false, failure);
    }
  }

  private boolean isOver(CompletableFuture<Result> lookup) {
    return lookup.isDone()
        && lookup.join().session().filter(s -> s.expiresAt().isAfter(time.now())).isEmpty();
  }

  private Result await(CompletableFuture<Result> other) {
    boolean inMemory = other.isDone();
    var result = awaitResult(other);
    if (inMemory && result.session().isPresent()) {
      counter.processHit();
    } else {
      count(result);
    }
    return result;
  }

  /// The other look-up has its own timeouts; this one is a fallback.
  private static Result awaitResult(CompletableFuture<Result> other) {
    try {
      return other.get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("was interrupted", e);
    } catch (ExecutionException e) {
      return failed("failed", e);
    } catch (TimeoutException e) {
      return failed("took longer than " + MAX_WAIT.toSeconds() + " s", e);
    }
  }

  private static Result failed(String how, Exception cause) {
    return Result.failed(
        new StokerException(
            Code.SOURCE_UNREACHABLE,
            "Waiting for a look-up of the same session " + how + ". Try again",
            cause));
  }

  private Result lookUp(SessionKey key, Load own) {
    var result = Result.failed(new IllegalStateException("the look-up ended without a result"));
    try {
      result = load(key);
    } catch (RuntimeException e) {
      result = Result.failed(e);
    } finally {
      // Concurrent look-ups get this result in any case; only a session is kept.
      own.complete(result);
      if (!listening || result.session().isEmpty()) {
        process.asMap().remove(key, own);
      }
    }
    count(result);
    return result;
  }

  private void count(Result result) {
    if (result.failure() != null) {
      counter.failed();
    } else if (result.session().isEmpty()) {
      counter.unknown();
    } else if (result.cached()) {
      counter.cacheHit();
    } else {
      counter.loaded();
    }
  }

  private Result load(SessionKey key) {
    return switch (fromStore(key)) {
      case null -> fromSource(key, null);
      case Found(Session session, _) -> Result.cached(session);
      case Revoked _ -> Result.NONE;
      case Absent _ -> fromSource(key, WriteMode.IF_ABSENT);
      case Unusable _ -> fromSource(key, WriteMode.REPLACE_OLDER);
    };
  }

  /// Looks up Redis; null if it does not answer.
  private @Nullable SessionLookup fromStore(SessionKey key) {
    return orNull(() -> store.read(List.of(key)).getFirst());
  }

  /// Looks up Postgres, and writes the entry to Redis unless `mode` is null.
  private Result fromSource(SessionKey key, @Nullable WriteMode mode) {
    var fence = mode == null ? null : orNull(store::fence);
    var read = sourceBreaker.call(() -> source.find(key, fence == null ? Fence.FIRST : fence));
    if (read.entries().isEmpty()) {
      read.requireReadable();
      return Result.NONE;
    }
    var entry = read.entries().getFirst();
    if (fence != null && mode != null && !put(entry, read.asOf(), mode)) {
      // Another entry was written meanwhile: another process' read, or a tombstone.
      return switch (fromStore(key)) {
        case Revoked _ -> Result.NONE;
        case Found(Session session, _) -> Result.loaded(session);
        case null -> Result.loaded(TokenJson.session(entry));
        case Absent _, Unusable _ -> Result.loaded(TokenJson.session(entry));
      };
    }
    return Result.loaded(TokenJson.session(entry));
  }

  /// False only if Redis already has a newer entry.
  private boolean put(SessionEntry entry, Instant now, WriteMode mode) {
    var timeToLive =
        SessionRules.timeToLive(
            entry.expiresAt(),
            now,
            settings.timeToLiveCap(),
            settings.jitter(),
            RandomGenerator.getDefault());
    if (timeToLive.isZero()) {
      return true;
    }
    var write = new SessionWrite(entry, timeToLive);
    var outcome = orNull(() -> store.putAll(List.of(write), mode).getFirst());
    return !(outcome instanceof WarmOutcome.Skipped);
  }

  private <T> @Nullable T orNull(Supplier<T> call) {
    try {
      return storeBreaker.call(call);
    } catch (StokerException e) {
      counter.cacheError();
      LOG.debug("Falling back from Redis to Postgres: {}", e.getMessage());
      return null;
    }
  }

  /// Revokes one session: no look-up finds it again, even if the source still has it or a warm run
  /// has already read it.
  ///
  /// @throws StokerException if Redis fails; this process has evicted the session then, but others
  ///   may serve it until its entry expires. Call again.
  public void revoke(SessionKey key) {
    try {
      counter.invalidation();
      store.revoke(key);
    } finally {
      process.asMap().remove(key);
    }
  }

  /// Revokes all sessions of a user, for signing out everywhere or a ban. Call it after changing
  /// the source: sessions read later are valid again.
  ///
  /// @throws StokerException like [#revoke(SessionKey)]
  public void revokeUser(String userId) {
    try {
      counter.invalidation();
      store.revokeUser(userId);
    } finally {
      evictUser(userId);
    }
  }

  /// Exchanges a session's token for a new one: the old one is revoked and the new one loaded.
  ///
  /// @return the session under its new key; empty if the source does not have it yet
  /// @throws StokerException like [#revoke(SessionKey)] and [#find(SessionKey)]
  public Optional<Session> exchange(SessionKey old, SessionKey fresh) {
    revoke(old);
    return find(fresh);
  }

  /// The counts of this instance since its creation.
  public LookupCounts counts() {
    return counter.counts();
  }

  /// Unsubscribes from revocations and publishes the last counts. The caller owns the store and the
  /// source, which stay open.
  @Override
  public void close() {
    subscription.close();
    if (publisher != null) {
      publisher.close();
    }
  }

  private void evictUser(String userId) {
    // A look-up in progress may have read the session before, and its user is not known yet.
    process.asMap().entrySet().removeIf(lookup -> mayBelongTo(userId, lookup.getValue()));
  }

  private static boolean mayBelongTo(String userId, CompletableFuture<Result> lookup) {
    return !lookup.isDone()
        || lookup.join().session().filter(s -> !s.userId().equals(userId)).isEmpty();
  }

  /// Evicts from memory the sessions that any process revokes.
  private final class Revocations implements RevocationListener {

    @Override
    public void revoked(SessionKey key) {
      process.asMap().remove(key);
    }

    @Override
    public void revokedUser(String userId) {
      evictUser(userId);
    }

    @Override
    public void revokedEverything() {
      process.asMap().clear();
    }

    /// Without notifications, nothing is kept in memory.
    @Override
    public void listening(boolean now) {
      listening = now && settings.processLife().isPositive();
      process.asMap().clear();
    }
  }
}
