package io.stoker.state.jdbc;

import java.sql.SQLException;

/// Runs the reads and write transactions of one warmer's store on a [JdbcStateDatabase].
/// Thread-safe.
public final class JdbcTransactions implements AutoCloseable {

  private final JdbcStateDatabase state;
  private final JdbcDialect dialect;
  private final boolean alone;
  private final JdbcWriter writer;
  private final JdbcWriter concurrent;
  private volatile boolean closed;

  /// @param alone whether closing this closes the whole database
  JdbcTransactions(JdbcStateDatabase state, JdbcSchema tables, boolean alone) {
    this.state = state;
    this.dialect = state.dialect();
    this.alone = alone;
    var only = state.onlyWriter();
    var name = "stoker-" + tables.warmer();
    this.writer = only == null ? new JdbcWriter(dialect, name, tables.lock()) : only;
    this.concurrent = only == null ? new JdbcWriter(dialect, name + "-concurrent", null) : only;
  }

  /// The SQL dialect of the database.
  public JdbcDialect dialect() {
    return dialect;
  }

  /// Runs a read.
  ///
  /// @param action completes "could not ..." in error messages
  public <T> T read(String action, Work<T> work) {
    if (closed) {
      throw JdbcWriter.closed(action);
    }
    if (dialect.isSingleConnection()) {
      return writer.write(action, work);
    }
    // The driver fails on an interrupted thread; the flag is restored afterwards.
    boolean interrupted = Thread.interrupted();
    try {
      return read(work, true);
    } catch (SQLException e) {
      throw dialect.translate(action, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// @param mayRetry whether to try again, once, if the pooled connection is dead
  private <T> T read(Work<T> work, boolean mayRetry) throws SQLException {
    var connection = dialect.acquireReadConnection();
    boolean usable = false;
    try {
      var result = work.on(connection);
      usable = true;
      return result;
    } catch (SQLException e) {
      if (!mayRetry || !dialect.isConnectionBroken(e)) {
        throw e;
      }
    } finally {
      dialect.release(connection, usable);
    }
    return read(work, false);
  }

  /// Runs a write transaction; only one runs at a time across all processes.
  ///
  /// @param action completes "could not ..." in error messages
  public <T> T write(String action, Work<T> work) {
    return write(writer, action, work);
  }

  /// Whether [#writeConcurrently(String, Work)] differs from [#write(String, Work)].
  public boolean writesConcurrently() {
    return !dialect.isSingleWriter();
  }

  /// Runs a write transaction concurrently with others, if the database supports it. Retried after
  /// a conflict with another one.
  ///
  /// @param action completes "could not ..." in error messages
  public <T> T writeConcurrently(String action, Work<T> work) {
    return write(concurrent, action, work);
  }

  private <T> T write(JdbcWriter through, String action, Work<T> work) {
    if (closed) {
      throw JdbcWriter.closed(action);
    }
    return through.write(action, work);
  }

  /// Waits for pending writes.
  @Override
  public void close() {
    closed = true;
    if (writesConcurrently()) {
      writer.close();
      concurrent.close();
    }
    if (alone) {
      state.close();
    }
  }

  /// Work with a connection. May run more than once, and must change nothing but the database.
  public interface Work<T> {

    /// Runs it, and returns the result.
    T on(JdbcConnection connection) throws SQLException;
  }
}
