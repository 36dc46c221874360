package io.stoker.answers;

import io.stoker.Time;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// A database, as the parts of a store use it. Thread-safe.
final class JdbcDatabase implements AutoCloseable {

  private final JdbcDialect dialect;
  private final Time time;
  private final JdbcWriter writer;
  private final @Nullable JdbcWriter claimer;
  private volatile boolean closed;

  private JdbcDatabase(JdbcDialect dialect, Time time) {
    this.dialect = dialect;
    this.time = time;
    this.writer = new JdbcWriter(dialect, false);
    this.claimer = dialect.claimsSideBySide() ? new JdbcWriter(dialect, true) : null;
  }

  /// Creates the tables, or brings them up to date.
  static JdbcDatabase open(JdbcDialect dialect, Time time) {
    try {
      dialect.migrate();
    } catch (SQLException e) {
      throw dialect.trouble("open the store of answers", e);
    }
    return new JdbcDatabase(dialect, time);
  }

  JdbcDialect dialect() {
    return dialect;
  }

  /// The time of this process, as exact as it can be kept.
  Instant now() {
    return time.now().truncatedTo(ChronoUnit.MICROS);
  }

  /// Reads.
  ///
  /// @param wanted what for, as in "could not ..."
  <T> T read(String wanted, Work<T> work) {
    if (closed) {
      throw JdbcWriter.closed(wanted);
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
    var link = dialect.borrowToRead();
    boolean usable = false;
    try {
      var result = work.on(link);
      usable = true;
      return result;
    } catch (SQLException e) {
      if (!again || !dialect.broken(e)) {
        throw e;
      }
    } finally {
      dialect.giveBack(link, usable);
    }
    return read(work, false);
  }

  /// Writes in a transaction, of which there is one at a time among all processes.
  ///
  /// @param wanted what for, as in "could not ..."
  <T> T write(String wanted, Work<T> work) {
    return writer.write(wanted, work);
  }

  /// Whether [#claim(String, Work)] can be used.
  boolean claimsSideBySide() {
    return claimer != null;
  }

  /// Writes in a transaction beside others. It must wait for no row that another has locked.
  <T> T claim(String wanted, Work<T> work) {
    return (claimer == null ? writer : claimer).write(wanted, work);
  }

  @Override
  public void close() {
    closed = true;
    writer.close();
    if (claimer != null) {
      claimer.close();
    }
    dialect.close();
  }

  /// Something to do with a connection.
  interface Work<T> {
    T on(JdbcLink link) throws SQLException;
  }
}
