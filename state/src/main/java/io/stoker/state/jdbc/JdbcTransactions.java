package io.stoker.state.jdbc;

import java.sql.SQLException;

/// A database, as the store of one warmer uses it. Thread-safe.
public final class JdbcTransactions implements AutoCloseable {

  private final JdbcStateDatabase state;
  private final JdbcDialect dialect;
  private final boolean alone;
  private final JdbcWriter writer;
  private final JdbcWriter besides;
  private volatile boolean closed;

  /// @param alone whether the whole database is closed with it
  JdbcTransactions(JdbcStateDatabase state, JdbcSchema tables, boolean alone) {
    this.state = state;
    this.dialect = state.dialect();
    this.alone = alone;
    var only = state.onlyWriter();
    var name = "stoker-" + tables.warmer();
    this.writer = only == null ? new JdbcWriter(dialect, name, tables.lock()) : only;
    this.besides = only == null ? new JdbcWriter(dialect, name + "-besides", null) : only;
  }

  /// What this database speaks.
  public JdbcDialect dialect() {
    return dialect;
  }

  /// Reads.
  ///
  /// @param wanted what for, as in "could not ..."
  public <T> T read(String wanted, Work<T> work) {
    if (closed) {
      throw JdbcWriter.closed(wanted);
    }
    if (dialect.hasOneConnection()) {
      return writer.write(wanted, work);
    }
    // An interrupted thread cannot talk to a server; it is told of it afterwards.
    boolean interrupted = Thread.interrupted();
    try {
      return read(work, true);
    } catch (SQLException e) {
      throw dialect.trouble(wanted, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// @param again whether to try a second time if the connection turns out to be dead
  private <T> T read(Work<T> work, boolean again) throws SQLException {
    var connection = dialect.borrowToRead();
    boolean usable = false;
    try {
      var result = work.on(connection);
      usable = true;
      return result;
    } catch (SQLException e) {
      if (!again || !dialect.broken(e)) {
        throw e;
      }
    } finally {
      dialect.giveBack(connection, usable);
    }
    return read(work, false);
  }

  /// Writes in a transaction, of which there is one at a time among all processes.
  ///
  /// @param wanted what for, as in "could not ..."
  public <T> T write(String wanted, Work<T> work) {
    return write(writer, wanted, work);
  }

  /// Whether [#writeConcurrently(String, Work)] differs from [#write(String, Work)].
  public boolean writesConcurrently() {
    return !dialect.hasOneWriter();
  }

  /// Writes in a transaction beside others, if the database can. May be done again if it met
  /// another one at the same rows.
  ///
  /// @param wanted what for, as in "could not ..."
  public <T> T writeConcurrently(String wanted, Work<T> work) {
    return write(besides, wanted, work);
  }

  private <T> T write(JdbcWriter one, String wanted, Work<T> work) {
    if (closed) {
      throw JdbcWriter.closed(wanted);
    }
    return one.write(wanted, work);
  }

  /// Finishes what is being written.
  @Override
  public void close() {
    closed = true;
    if (writesConcurrently()) {
      writer.close();
      besides.close();
    }
    if (alone) {
      state.close();
    }
  }

  /// Something to do with a connection.
  public interface Work<T> {

    /// Does it, and gives what came of it.
    T on(JdbcConnection connection) throws SQLException;
  }
}
