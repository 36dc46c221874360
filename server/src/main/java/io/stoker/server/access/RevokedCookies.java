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

/// Cookies that were ended before their time, because their users have signed out: on this server
/// at once, on others that share its state when [AccessRefresher] looks. Thread-safe.
public final class RevokedCookies {

  private static final Logger LOG = LoggerFactory.getLogger(RevokedCookies.class);

  private final AccessStore store;
  private final Time time;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /// Those that were ended here, and when they would have ended by themselves.
  private final Map<String, Instant> here = new ConcurrentHashMap<>();

  private volatile Set<String> stored;

  /// Reads the store.
  ///
  /// @throws StokerException if it does not answer
  public RevokedCookies(AccessStore store, Time time) {
    this.store = store;
    this.time = time;
    this.stored = Set.copyOf(store.revokedCookies(time.now()));
  }

  /// Whether a cookie was ended.
  public boolean contains(String cookie) {
    return here.containsKey(cookie) || stored.contains(cookie);
  }

  /// Ends a cookie. If the store does not answer it is told later.
  ///
  /// @param until when it would have ended by itself
  public void revoke(String cookie, Instant until) {
    here.put(cookie, until);
    listeners.forEach(Runnable::run);
    store(cookie, until);
  }

  private void store(String cookie, Instant until) {
    try {
      store.revokeCookie(cookie, until, time.now());
    } catch (StokerException e) {
      LOG.warn("A cookie is ended here, but other servers do not know yet: {}", e.getMessage());
    }
  }

  /// Runs this whenever cookies were ended; briefly, for the others wait.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// Takes over what other servers have ended, and tells what the store does not know yet.
  public synchronized void refresh() {
    var now = time.now();
    here.values().removeIf(until -> !until.isAfter(now));
    try {
      var ended = Set.copyOf(store.revokedCookies(now));
      boolean isNew = !stored.containsAll(ended);
      stored = ended;
      here.forEach((cookie, until) -> {
        if (!ended.contains(cookie)) {
          store(cookie, until);
        }
      });
      if (isNew) {
        listeners.forEach(Runnable::run);
      }
    } catch (StokerException e) {
      LOG.debug("Which cookies were ended elsewhere is not known: {}", e.getMessage());
    }
  }
}
