package io.stoker.server.sessions;

import io.stoker.StokerException;
import io.stoker.sessions.LookupCounts;
import io.stoker.sessions.SessionSettings;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionStats;
import io.stoker.sessions.SessionStore;
import io.stoker.sessions.SessionWarmer;
import io.stoker.sessions.WarmLock;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a server does about sessions. Thread-safe.
///
/// @param runs warms
/// @param warmer estimates
/// @param source the truth
/// @param store revokes
/// @param lock knows since when the cache is warm
/// @param stats what look-ups counted
public record SessionServices(
    SessionSettings settings,
    SessionRuns runs,
    SessionWarmer warmer,
    SessionSource source,
    SessionStore store,
    WarmLock lock,
    SessionStats stats) {

  private static final Logger LOG = LoggerFactory.getLogger(SessionServices.class);
  private static final LookupCounts INVALIDATION = new LookupCounts(0, 0, 0, 0, 0, 0, 1);

  /// Revokes, by one of the store's two ways, and counts it among the look-ups.
  ///
  /// @throws StokerException if the cache does not answer or refuses
  public void revoke(Consumer<SessionStore> how) {
    how.accept(store);
    try {
      stats.add(INVALIDATION);
    } catch (StokerException e) {
      LOG.debug("A revocation is in force, but was not counted: {}", e.getMessage());
    }
  }

  /// Why the source cannot be read just now; nothing if it can.
  public Optional<String> sourceError() {
    return trouble(() -> settings.probe(source));
  }

  /// Why the cache cannot be read just now; nothing if it can.
  public Optional<String> cacheError() {
    return trouble(lock::mark);
  }

  private static Optional<String> trouble(Runnable question) {
    try {
      question.run();
      return Optional.empty();
    } catch (StokerException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
