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

/// SQLite: a file with a write-ahead log, synced at every commit, or memory. Thread-safe.
///
/// A database in memory exists as long as a connection to it is open. Its connections would wait
/// for each other by polling, so the writer's connection does all the work.
public final class JdbcSqlite implements JdbcDialect {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcSqlite.class);
  private static final int READERS = 4;
  private static final int BUSY_MILLIS = 10_000;
  private static final Duration READER_TIMEOUT = Duration.ofMinutes(1);
  private static final int PAGES_TO_CHECKPOINT = 4000;

  private final @Nullable Path file;
  private final SQLiteDataSource dataSource;
  private final Semaphore readers = new Semaphore(READERS);
  private final ConcurrentLinkedDeque<JdbcConnection> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /// Keeps a database in memory open; null for a file, and before the first migration.
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

  /// A new database in memory.
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
      // Files that SQLite creates beside it inherit its permissions.
      PrivateFiles.file(file);
      PrivateFiles.restrict(Path.of(file + "-wal"));
      PrivateFiles.restrict(Path.of(file + "-shm"));
    } catch (IOException e) {
      throw new StokerException(
          Code.SOURCE_REFUSED,
          "The file " + file + " cannot be created: " + e + ". Choose a writable folder",
          e);
    }
  }

  @Override
  public Connection openWriteConnection() throws SQLException {
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
  public JdbcConnection acquireReadConnection() throws SQLException {
    awaitReader();
    var connection = idle.poll();
    if (connection != null) {
      return connection;
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
      if (!readers.tryAcquire(READER_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        throw new SQLException(
            "all read connections have been busy for " + READER_TIMEOUT.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted while waiting for a read connection", e);
    }
  }

  @Override
  public void release(JdbcConnection connection, boolean usable) {
    if (usable) {
      idle.push(connection);
    }
    if (!usable || (closed && idle.remove(connection))) {
      close(connection);
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
  public boolean isSingleWriter() {
    return true;
  }

  @Override
  public boolean isSingleConnection() {
    return file == null;
  }

  @Override
  public void begin(JdbcConnection connection, @Nullable String lock) {
    // The driver begins by itself, which locks the whole file.
  }

  @Override
  public boolean isConnectionBroken(SQLException e) {
    return switch (primaryCode(e)) {
      case 7, 10, 11, 14, 21, 26 -> true;
      default -> false;
    };
  }

  @Override
  public boolean isTransient(SQLException e) {
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
  public StokerException translate(String action, SQLException e) {
    return switch (primaryCode(e)) {
      case 13 ->
          unreachable(action, "The disk is full", "Free some disk space; nothing was changed", e);
      case 5, 6 ->
          unreachable(action, "Another process is using it", "Let one server use the file", e);
      case 10, 14 ->
          unreachable(action, describe(e), "Check the disk and the folder's permissions", e);
      case 3, 8, 23 -> refused(action, describe(e), "Check who may write the file", e);
      case 11, 26 ->
          refused(action, describe(e), "Put back a copy of the file, or move it away", e);
      default -> refused(action, describe(e), "See the log", e);
    };
  }

  private StokerException unreachable(String action, String error, String advice, SQLException e) {
    return new StokerException(Code.SOURCE_UNREACHABLE, message(action, error, advice), e);
  }

  private StokerException refused(String action, String error, String advice, SQLException e) {
    return new StokerException(Code.SOURCE_REFUSED, message(action, error, advice), e);
  }

  private String message(String action, String error, String advice) {
    return "SQLite could not "
        + action
        + " in "
        + (file == null ? "memory" : file)
        + ": "
        + error
        + ". "
        + advice;
  }

  private static String describe(SQLException e) {
    return JdbcMigration.oneLine(e);
  }

  @Override
  public void close() {
    closed = true;
    for (var connection = idle.poll(); connection != null; connection = idle.poll()) {
      close(connection);
    }
    if (memory != null) {
      close(new JdbcConnection(memory, this));
    }
  }

  private static void close(JdbcConnection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("Could not close a connection", e);
    }
  }
}
