package io.stoker.prompts;

import io.stoker.BackgroundTask;
import io.stoker.StokerException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What processes that share a store hear of each other: who is alive, who has taken what over, and
/// what becomes of the conversations of others that somebody watches here. Thread-safe.
final class ClusterCoordinator {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterCoordinator.class);

  private final PromptStore store;
  private final PromptLeases leases;
  private final LocalConversations here;

  /// Conversations of others that somebody watches here, as last seen.
  private final ConcurrentHashMap<String, Conversation> followed = new ConcurrentHashMap<>();

  /// Held by whoever adopts conversations, or gives them back.
  private final ReentrantLock adoption = new ReentrantLock();

  private volatile boolean closed;

  ClusterCoordinator(PromptStore store, LocalConversations here) {
    this.store = store;
    this.leases = store.leases();
    this.here = here;
  }

  /// What this process does about it. Must not block.
  interface LocalConversations {

    /// A conversation belongs to this process from now on.
    void adopted(Conversation stored);

    /// A conversation in memory may not belong to this process any more.
    ///
    /// @param stale whether it has belonged to another one meanwhile, which may have changed it
    void doubted(String id, boolean stale);

    /// Any may not.
    void allDoubted();

    /// Whether somebody watches a conversation that this process does not have.
    boolean isFollowed(String id);

    /// Another process has changed a conversation.
    void changed(Conversation stored);
  }

  /// Begins: what nobody else has belongs to this process.
  ///
  /// @throws StokerException if the store does not answer
  void start() {
    var _ = leases.renew();
    adoption.lock();
    try {
      leases.adopt(here::adopted);
    } finally {
      adoption.unlock();
    }
  }

  /// Takes a conversation over for somebody who wants something of it.
  ///
  /// @throws TurnRefusedException if another process has a turn of it going on
  void take(String id, boolean endsTurns) {
    if (!leases.take(id, endsTurns)) {
      throw new TurnInProgressException(
          "a turn is already generating for this conversation, on another server; try again when it"
              + " has ended");
    }
  }

  boolean has(String id) {
    return leases.has(id);
  }

  boolean isShared() {
    return leases.isShared();
  }

  /// From now on, what becomes of a conversation that another process has is told here.
  ///
  /// @param seen how it is known here
  void follow(Conversation seen) {
    followed.put(seen.id(), seen);
  }

  /// Says that this process is alive, and hears of the others. To be called every second.
  void round() {
    try {
      var renewal = leases.renew();
      renewal.taken().forEach(id -> here.doubted(id, true));
      if (renewal.lapsed()) {
        LOG.warn(
            "No heartbeat reached the store for {} s; others may have taken"
                + " conversations over",
            PromptLeases.LEASE.toSeconds());
        here.allDoubted();
      }
      if (leases.isShared()) {
        // Beside the rounds, for it can take longer than a lease.
        BackgroundTask.start("stoker-adopt", this::adopt);
      }
      followed.keySet().forEach(this::look);
    } catch (StokerException e) {
      LOG.debug("Other servers cannot be seen: {}", e.getMessage());
    }
  }

  private void adopt() {
    if (!adoption.tryLock()) {
      return; // somebody is at it
    }
    try {
      if (!closed) {
        leases.adopt(here::adopted);
      }
    } catch (StokerException e) {
      LOG.debug("Conversations of servers that have gone are not adopted: {}", e.getMessage());
    } finally {
      adoption.unlock();
    }
  }

  private void look(String id) {
    var seen = followed.get(id);
    if (seen == null || !here.isFollowed(id)) {
      followed.remove(id);
      return;
    }
    var stored = store.find(id).orElse(null);
    if (stored != null && !stored.equals(seen.stored()) && followed.replace(id, seen, stored)) {
      here.changed(stored);
    }
  }

  /// Leaves all to others.
  void close() {
    closed = true;
    boolean mine = awaitAdoption();
    try {
      leases.release();
    } catch (StokerException e) {
      LOG.warn("Others take over only when this server's lease has ended: {}", e.getMessage());
    } finally {
      if (mine) {
        adoption.unlock();
      }
    }
  }

  /// Waits for an adoption that is going on, but not for ever. What it adopts too late others adopt
  /// when the lease has ended.
  private boolean awaitAdoption() {
    try {
      return adoption.tryLock(PromptLeases.LEASE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
