package io.stoker.answers;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.answers.JdbcDatabase.Work;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread with one connection that does the writing of this process.
///
/// What is asked for while a transaction is being committed goes into the next one together, so
/// that many callers share one wait for the disk. If anything in a shared transaction fails, it is
/// undone, and each part is done again by itself: a part cannot spoil another. Work may therefore
/// run more than once, and must change nothing but the database. Thread-safe.
final class JdbcWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcWriter.class);
  private static final int MOST_TOGETHER = 500;
  private static final int TRIES = 3;

  private final JdbcDialect dialect;
  private final boolean claimsOnly;
  private final LinkedBlockingQueue<Task<?>> tasks = new LinkedBlockingQueue<>();
  private final Thread thread;
  private boolean closed;
  private @Nullable JdbcLink link;

  /// @param claimsOnly whether it does nothing but claim side by side with others
  JdbcWriter(JdbcDialect dialect, boolean claimsOnly) {
    this.dialect = dialect;
    this.claimsOnly = claimsOnly;
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name(claimsOnly ? "stoker-answers-claims" : "stoker-answers-writer")
            .start(this::write);
  }

  /// Does the work in a transaction, and returns when that is durable.
  <T> T write(String wanted, Work<T> work) {
    var task = new Task<>(work);
    synchronized (this) {
      if (closed) {
        throw closed(wanted);
      }
      tasks.add(task);
    }
    return task.await(wanted, dialect);
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
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  static StokerException closed(String wanted) {
    return new StokerException(
        Code.SOURCE_UNREACHABLE, "The store was to " + wanted + ", but it is closed", null);
  }

  private void write() {
    var group = new ArrayList<Task<?>>();
    while (!group.contains(Task.END)) {
      group.clear();
      try {
        group.add(tasks.take());
      } catch (InterruptedException _) {
        // Nobody may interrupt this thread: close() ends it.
        continue;
      }
      tasks.drainTo(group, MOST_TOGETHER);
      write(group.stream().filter(task -> task != Task.END).toList());
    }
    drop();
  }

  private void write(List<Task<?>> group) {
    if (group.size() > 1 && commit(group) != Ending.FAILED) {
      return;
    }
    for (var task : group) {
      int tries = 1;
      while (commit(List.of(task)) == Ending.PASSING && tries < TRIES) {
        tries++;
      }
      task.tell();
    }
  }

  /// Does the work of all in one transaction. If that fails, nothing has changed; unless the
  /// connection broke while it was committed, which leaves the outcome open.
  private Ending commit(List<Task<?>> group) {
    boolean committing = false;
    try {
      var open = link();
      long newest = 0;
      if (claimsOnly) {
        dialect.beginToClaim(open);
      } else {
        newest = dialect.begin(open);
      }
      for (var task : group) {
        task.run(open);
      }
      committing = true;
      open.commit(newest);
      group.forEach(Task::tell);
      return Ending.DONE;
    } catch (SQLException e) {
      boolean broken = dialect.broken(e);
      group.forEach(task -> task.fail(e));
      undo(broken);
      if (broken && committing) {
        group.forEach(Task::tell);
        return Ending.OPEN;
      }
      return group.size() == 1 && (broken || dialect.passing(e)) ? Ending.PASSING : Ending.FAILED;
    } catch (Throwable e) {
      group.forEach(task -> task.fail(e));
      undo(false);
      return Ending.FAILED;
    }
  }

  private JdbcLink link() throws SQLException {
    var open = link;
    if (open == null) {
      open = new JdbcLink(dialect.connectToWrite(), dialect);
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

  private enum Ending {
    /// Committed.
    DONE,
    /// Nothing has changed.
    FAILED,
    /// Nothing has changed, and another try may succeed.
    PASSING,
    /// Nobody knows whether it was committed.
    OPEN
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

    void run(JdbcLink link) throws SQLException {
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

    /// Waits to the end even if interrupted, because the work is done in any case.
    T await(String wanted, JdbcDialect dialect) {
      boolean interrupted = false;
      while (true) {
        try {
          told.await();
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
