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

/// One thread with one connection that writes. Neither is there before the first work.
///
/// What is asked for while a transaction is being committed goes into the next one together, so
/// that many callers share one wait for the disk. If anything in a shared transaction fails, it is
/// undone, and each part is done again by itself: a part cannot spoil another. Work may therefore
/// run more than once, and must change nothing but the database. Thread-safe.
final class JdbcWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcWriter.class);
  private static final int MOST_TOGETHER = 500;
  private static final int TRIES = 3;

  /// How long a caller waits for its work at most. No work takes as long unless the database hangs.
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final JdbcDialect dialect;
  private final @Nullable String lock;
  private final LinkedBlockingQueue<Task<?>> tasks = new LinkedBlockingQueue<>();
  private final BackgroundLoop loop;

  /// Held by whoever uses the connection.
  private final ReentrantLock turn = new ReentrantLock();

  private boolean started;
  private boolean closed;
  private @Nullable JdbcConnection link;

  /// @param lock which row its transactions lock first, as it stands after `FROM`; null for none
  JdbcWriter(JdbcDialect dialect, String name, @Nullable String lock) {
    this.dialect = dialect;
    this.lock = lock;
    this.loop = BackgroundLoop.platform(name + "-writer", this::write);
  }

  /// Does the work in a transaction, and returns when that is durable.
  <T> T write(String wanted, Work<T> work) {
    var task = new Task<>(work);
    synchronized (this) {
      if (closed) {
        throw closed(wanted);
      }
      tasks.add(task);
      if (!started) {
        started = true;
        loop.start();
      }
    }
    return task.await(wanted, dialect);
  }

  /// Does something while this writer has no connection. A connection of SQLite's driver begins a
  /// new transaction as soon as it has committed one, and so nobody else can write beside it.
  void stepAside(Action action) throws SQLException {
    turn.lock();
    try {
      drop();
      action.run();
    } finally {
      turn.unlock();
    }
  }

  /// Finishes what was asked for, and ends.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      tasks.add(Task.END);
    }
    boolean interrupted = Thread.interrupted(); // what was asked for is finished all the same
    try {
      if (!loop.join(LONGEST)) {
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

  static StokerException closed(String wanted) {
    return new StokerException(
        Code.SOURCE_UNREACHABLE, "The store was to " + wanted + ", but it is closed", null);
  }

  private void write() throws InterruptedException {
    var group = new ArrayList<Task<?>>();
    group.add(tasks.take());
    tasks.drainTo(group, MOST_TOGETHER);
    boolean last = group.remove(Task.END);
    try {
      if (!group.isEmpty()) {
        inTurn(() -> write(group));
      }
    } finally {
      group.forEach(Task::tell);
      if (last) {
        loop.end();
        inTurn(this::drop);
      }
    }
  }

  private void inTurn(Runnable action) {
    turn.lock();
    try {
      action.run();
    } finally {
      turn.unlock();
    }
  }

  private void write(List<Task<?>> group) {
    var ending = commit(group);
    if (group.size() > 1 && (ending == Ending.UNDONE || ending == Ending.PASSING)) {
      eachAlone(group);
    } else {
      var _ = again(group, ending);
    }
  }

  private void eachAlone(List<Task<?>> group) {
    @Nullable Throwable failure = null;
    for (var task : group) {
      if (failure != null) {
        // Nobody waits for another connection in vain behind the one who did.
        task.fail(failure);
      } else {
        var alone = List.<Task<?>>of(task);
        var ending = again(alone, commit(alone));
        failure = ending == Ending.NO_CONNECTION ? task.failure : null;
      }
    }
  }

  /// Tries again for as long as that may help.
  private Ending again(List<Task<?>> group, Ending first) {
    var ending = first;
    for (int tries = 1; ending == Ending.PASSING && tries < TRIES; tries++) {
      ending = commit(group);
    }
    return ending;
  }

  /// Does the work of all in one transaction. If that fails, nothing has changed; unless the
  /// connection broke while it was committed, which leaves the outcome open.
  private Ending commit(List<Task<?>> group) {
    boolean committing = false;
    try {
      var open = link();
      dialect.begin(open, lock);
      for (var task : group) {
        task.run(open);
      }
      open.flushDeferred();
      committing = true;
      open.commit();
      return Ending.SETTLED;
    } catch (SQLException e) {
      boolean connected = link != null;
      boolean broken = dialect.broken(e);
      group.forEach(task -> task.fail(e));
      undo(broken);
      if (!connected) {
        return Ending.NO_CONNECTION;
      } else if (broken) {
        return committing ? Ending.SETTLED : Ending.PASSING;
      }
      return dialect.passing(e) ? Ending.PASSING : Ending.UNDONE;
    } catch (Throwable e) {
      group.forEach(task -> task.fail(e));
      undo(false);
      return Ending.UNDONE;
    }
  }

  private JdbcConnection link() throws SQLException {
    var open = link;
    if (open == null) {
      open = new JdbcConnection(dialect.connectToWrite(), dialect);
      link = open;
    }
    return open;
  }

  private void undo(boolean broken) {
    if (broken) {
      drop();
    } else if (link != null) {
      try {
        link.rollback();
      } catch (SQLException e) {
        LOG.debug("The connection is given up because it cannot roll back", e);
        drop();
      }
    }
  }

  private void drop() {
    if (link != null) {
      try {
        link.close();
      } catch (SQLException e) {
        LOG.debug("A connection could not be closed", e);
      }
      link = null;
    }
  }

  /// Something to do on a database.
  interface Action {

    void run() throws SQLException;
  }

  private enum Ending {
    /// Committed, or nobody knows whether it was: not to be done again.
    SETTLED,
    /// Nothing has changed.
    UNDONE,
    /// Nothing has changed, and another try may succeed.
    PASSING,
    /// Nothing was even tried.
    NO_CONNECTION
  }

  /// Work that somebody waits for.
  private static final class Task<T> {

    static final Task<Boolean> END = new Task<>(_ -> true);

    private final Work<T> work;
    private final CountDownLatch told = new CountDownLatch(1);
    private @Nullable T result;
    private @Nullable Throwable failure;

    Task(Work<T> work) {
      this.work = work;
    }

    void run(JdbcConnection link) throws SQLException {
      result = work.on(link);
      failure = null;
    }

    void fail(Throwable e) {
      result = null;
      failure = e;
    }

    void tell() {
      told.countDown();
    }

    /// Waits on even if interrupted, because the work is done in any case; but not for ever.
    T await(String wanted, JdbcDialect dialect) {
      boolean interrupted = false;
      while (true) {
        try {
          if (!told.await(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
            throw new StokerException(
                Code.SOURCE_UNREACHABLE,
                "The database was to "
                    + wanted
                    + ", and has not done it within "
                    + LONGEST.toMinutes()
                    + " minutes; it may still do it. Look for locks and at its log",
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
        case SQLException e -> dialect.trouble(wanted, e);
        case RuntimeException e -> e;
        case null -> new IllegalStateException("nothing came of the work to " + wanted);
        default -> new IllegalStateException("the work to " + wanted + " failed", failure);
      };
    }
  }
}
