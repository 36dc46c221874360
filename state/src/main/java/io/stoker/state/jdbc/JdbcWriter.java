package io.stoker.state.jdbc;

import io.stoker.BackgroundLoop;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.state.jdbc.JdbcTransactions.Work;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A writer thread with one connection, both created on first use, that commits in groups.
///
/// Writes submitted during a commit share the next transaction, so that many callers share one disk
/// sync. If any write in a shared transaction fails, it is rolled back, and each write is retried
/// in its own transaction, so that one cannot fail another. Work may therefore run more than once,
/// and must change nothing but the database. Thread-safe.
final class JdbcWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcWriter.class);
  private static final int MAX_GROUP = 500;
  private static final int MAX_ATTEMPTS = 3;

  /// How long a caller waits at most; exceeded only if the database hangs.
  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private final JdbcDialect dialect;
  private final @Nullable String lock;
  private final LinkedBlockingQueue<PendingWrite<?>> queue = new LinkedBlockingQueue<>();
  private final BackgroundLoop loop;

  /// Guards the connection.
  private final ReentrantLock connectionLock = new ReentrantLock();

  private boolean started;
  private boolean closed;
  private @Nullable JdbcConnection connection;

  /// @param lock the row that its transactions lock first, written as after `FROM`; null for none
  JdbcWriter(JdbcDialect dialect, String name, @Nullable String lock) {
    this.dialect = dialect;
    this.lock = lock;
    this.loop = BackgroundLoop.platform(name + "-writer", this::write);
  }

  /// Runs work in a transaction, and returns when it is durable.
  <T> T write(String action, Work<T> work) {
    var write = new PendingWrite<>(work);
    synchronized (this) {
      if (closed) {
        throw closed(action);
      }
      queue.add(write);
      if (!started) {
        started = true;
        loop.start();
      }
    }
    return write.await(action, dialect);
  }

  /// Runs an action while this writer has no connection. A connection of SQLite's driver begins a
  /// new transaction as soon as it has committed one, which blocks all other writers.
  void withoutConnection(Action action) throws SQLException {
    connectionLock.lock();
    try {
      drop();
      action.run();
    } finally {
      connectionLock.unlock();
    }
  }

  /// Runs the pending writes, and ends.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      queue.add(PendingWrite.END);
    }
    boolean interrupted = Thread.interrupted(); // pending writes are finished all the same
    try {
      if (!loop.join(TIMEOUT)) {
        LOG.warn("Pending writes were abandoned: the database does not respond");
      }
    } catch (InterruptedException _) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static StokerException closed(String action) {
    return new StokerException(
        Code.SOURCE_UNREACHABLE, "The store is closed and cannot " + action, null);
  }

  private void write() throws InterruptedException {
    var group = new ArrayList<PendingWrite<?>>();
    group.add(queue.take());
    queue.drainTo(group, MAX_GROUP);
    boolean last = group.remove(PendingWrite.END);
    try {
      if (!group.isEmpty()) {
        locked(() -> write(group));
      }
    } finally {
      group.forEach(PendingWrite::complete);
      if (last) {
        loop.end();
        locked(this::drop);
      }
    }
  }

  private void locked(Runnable action) {
    connectionLock.lock();
    try {
      action.run();
    } finally {
      connectionLock.unlock();
    }
  }

  private void write(List<PendingWrite<?>> group) {
    var result = commit(group);
    if (group.size() > 1
        && (result == CommitResult.ROLLED_BACK || result == CommitResult.RETRYABLE)) {
      commitSeparately(group);
    } else {
      var _ = retry(group, result);
    }
  }

  private void commitSeparately(List<PendingWrite<?>> group) {
    @Nullable Throwable failure = null;
    for (var write : group) {
      if (failure != null) {
        // There is no connection; the others would only wait for the same failure.
        write.fail(failure);
      } else {
        var alone = List.<PendingWrite<?>>of(write);
        var result = retry(alone, commit(alone));
        failure = result == CommitResult.NO_CONNECTION ? write.failure : null;
      }
    }
  }

  /// Retries while the failure is transient.
  private CommitResult retry(List<PendingWrite<?>> group, CommitResult first) {
    var result = first;
    for (int attempts = 1;
        result == CommitResult.RETRYABLE && attempts < MAX_ATTEMPTS;
        attempts++) {
      result = commit(group);
    }
    return result;
  }

  /// Runs a group in one transaction. If it fails, nothing has changed, unless the connection broke
  /// during the commit, which leaves the outcome unknown.
  private CommitResult commit(List<PendingWrite<?>> group) {
    boolean committing = false;
    try {
      var open = connection();
      dialect.begin(open, lock);
      for (var write : group) {
        write.run(open);
      }
      open.flushDeferred();
      committing = true;
      open.commit();
      return CommitResult.COMMITTED_OR_UNKNOWN;
    } catch (SQLException e) {
      boolean connected = connection != null;
      boolean broken = dialect.isConnectionBroken(e);
      group.forEach(write -> write.fail(e));
      undo(broken);
      if (!connected) {
        return CommitResult.NO_CONNECTION;
      } else if (broken) {
        return committing ? CommitResult.COMMITTED_OR_UNKNOWN : CommitResult.RETRYABLE;
      }
      return dialect.isTransient(e) ? CommitResult.RETRYABLE : CommitResult.ROLLED_BACK;
    } catch (Throwable e) {
      group.forEach(write -> write.fail(e));
      undo(false);
      return CommitResult.ROLLED_BACK;
    }
  }

  private JdbcConnection connection() throws SQLException {
    var open = connection;
    if (open == null) {
      open = new JdbcConnection(dialect.openWriteConnection(), dialect);
      connection = open;
    }
    return open;
  }

  private void undo(boolean broken) {
    if (broken) {
      drop();
    } else if (connection != null) {
      try {
        connection.rollback();
      } catch (SQLException e) {
        LOG.debug("Closing a connection that cannot roll back", e);
        drop();
      }
    }
  }

  private void drop() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.debug("Could not close a connection", e);
      }
      connection = null;
    }
  }

  /// An action that uses the database.
  interface Action {

    void run() throws SQLException;
  }

  private enum CommitResult {
    /// Committed, or possibly committed: must not be retried.
    COMMITTED_OR_UNKNOWN,
    /// Rolled back; nothing has changed.
    ROLLED_BACK,
    /// Nothing has changed, and a retry may succeed.
    RETRYABLE,
    /// There was no connection; nothing was tried.
    NO_CONNECTION
  }

  /// Work whose caller waits for its result.
  private static final class PendingWrite<T> {

    static final PendingWrite<Boolean> END = new PendingWrite<>(_ -> true);

    private final Work<T> work;
    private final CountDownLatch done = new CountDownLatch(1);
    private @Nullable T result;
    private @Nullable Throwable failure;

    PendingWrite(Work<T> work) {
      this.work = work;
    }

    void run(JdbcConnection connection) throws SQLException {
      result = work.on(connection);
      failure = null;
    }

    void fail(Throwable e) {
      result = null;
      failure = e;
    }

    void complete() {
      done.countDown();
    }

    /// Waits even if interrupted, since the work will be done in any case; but not forever.
    T await(String action, JdbcDialect dialect) {
      boolean interrupted = false;
      while (true) {
        try {
          if (!done.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            throw new StokerException(
                Code.SOURCE_UNREACHABLE,
                "The database could not "
                    + action
                    + " within "
                    + TIMEOUT.toMinutes()
                    + " minutes, but may still do so. Check its locks and its log",
                null);
          }
          break;
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (result != null) {
        return result;
      }
      throw switch (failure) {
        case SQLException e -> dialect.translate(action, e);
        case RuntimeException e -> e;
        case null -> new IllegalStateException("expected a result of the work to " + action);
        default -> new IllegalStateException("the work to " + action + " failed", failure);
      };
    }
  }
}
