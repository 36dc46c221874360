package io.stoker.sessions;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.stoker.Outcome;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.Time;
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
/// in the tiers above. Of many look-ups for one key at the same time, one goes. Redis and Postgres
/// each stand behind a breaker; trouble with Redis costs time, never an error. Thread-safe.
///
/// **Revocation.** Once [#revoke(SessionKey)] or [#revokeUser(String)] has returned, no look-up
/// that starts later in this process or through Redis finds the session. Other processes forget
/// what they hold in memory when they hear of it, normally within milliseconds and at the latest
/// when their [Settings#processLife()] ends; set that to zero if that is too long.
public final class SessionCache implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SessionCache.class);

  /// How long somebody waits for a look-up of the same session at most.
  private static final Duration LONGEST_LOOKUP = Duration.ofMinutes(1);

  private final SessionStore store;
  private final SessionSource source;
  private final Settings settings;
  private final Time time;
  private final Breaker storeBreaker;
  private final Breaker sourceBreaker;
  private final AsyncCache<SessionKey, Answer> process;
  private final SessionCounter counter = new SessionCounter();
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
    this.storeBreaker = new Breaker("Redis", Code.CACHE_UNREACHABLE, time);
    this.sourceBreaker = new Breaker("Postgres", Code.SOURCE_UNREACHABLE, time);
    this.process =
        Caffeine.newBuilder()
            .ticker(() -> time.ticks().toNanos())
            .expireAfterWrite(settings.processLife())
            .maximumSize(settings.processEntries())
            .buildAsync();
    this.subscription = store.subscribe(new Forgetter());
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
    var flight = new CompletableFuture<Answer>();
    var other = process.asMap().putIfAbsent(key, flight);
    if (other != null && isOver(other)) {
      process.asMap().remove(key, other);
      other = process.asMap().putIfAbsent(key, flight);
    }
    var answer = other == null ? fly(key, flight) : join(other);
    if (answer.trouble() != null) {
      throw answer.trouble();
    }
    return answer.session();
  }

  /// A session, if there is one, and which tier it came from; or why that is not known.
  private record Answer(
      Optional<Session> session, boolean cached, @Nullable RuntimeException trouble) {

    static final Answer NONE = new Answer(Optional.empty(), false, null);

    static Answer cached(Session session) {
      return new Answer(Optional.of(session), true, null);
    }

    static Answer loaded(Session session) {
      return new Answer(Optional.of(session), false, null);
    }

    static Answer failed(RuntimeException trouble) {
      return new Answer(Optional.empty(), false, trouble);
    }
  }

  private boolean isOver(CompletableFuture<Answer> held) {
    return held.isDone()
        && held.join().session().filter(s -> s.expiresAt().isAfter(time.now())).isEmpty();
  }

  private Answer join(CompletableFuture<Answer> other) {
    boolean held = other.isDone();
    var answer = awaited(other);
    if (held && answer.session().isPresent()) {
      counter.processHit();
    } else {
      count(answer);
    }
    return answer;
  }

  /// The other look-up has its own limits; this one is for when they fail.
  private static Answer awaited(CompletableFuture<Answer> other) {
    try {
      return other.get(LONGEST_LOOKUP.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("was interrupted", e);
    } catch (ExecutionException e) {
      return failed("broke off", e);
    } catch (TimeoutException e) {
      return failed("took longer than " + LONGEST_LOOKUP.toSeconds() + " s", e);
    }
  }

  private static Answer failed(String how, Exception cause) {
    return Answer.failed(
        new StokerException(
            Code.SOURCE_UNREACHABLE,
            "Waiting for a look-up of the same session " + how + ". Try again",
            cause));
  }

  private Answer fly(SessionKey key, CompletableFuture<Answer> flight) {
    var answer = Answer.failed(new IllegalStateException("the look-up broke off"));
    try {
      answer = load(key);
    } catch (RuntimeException e) {
      answer = Answer.failed(e);
    } finally {
      // Those who wait for this flight are served in any case, and only a session is worth holding.
      flight.complete(answer);
      if (!listening || answer.session().isEmpty()) {
        process.asMap().remove(key, flight);
      }
    }
    count(answer);
    return answer;
  }

  private void count(Answer answer) {
    if (answer.trouble() != null) {
      counter.failed();
    } else if (answer.session().isEmpty()) {
      counter.unknown();
    } else if (answer.cached()) {
      counter.cacheHit();
    } else {
      counter.loaded();
    }
  }

  private Answer load(SessionKey key) {
    return switch (fromStore(key)) {
      case null -> fromSource(key, null);
      case Found(Session session, _) -> Answer.cached(session);
      case Revoked _ -> Answer.NONE;
      case Absent _ -> fromSource(key, WriteMode.IF_ABSENT);
      case Unusable _ -> fromSource(key, WriteMode.REPLACE_OLDER);
    };
  }

  /// What Redis says; null if it does not answer.
  private @Nullable SessionLookup fromStore(SessionKey key) {
    return orNull(() -> store.read(List.of(key)).getFirst());
  }

  /// Asks Postgres, and leaves the answer in Redis unless `mode` is null.
  private Answer fromSource(SessionKey key, @Nullable WriteMode mode) {
    var fence = mode == null ? null : orNull(store::fence);
    var read = sourceBreaker.call(() -> source.find(key, fence == null ? Fence.FIRST : fence));
    if (read.entries().isEmpty()) {
      read.requireReadable();
      return Answer.NONE;
    }
    var entry = read.entries().getFirst();
    if (fence != null && mode != null && !keep(entry, read.asOf(), mode)) {
      // Something else stands there by now: another process' reading, or a tombstone.
      return switch (fromStore(key)) {
        case Revoked _ -> Answer.NONE;
        case Found(Session session, _) -> Answer.loaded(session);
        case null -> Answer.loaded(TokenJson.session(entry));
        case Absent _, Unusable _ -> Answer.loaded(TokenJson.session(entry));
      };
    }
    return Answer.loaded(TokenJson.session(entry));
  }

  /// Whether the entry went into Redis, or Redis did not answer.
  private boolean keep(SessionEntry entry, Instant now, WriteMode mode) {
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
    return !(outcome instanceof Outcome.Skipped);
  }

  private <T> @Nullable T orNull(Supplier<T> call) {
    try {
      return storeBreaker.call(call);
    } catch (StokerException e) {
      counter.cacheError();
      LOG.debug("Redis is passed over: {}", e.getMessage());
      return null;
    }
  }

  /// Signs one session out: no look-up finds it again, also if the source still has it or a warm
  /// run has read it already.
  ///
  /// @throws StokerException if Redis does not answer or refuses; then this process has forgotten
  ///   the session and others may serve it until its entry expires. Call again.
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
      forgetUser(userId);
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
  public SessionCounts counts() {
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

  private void forgetUser(String userId) {
    // A look-up in flight may have read the session before; whose it is, is not known yet.
    process.asMap().entrySet().removeIf(held -> mayBelongTo(userId, held.getValue()));
  }

  private static boolean mayBelongTo(String userId, CompletableFuture<Answer> held) {
    return !held.isDone()
        || held.join().session().filter(s -> !s.userId().equals(userId)).isEmpty();
  }

  /// Keeps this process' memory in step with revocations elsewhere.
  private final class Forgetter implements RevocationListener {

    @Override
    public void revoked(SessionKey key) {
      process.asMap().remove(key);
    }

    @Override
    public void revokedUser(String userId) {
      forgetUser(userId);
    }

    /// What cannot be forgotten in time is not held at all.
    @Override
    public void listening(boolean now) {
      listening = now && settings.processLife().isPositive();
      process.asMap().clear();
    }
  }
}
