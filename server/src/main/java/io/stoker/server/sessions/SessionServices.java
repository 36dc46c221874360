package io.stoker.server.sessions;

import io.stoker.StokerException;
import io.stoker.sessions.LookupCounts;
import io.stoker.sessions.SessionFollower;
import io.stoker.sessions.SessionSettings;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionStats;
import io.stoker.sessions.SessionStore;
import io.stoker.sessions.SessionWarmer;
import io.stoker.sessions.WarmLock;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The services behind the routes of sessions. Thread-safe.
///
/// @param warmer used for estimates only; `runs` has its own runs of it
/// @param store used for revocations
/// @param lock records since when the cache is warm
/// @param stats look-up counts of all processes
/// @param follower carries changes in Postgres to Redis; null if they are not followed
public record SessionServices(
    SessionSettings settings,
    SessionRuns runs,
    SessionWarmer warmer,
    SessionSource source,
    SessionStore store,
    WarmLock lock,
    SessionStats stats,
    @Nullable SessionFollower follower) {

  private static final Logger LOG = LoggerFactory.getLogger(SessionServices.class);
  private static final LookupCounts INVALIDATION = new LookupCounts(0, 0, 0, 0, 0, 0, 1);

  /// Revokes sessions and counts the revocation.
  ///
  /// @param revocation calls one of the store's revoke methods
  /// @throws StokerException if the cache does not answer or refuses
  public void revoke(Consumer<SessionStore> revocation) {
    revocation.accept(store);
    try {
      stats.add(INVALIDATION);
    } catch (StokerException e) {
      LOG.debug("A revocation succeeded, but was not counted: {}", e.getMessage());
    }
  }

  /// Why the source cannot be read at the moment; empty if it can.
  public Optional<String> sourceError() {
    return error(() -> settings.probe(source));
  }

  /// Logs why the source cannot be read, if it cannot: also where the cache is still warm and no
  /// run would find out.
  public void logSourceError() {
    sourceError().ifPresent(error -> LOG.warn("Sessions cannot be read: {}", error));
  }

  /// Why the cache cannot be read at the moment; empty if it can.
  public Optional<String> cacheError() {
    return error(lock::mark);
  }

  private static Optional<String> error(Runnable probe) {
    try {
      probe.run();
      return Optional.empty();
    } catch (StokerException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
