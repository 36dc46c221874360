package io.stoker.state.jdbc;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.state.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/// SQLite: a file with a write-ahead log, forced to the disk at every commit, or memory.
/// Thread-safe.
///
/// A database in memory is there for as long as a connection to it is open; its connections would
/// wait for each other by polling, and so all work is done on that of the writer.
public final class JdbcSqlite implements JdbcDialect {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcSqlite.class);
  private static final int READERS = 4;
  private static final int BUSY_MILLIS = 10_000;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
  private static final int PAGES_TO_CHECKPOINT = 4000;

  private final @Nullable Path file;
  private final SQLiteDataSource dataSource;
  private final Semaphore readers = new Semaphore(READERS);
  private final ConcurrentLinkedDeque<JdbcConnection> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /// Keeps a database in memory; null for a file, and before the first migration.
  private volatile @Nullable Connection memory;

  private JdbcSqlite(@Nullable Path file, SQLiteConfig config, String name) {
    this.file = file;
    this.dataSource = new SQLiteDataSource(config);
    dataSource.setUrl("jdbc:sqlite:" + name);
  }

  static JdbcSqlite file(Path file) {
    var absolute = file.toAbsolutePath();
    return new JdbcSqlite(absolute, config(), absolute.toString());
  }

  /// A database of its own.
  static JdbcSqlite inMemory() {
    var config = new SQLiteConfig();
    config.setTransactionMode(TransactionMode.IMMEDIATE);
    return new JdbcSqlite(null, config, "file:/" + UUID.randomUUID() + "?vfs=memdb");
  }

  private static SQLiteConfig config() {
    var config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.setTransactionMode(TransactionMode.IMMEDIATE);
    config.setBusyTimeout(BUSY_MILLIS);
    config.setPragma(SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, Integer.toString(64 * 1024 * 1024));
    return config;
  }

  @Override
  public void migrate(JdbcSchema tables) throws SQLException {
    if (file != null) {
      create(file);
    } else if (memory == null) {
      memory = dataSource.getConnection();
    }
    JdbcMigration.run(dataSource, tables, "sqlite", null);
  }

  private static void create(Path file) {
    var folder = file.getParent();
    try {
      if (folder != null) {
        PrivateFiles.folder(folder);
      }
      // What SQLite puts beside a file has the rights of that file.
      PrivateFiles.file(file);
      PrivateFiles.keep(Path.of(file + "-wal"));
      PrivateFiles.keep(Path.of(file + "-shm"));
    } catch (IOException e) {
      throw new StokerException(
          Code.SOURCE_REFUSED,
          "The file " + file + " cannot be made: " + e + ". Choose a folder that can be written",
          e);
    }
  }

  @Override
  public Connection connectToWrite() throws SQLException {
    var connection = dataSource.getConnection();
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_autocheckpoint = " + PAGES_TO_CHECKPOINT);
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public JdbcConnection borrowToRead() throws SQLException {
    awaitReader();
    var link = idle.poll();
    if (link != null) {
      return link;
    }
    try {
      return new JdbcConnection(dataSource.getConnection(), this);
    } catch (SQLException e) {
      readers.release();
      throw e;
    }
  }

  private void awaitReader() throws SQLException {
    try {
      if (!readers.tryAcquire(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new SQLException(
            "all connections for reading have been in use for " + LONGEST_WAIT.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while all connections for reading were in use", e);
    }
  }

  @Override
  public void giveBack(JdbcConnection link, boolean usable) {
    if (usable) {
      idle.push(link);
    }
    if (!usable || (closed && idle.remove(link))) {
      close(link);
    }
    readers.release();
  }

  @Override
  public String adapt(String sql) {
    return sql.replace("stoker.", "").replace("FOR UPDATE SKIP LOCKED", "");
  }

  @Override
  public String today() {
    return "(CAST(strftime('%s', 'now') AS INTEGER) / 86400)";
  }

  @Override
  public String lockingRow() {
    return "";
  }

  @Override
  public boolean hasOneWriter() {
    return true;
  }

  @Override
  public boolean hasOneConnection() {
    return file == null;
  }

  @Override
  public void begin(JdbcConnection link, @Nullable String lock) {
    // The driver begins by itself, and with it locks the whole file.
  }

  @Override
  public boolean broken(SQLException e) {
    return switch (primaryCode(e)) {
      case 7, 10, 11, 14, 21, 26 -> true;
      default -> false;
    };
  }

  @Override
  public boolean passing(SQLException e) {
    return switch (primaryCode(e)) {
      case 5, 6 -> true;
      default -> false;
    };
  }

  /// Result codes are listed at sqlite.org/rescode.html.
  private static int primaryCode(SQLException e) {
    return e.getErrorCode() & 0xff;
  }

  @Override
  public StokerException trouble(String wanted, SQLException e) {
    return switch (primaryCode(e)) {
      case 13 -> unreachable(wanted, "The disk is full", "Make room; nothing was changed", e);
      case 5, 6 ->
          unreachable(wanted, "Another process is using it", "Let one server use the file", e);
      case 10, 14 -> unreachable(wanted, said(e), "Check the disk and the folder's rights", e);
      case 3, 8, 23 -> refused(wanted, said(e), "Check who may write the file", e);
      case 11, 26 -> refused(wanted, said(e), "Put back a copy of the file, or move it away", e);
      default -> refused(wanted, said(e), "See the log", e);
    };
  }

  private StokerException unreachable(String wanted, String came, String advice, SQLException e) {
    return new StokerException(Code.SOURCE_UNREACHABLE, message(wanted, came, advice), e);
  }

  private StokerException refused(String wanted, String came, String advice, SQLException e) {
    return new StokerException(Code.SOURCE_REFUSED, message(wanted, came, advice), e);
  }

  private String message(String wanted, String came, String advice) {
    return "SQLite could not "
        + wanted
        + " in "
        + (file == null ? "memory" : file)
        + ": "
        + came
        + ". "
        + advice;
  }

  private static String said(SQLException e) {
    return JdbcMigration.oneLine(e);
  }

  @Override
  public void close() {
    closed = true;
    for (var link = idle.poll(); link != null; link = idle.poll()) {
      close(link);
    }
    if (memory != null) {
      close(new JdbcConnection(memory, this));
    }
  }

  private static void close(JdbcConnection link) {
    try {
      link.close();
    } catch (SQLException e) {
      LOG.debug("A connection could not be closed", e);
    }
  }
}
