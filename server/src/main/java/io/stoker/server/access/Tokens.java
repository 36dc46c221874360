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

/// The tokens that are in force: that of the settings, and those of a store, which
/// [AccessRefresher] looks at again once a second. Nobody who calls waits for that.
///
/// Once a server has asked for tokens it goes on doing so, though the last be revoked: nobody means
/// to open it by that. Thread-safe.
public final class Tokens {

  private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);

  private final @Nullable ConfiguredToken own;
  private final TokenStore store;

  private volatile Map<String, Caller> byHash = Map.of();
  private volatile boolean asked;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  // What follows is guarded by this object.
  private List<StoredToken> stored;
  private String complaint = "";

  /// Reads the store.
  ///
  /// @param own the token of the settings; null for none
  /// @throws InvalidValueException if the store has something that is no token
  /// @throws StokerException if the store does not answer
  public Tokens(@Nullable ConfiguredToken own, TokenStore store) {
    this.own = own;
    this.store = store;
    this.stored = store.read();
    put(stored);
  }

  private void put(List<StoredToken> stored) {
    var all = new HashMap<String, Caller>();
    stored.forEach(token -> all.put(token.hash(), token.caller()));
    if (own != null) {
      var caller = own.caller();
      all.put(caller.tokenHash(), caller);
    }
    byHash = Map.copyOf(all);
    asked |= !all.isEmpty();
  }

  /// Whether callers have to show a token at all.
  public boolean areRequired() {
    return asked;
  }

  /// Whether somebody may do everything.
  public boolean includeOperator() {
    return byHash.values().stream().anyMatch(caller -> caller.role() == Role.OPERATOR);
  }

  /// Whose token this is. It is looked up by its hash, and so in a time that tells nothing of how
  /// much of it is right.
  public Optional<Caller> find(String token) {
    return Optional.ofNullable(byHash.get(ConfiguredToken.hash(token)));
  }

  /// The caller whose token has this name.
  public Optional<Caller> byName(String name) {
    return byHash.values().stream().filter(caller -> caller.name().equals(name)).findFirst();
  }

  /// Whether a caller's token is still in force, with that role.
  public boolean isValid(Caller caller) {
    var shown = caller.withCookie("");
    return asked ? shown.equals(byHash.get(caller.tokenHash())) : shown.equals(Caller.ANYBODY);
  }

  /// Runs this whenever other tokens are in force; briefly, for the others wait.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// Takes over what has changed in the store. What cannot be read changes nothing.
  public synchronized void refresh() {
    try {
      var now = store.read();
      complaint = "";
      if (!now.equals(stored)) {
        LOG.info(
            "The tokens in {} have changed: new are {}, revoked are {}",
            store,
            names(now, stored),
            names(stored, now));
        stored = now;
        put(now);
        listeners.forEach(Runnable::run);
      }
    } catch (InvalidValueException | StokerException e) {
      complain(String.valueOf(e.getMessage()));
    }
  }

  /// What some have and others have not; names are what people may know.
  private static List<String> names(List<StoredToken> some, List<StoredToken> others) {
    return some.stream().filter(token -> !others.contains(token)).map(StoredToken::name).toList();
  }

  private void complain(String problem) {
    if (!problem.equals(complaint)) {
      complaint = problem;
      LOG.error("{}. Until this is fixed the tokens stay as they were", problem);
    }
  }
}
