package io.stoker.server.access;

import io.stoker.Time;
import io.stoker.server.BadValue;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tokens that are in force: that of the settings, and those of a file, which is looked at
/// again once a second if anybody calls.
///
/// Once a server has asked for tokens it goes on doing so, though the last be revoked: nobody means
/// to open it by that. Thread-safe.
public final class Tokens {

  private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final @Nullable AccessToken own;
  private final TokenFile file;
  private final Time time;

  private final ReentrantLock looking = new ReentrantLock();
  private volatile Duration nextLook;
  private volatile Map<String, Caller> byHash = Map.of();
  private volatile boolean asked;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  // What follows is guarded by the lock.
  private @Nullable Object mark;
  private String complaint = "";

  /// Reads the file.
  ///
  /// @param own the token of the settings; null for none
  /// @throws BadValue if the file has a line that is no token
  public Tokens(@Nullable AccessToken own, TokenFile file, Time time) {
    this.own = own;
    this.file = file;
    this.time = time;
    this.nextLook = time.ticks().plus(LOOK_EVERY);
    try {
      this.mark = file.mark();
    } catch (IOException e) {
      throw new BadValue(TokenFile.SETTING, "wanted a file of tokens, but " + e);
    }
    put(file.read());
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
  public boolean areAskedFor() {
    look();
    return asked;
  }

  /// Whether somebody may do everything.
  public boolean haveAnOperator() {
    return byHash.values().stream().anyMatch(caller -> caller.role() == Role.OPERATOR);
  }

  /// Whose token this is. It is looked up by its hash, and so in a time that tells nothing of how
  /// much of it is right.
  public Optional<Caller> find(String token) {
    look();
    return Optional.ofNullable(byHash.get(AccessToken.hash(token)));
  }

  /// The caller whose token has this name.
  public Optional<Caller> named(String name) {
    look();
    return byHash.values().stream().filter(caller -> caller.name().equals(name)).findFirst();
  }

  /// Whether a caller's token is still in force, with that role.
  public boolean hold(Caller caller) {
    look();
    return asked ? caller.equals(byHash.get(caller.tokenHash())) : caller.equals(Caller.ANYBODY);
  }

  /// Runs this whenever other tokens are in force; briefly, for somebody waits.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// Takes over what has changed in the file. What cannot be read changes nothing.
  private void look() {
    if (time.ticks().compareTo(nextLook) < 0 || !looking.tryLock()) {
      return;
    }
    try {
      nextLook = time.ticks().plus(LOOK_EVERY);
      var now = file.mark();
      if (!Objects.equals(now, mark)) {
        put(file.read());
        mark = now;
        listeners.forEach(Runnable::run);
        LOG.info("The tokens in {} have changed; {} are in force", file, byHash.size());
      }
      complaint = "";
    } catch (IOException | BadValue e) {
      complain(String.valueOf(e.getMessage()));
    } finally {
      looking.unlock();
    }
  }

  private void complain(String problem) {
    if (!problem.equals(complaint)) {
      complaint = problem;
      LOG.error("{}. Until that is mended the tokens stay as they were", problem);
    }
  }
}
