package io.stoker.server.access;

import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.access.AccessStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The session cookies revoked by signing out: at once on this server, and after the next refresh
/// on servers that share its state. Thread-safe.
public final class RevokedCookies {

  private static final Logger LOG = LoggerFactory.getLogger(RevokedCookies.class);

  private final AccessStore store;
  private final Time time;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /// Revoked on this server, by cookie id, with their expiry.
  private final Map<String, Instant> revokedHere = new ConcurrentHashMap<>();

  private volatile Set<String> stored;

  /// Reads the store.
  ///
  /// @throws StokerException if the store does not answer
  public RevokedCookies(AccessStore store, Time time) {
    this.store = store;
    this.time = time;
    this.stored = Set.copyOf(store.revokedCookies(time.now()));
  }

  public boolean contains(String cookie) {
    return revokedHere.containsKey(cookie) || stored.contains(cookie);
  }

  /// Revokes a cookie. If the store does not answer, the next refresh stores it.
  ///
  /// @param until the cookie's expiry
  public void revoke(String cookie, Instant until) {
    revokedHere.put(cookie, until);
    listeners.forEach(Runnable::run);
    store(cookie, until);
  }

  private void store(String cookie, Instant until) {
    try {
      store.revokeCookie(cookie, until, time.now());
    } catch (StokerException e) {
      LOG.warn("A signed-out cookie is revoked on this server only so far: {}", e.getMessage());
    }
  }

  /// Adds a listener, which runs whenever cookies are revoked. It has to be quick.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// Reads what other servers have revoked, and stores what could not be stored before.
  public synchronized void refresh() {
    var now = time.now();
    revokedHere.values().removeIf(until -> !until.isAfter(now));
    try {
      var ended = Set.copyOf(store.revokedCookies(now));
      boolean isNew = !stored.containsAll(ended);
      stored = ended;
      revokedHere.forEach((cookie, until) -> {
        if (!ended.contains(cookie)) {
          store(cookie, until);
        }
      });
      if (isNew) {
        listeners.forEach(Runnable::run);
      }
    } catch (StokerException e) {
      LOG.debug("Revoked cookies could not be read: {}", e.getMessage());
    }
  }
}
