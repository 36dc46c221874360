package io.stoker.server.access;

import io.stoker.StokerException;
import io.stoker.server.wire.InvalidValueException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The valid tokens: the configured one, and those in a store, which [AccessRefresher] rereads
/// every second in the background.
///
/// Once a server has required tokens it keeps requiring them, even after the last one is revoked:
/// revoking a token must not open the server to everyone. Thread-safe.
public final class Tokens {

  private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);

  private final @Nullable ConfiguredToken configured;
  private final TokenStore store;

  private volatile Map<String, Caller> byHash = Map.of();
  private volatile boolean required;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  // The rest is guarded by this object.
  private List<StoredToken> stored;
  private String lastProblem = "";

  /// Reads the store.
  ///
  /// @param configured null for none
  /// @throws InvalidValueException if the store contains a malformed token
  /// @throws StokerException if the store does not answer
  public Tokens(@Nullable ConfiguredToken configured, TokenStore store) {
    this.configured = configured;
    this.store = store;
    this.stored = store.read();
    index(stored);
  }

  private void index(List<StoredToken> stored) {
    var all = new HashMap<String, Caller>();
    stored.forEach(token -> all.put(token.hash(), token.caller()));
    if (configured != null) {
      var caller = configured.caller();
      all.put(caller.tokenHash(), caller);
    }
    byHash = Map.copyOf(all);
    required |= !all.isEmpty();
  }

  /// Whether requests need a token.
  public boolean areRequired() {
    return required;
  }

  public boolean includeOperator() {
    return byHash.values().stream().anyMatch(caller -> caller.role() == Role.OPERATOR);
  }

  /// The caller with this token. The lookup is by hash, so its timing reveals nothing of a token.
  public Optional<Caller> find(String token) {
    return Optional.ofNullable(byHash.get(ConfiguredToken.hash(token)));
  }

  /// The caller whose token has this name.
  public Optional<Caller> byName(String name) {
    return byHash.values().stream().filter(caller -> caller.name().equals(name)).findFirst();
  }

  /// Whether a caller's token is still valid, with the same role and restriction.
  public boolean isValid(Caller caller) {
    var known = caller.withCookie("");
    return required ? known.equals(byHash.get(caller.tokenHash())) : known.equals(Caller.ANYBODY);
  }

  /// Adds a listener, which runs whenever the valid tokens change. It has to be quick.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// Rereads the store. If it cannot be read, the tokens stay as they are.
  public synchronized void refresh() {
    try {
      var now = store.read();
      lastProblem = "";
      if (!now.equals(stored)) {
        LOG.info(
            "The tokens in {} have changed: new are {}, revoked are {}",
            store,
            namesOfAdded(stored, now),
            namesOfAdded(now, stored));
        stored = now;
        index(now);
        listeners.forEach(Runnable::run);
      }
    } catch (InvalidValueException | StokerException e) {
      logOnce(String.valueOf(e.getMessage()));
    }
  }

  private static List<String> namesOfAdded(List<StoredToken> before, List<StoredToken> after) {
    return after.stream().filter(token -> !before.contains(token)).map(StoredToken::name).toList();
  }

  private void logOnce(String problem) {
    if (!problem.equals(lastProblem)) {
      lastProblem = problem;
      LOG.error("{}. Until this is fixed the tokens stay as they were", problem);
    }
  }
}
