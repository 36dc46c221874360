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
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What an application asks on every request: whose session is this token?
///
/// A look-up goes through this process' memory, then Redis, then Postgres, and leaves what it found
/// in the tiers above. Many look-ups for one key at the same time share one. Redis and Postgres
/// each have a breaker; a failure of Redis costs time, never an error. Thread-safe.
///
/// **Revocation.** Once [#revoke(SessionKey)] or [#revokeUser(String)] has returned, no look-up
/// that starts later in this process or through Redis finds the session. Other processes evict it
/// from memory when they are notified, normally within milliseconds and at the latest when their
/// [Settings#processLife()] ends; set that to zero if that is too long.
public final class SessionCache implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SessionCache.class);

  /// How long a look-up waits for another one of the same session at most.
  private static final Duration LONGEST_LOOKUP = Duration.ofMinutes(1);

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
  private volatile boolean listening;

  /// How a [SessionCache] behaves.
  ///
  /// @param processLife how long a session is served from this process' memory; zero for not at all
  /// @param processEntries how many sessions this process' memory holds at the most
  /// @param timeToLiveCap the longest TTL of an entry that a look-up leaves in Redis
  /// @param jitter the largest part of its TTL that such an entry may lose at random, from 0 to 1
  public record Settings(
      Duration processLife, long processEntries, Duration timeToLiveCap, double jitter) {

    /// Two seconds and 10,000 sessions in the process, 4 to 5 minutes in Redis.
    public static Settings standard() {
      return new Settings(Duration.ofSeconds(2), 10_000, Duration.ofMinutes(5), 0.2);
    }
  }

  /// @param stats where look-ups are added up over all processes; null for nowhere
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

  /// The session of a token as the client presents it; nothing if there is none, or none any more.
  ///
  /// @throws StokerException if it is in no cache and Postgres does not answer
  public Optional<Session> find(String token) {
    return find(SessionKey.ofToken(token));
  }

  /// The session with this key; nothing if there is none, or none any more.
  ///
  /// @throws StokerException if it is in no cache and Postgres does not answer
  public Optional<Session> find(SessionKey key) {
    var own = new CompletableFuture<Result>();
    var other = process.asMap().putIfAbsent(key, own);
    if (other != null && isOver(other)) {
      process.asMap().remove(key, other);
      other = process.asMap().putIfAbsent(key, own);
    }
    var result = other == null ? lookUp(key, own) : await(other);
    if (result.failure() != null) {
      throw result.failure();
    }
    return result.session();
  }

  /// A session, if there is one, and which tier it came from; or why that is unknown.
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

  private boolean isOver(CompletableFuture<Result> held) {
    return held.isDone()
        && held.join().session().filter(s -> s.expiresAt().isAfter(time.now())).isEmpty();
  }

  private Result await(CompletableFuture<Result> other) {
    boolean inMemory = other.isDone();
    var result = awaited(other);
    if (inMemory && result.session().isPresent()) {
      counter.processHit();
    } else {
      count(result);
    }
    return result;
  }

  /// The other look-up has timeouts of its own; this one is for when they fail.
  private static Result awaited(CompletableFuture<Result> other) {
    try {
      return other.get(LONGEST_LOOKUP.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("was interrupted", e);
    } catch (ExecutionException e) {
      return failed("failed", e);
    } catch (TimeoutException e) {
      return failed("took longer than " + LONGEST_LOOKUP.toSeconds() + " s", e);
    }
  }

  private static Result failed(String how, Exception cause) {
    return Result.failed(
        new StokerException(
            Code.SOURCE_UNREACHABLE,
            "Waiting for a look-up of the same session " + how + ". Try again",
            cause));
  }

  private Result lookUp(SessionKey key, CompletableFuture<Result> own) {
    var result = Result.failed(new IllegalStateException("the look-up ended without a result"));
    try {
      result = load(key);
    } catch (RuntimeException e) {
      result = Result.failed(e);
    } finally {
      // Those that wait for this result get it in any case; only a session is worth keeping.
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

  /// What Redis says; null if it does not answer.
  private @Nullable SessionLookup fromStore(SessionKey key) {
    return orNull(() -> store.read(List.of(key)).getFirst());
  }

  /// Asks Postgres, and leaves the entry in Redis unless `mode` is null.
  private Result fromSource(SessionKey key, @Nullable WriteMode mode) {
    var fence = mode == null ? null : orNull(store::fence);
    var read = sourceBreaker.call(() -> source.find(key, fence == null ? Fence.FIRST : fence));
    if (read.entries().isEmpty()) {
      read.requireReadable();
      return Result.NONE;
    }
    var entry = read.entries().getFirst();
    if (fence != null && mode != null && !put(entry, read.asOf(), mode)) {
      // Something else stands there by now: another process' reading, or a tombstone.
      return switch (fromStore(key)) {
        case Revoked _ -> Result.NONE;
        case Found(Session session, _) -> Result.loaded(session);
        case null -> Result.loaded(TokenJson.session(entry));
        case Absent _, Unusable _ -> Result.loaded(TokenJson.session(entry));
      };
    }
    return Result.loaded(TokenJson.session(entry));
  }

  /// Whether the entry went into Redis, or Redis did not result.
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
      LOG.debug("Postgres is asked instead of Redis: {}", e.getMessage());
      return null;
    }
  }

  /// Signs one session out: no look-up finds it again, also if the source still has it or a warm
  /// run has read it already.
  ///
  /// @throws StokerException if Redis does not answer or refuses; then this process has evicted the
  ///   session and others may serve it until its entry expires. Call again.
  public void revoke(SessionKey key) {
    try {
      counter.invalidation();
      store.revoke(key);
    } finally {
      process.asMap().remove(key);
    }
  }

  /// Signs a user out everywhere, or bans them. Call it after the source has changed: what is read
  /// from the source later than this counts again.
  ///
  /// @throws StokerException as [#revoke(SessionKey)]
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
  /// @return the session under its new key; nothing if the source does not have it yet
  /// @throws StokerException as [#revoke(SessionKey)] and [#find(SessionKey)]
  public Optional<Session> exchange(SessionKey old, SessionKey fresh) {
    revoke(old);
    return find(fresh);
  }

  /// What this instance has counted since it was made.
  public LookupCounts counts() {
    return counter.counts();
  }

  /// Stops listening for revocations and publishes the last counts. The store and the source stay
  /// open: they are the host's.
  @Override
  public void close() {
    subscription.close();
    if (publisher != null) {
      publisher.close();
    }
  }

  private void evictUser(String userId) {
    // A look-up under way may have read the session before; whose it is, is not known yet.
    process.asMap().entrySet().removeIf(held -> mayBelongTo(userId, held.getValue()));
  }

  private static boolean mayBelongTo(String userId, CompletableFuture<Result> held) {
    return !held.isDone()
        || held.join().session().filter(s -> !s.userId().equals(userId)).isEmpty();
  }

  /// Evicts from this process' memory what is revoked in any process.
  private final class Revocations implements RevocationListener {

    @Override
    public void revoked(SessionKey key) {
      process.asMap().remove(key);
    }

    @Override
    public void revokedUser(String userId) {
      evictUser(userId);
    }

    /// What cannot be evicted in time is not kept in memory at all.
    @Override
    public void listening(boolean now) {
      listening = now && settings.processLife().isPositive();
      process.asMap().clear();
    }
  }
}
