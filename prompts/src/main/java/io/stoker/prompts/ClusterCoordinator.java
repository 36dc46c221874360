package io.stoker.prompts;

import io.stoker.BackgroundTask;
import io.stoker.StokerException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Coordinates the processes that share a store: sends heartbeats, adopts conversations of
/// processes that have stopped, and watches conversations of other processes. Thread-safe.
final class ClusterCoordinator {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterCoordinator.class);

  private final PromptStore store;
  private final PromptLeases leases;
  private final Callbacks callbacks;

  /// Conversations of other processes that are watched here, as last seen.
  private final ConcurrentHashMap<String, Conversation> followed = new ConcurrentHashMap<>();

  /// Held while conversations are adopted or released.
  private final ReentrantLock adoption = new ReentrantLock();

  private volatile boolean closed;

  ClusterCoordinator(PromptStore store, Callbacks callbacks) {
    this.store = store;
    this.leases = store.leases();
    this.callbacks = callbacks;
  }

  /// Callbacks to the owner of the conversations in memory. Must not block.
  interface Callbacks {

    /// This process now owns a conversation.
    void adopted(Conversation stored);

    /// This process may have lost a conversation that is in memory.
    ///
    /// @param stale whether another process has owned it since, and may have changed it
    void checkOwner(String id, boolean stale);

    /// This process may have lost any of its conversations.
    void checkAllOwners();

    /// Whether a conversation of another process is watched here.
    boolean isFollowed(String id);

    /// Another process has changed a conversation.
    void changed(Conversation stored);
  }

  /// Adopts all conversations without a living owner.
  ///
  /// @throws StokerException if the store does not answer
  void start() {
    var _ = leases.renew();
    adoption.lock();
    try {
      leases.adopt(callbacks::adopted);
    } finally {
      adoption.unlock();
    }
  }

  /// Takes a conversation over for a request.
  ///
  /// @throws TurnInProgressException if another process has a turn of it going on
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

  /// Watches a conversation of another process.
  ///
  /// @param seen its state as last shown here
  void follow(Conversation seen) {
    followed.put(seen.id(), seen);
  }

  /// Sends a heartbeat, and processes those of others. To be called every second.
  void heartbeat() {
    try {
      var renewal = leases.renew();
      renewal.taken().forEach(id -> callbacks.checkOwner(id, true));
      if (renewal.lapsed()) {
        LOG.warn(
            "No heartbeat reached the store for {} s; other servers may have taken conversations over",
            PromptLeases.LEASE.toSeconds());
        callbacks.checkAllOwners();
      }
      if (leases.isShared()) {
        // On a thread of its own, since it can take longer than a lease.
        BackgroundTask.start("stoker-adopt", this::adopt);
      }
      followed.keySet().forEach(this::checkFollowed);
    } catch (StokerException e) {
      LOG.debug("Coordination with other servers failed; next try in 1 s: {}", e.getMessage());
    }
  }

  private void adopt() {
    if (!adoption.tryLock()) {
      return; // already running
    }
    try {
      if (!closed) {
        leases.adopt(callbacks::adopted);
      }
    } catch (StokerException e) {
      LOG.debug("Conversations of stopped servers were not adopted: {}", e.getMessage());
    } finally {
      adoption.unlock();
    }
  }

  private void checkFollowed(String id) {
    var seen = followed.get(id);
    if (seen == null || !callbacks.isFollowed(id)) {
      followed.remove(id);
      return;
    }
    var stored = store.find(id).orElse(null);
    if (stored != null && !stored.equals(seen.stored()) && followed.replace(id, seen, stored)) {
      callbacks.changed(stored);
    }
  }

  /// Releases all conversations to other processes.
  void close() {
    closed = true;
    boolean locked = awaitAdoption();
    try {
      leases.release();
    } catch (StokerException e) {
      LOG.warn(
          "Conversations were not released; other servers take over when the lease ends: {}",
          e.getMessage());
    } finally {
      if (locked) {
        adoption.unlock();
      }
    }
  }

  /// Waits for a running adoption, up to the length of a lease. What it adopts after that is
  /// adopted by others when the lease has ended.
  private boolean awaitAdoption() {
    try {
      return adoption.tryLock(PromptLeases.LEASE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
