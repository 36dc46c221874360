package io.stoker.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// A real Postgres server in a temporary folder, on a free loopback port.
///
/// Passwords are checked (scram-sha-256); the superuser is `postgres` with password `postgres`.
/// Durability is off. The binaries are unpacked once per user. Thread-safe.
public final class RealPostgres implements AutoCloseable {

  /// The superuser's name, password and own database.
  public static final String POSTGRES = "postgres";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Map<String, String> settings;
  private final Path folder = Sandbox.newFolder("postgres");
  private final Path log = folder.resolve("server.log");
  private final AtomicInteger databases = new AtomicInteger();
  private final int port;
  private volatile long pid;
  private volatile boolean running;

  private RealPostgres(Map<String, String> settings) {
    this.settings = settings;
    this.port = launch(0);
    requirePasswords();
  }

  /// Starts a server with the default settings.
  public static RealPostgres start() {
    return builder().start();
  }

  /// The server shared by all tests of this JVM; it ends with the JVM. Isolate tests with
  /// [#newDatabase()].
  public static RealPostgres shared() {
    return Shared.ONE;
  }

  /// A builder for a server with other settings.
  public static Builder builder() {
    return new Builder();
  }

  public int port() {
    return port;
  }

  /// Connections of the superuser to the database `postgres`, not pooled.
  public DataSource dataSource() {
    return dataSource(POSTGRES);
  }

  /// Connections of the superuser to a database.
  public DataSource dataSource(String database) {
    return dataSource(database, POSTGRES, POSTGRES);
  }

  /// Connections of a user to the database `postgres`.
  public DataSource dataSource(String user, String password) {
    return dataSource(POSTGRES, user, password);
  }

  /// Connections of a user to a database.
  public DataSource dataSource(String database, String user, String password) {
    var dataSource = new PGSimpleDataSource();
    dataSource.setServerNames(new String[] {"127.0.0.1"});
    dataSource.setPortNumbers(new int[] {port});
    dataSource.setDatabaseName(database);
    dataSource.setUser(user);
    dataSource.setPassword(password);
    return dataSource;
  }

  /// The database `postgres` as `postgres://user:password@127.0.0.1:port/database`.
  public String url() {
    return url(POSTGRES);
  }

  public String url(String database) {
    return url(database, POSTGRES, POSTGRES);
  }

  public String url(String database, String user, String password) {
    return "postgres://" + user + ":" + password + "@127.0.0.1:" + port + "/" + database;
  }

  /// The JDBC URL of a database, without user and password.
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /// Creates an empty UTF-8 database and returns its name.
  public String newDatabase() {
    return newDatabase("UTF8");
  }

  /// Creates an empty database with an encoding such as `SQL_ASCII`, which takes any bytes.
  public String newDatabase(String encoding) {
    var name = "test_" + databases.incrementAndGet();
    execute(
        "CREATE DATABASE %s TEMPLATE template0 ENCODING '%s' LOCALE 'C'".formatted(name, encoding));
    return name;
  }

  /// Shuts the server down (fast shutdown): clients are notified, data stays for [#restart()].
  public void stop() {
    Sandbox.signal("INT", pid);
    awaitEnd();
  }

  /// Kills the server and all its backends, like a power failure; data stays for [#restart()].
  public void kill() {
    ProcessHandle.of(pid)
        .ifPresent(postmaster -> {
          var backends = postmaster.descendants().toList();
          postmaster.destroyForcibly();
          backends.forEach(ProcessHandle::destroyForcibly);
        });
    awaitEnd();
  }

  /// Restarts the stopped or killed server on the same port with the same data.
  public void restart() {
    try {
      Files.deleteIfExists(data().resolve("epg-lock"));
      Files.deleteIfExists(data().resolve("postmaster.pid"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    launch(port);
  }

  /// Stops the server, if it is still running, and deletes its data.
  @Override
  public void close() {
    if (running) {
      Sandbox.signal("QUIT", pid);
      awaitEnd();
    }
    Sandbox.delete(folder);
  }

  private int launch(int wantedPort) {
    var builder =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(binaries().toFile())
            .setDataDirectory(data())
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setLocaleConfig("locale", "C")
            .setConnectConfig("password", POSTGRES)
            .setOutputRedirector(Redirect.appendTo(log.toFile()))
            .setErrorRedirector(Redirect.appendTo(log.toFile()))
            .setPGStartupWait(PATIENCE)
            .setPort(wantedPort);
    settings.forEach(builder::setServerConfig);
    try {
      @SuppressWarnings("resource") // stopped by signal, which is faster and logs nothing
      var server = builder.start();
      pid = Long.parseLong(Files.readAllLines(data().resolve("postmaster.pid")).getFirst());
      running = true;
      Sandbox.adopt(pid, "QUIT");
      return server.getPort();
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException("Postgres did not start: " + logged(), e);
    }
  }

  private void requirePasswords() {
    execute("ALTER USER postgres PASSWORD '" + POSTGRES + "'");
    try {
      Files.writeString(data().resolve("pg_hba.conf"), "host all all all scram-sha-256\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    execute("SELECT pg_reload_conf()");
    Polling.until("Postgres asks for passwords", PATIENCE, () -> !accepts("wrong"));
  }

  private boolean accepts(String password) {
    try (var connection = dataSource(POSTGRES, password).getConnection()) {
      return connection.isValid(0);
    } catch (SQLException _) {
      return false;
    }
  }

  private void execute(String sql) {
    try (var connection = dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("Postgres refused: " + sql, e);
    }
  }

  private void awaitEnd() {
    Polling.until("Postgres has ended", PATIENCE, () -> !Polling.accepts(port));
    Sandbox.release(pid);
    running = false;
  }

  private String logged() {
    try {
      return Files.exists(log) ? Files.readString(log) : "it logged nothing";
    } catch (IOException e) {
      return "its log cannot be read: " + e;
    }
  }

  private Path data() {
    return folder.resolve("data");
  }

  /// Per user, because one user cannot write another's folder.
  private static Path binaries() {
    return Path.of(
        System.getProperty("java.io.tmpdir"), "embedded-pg-" + System.getProperty("user.name"));
  }

  private static final class Shared {
    static final RealPostgres ONE = start();
  }

  /// Settings of a server to start. Confined to one thread.
  public static final class Builder {

    private final Map<String, String> settings = new LinkedHashMap<>();

    private Builder() {
      setting("fsync", "off");
      setting("full_page_writes", "off");
      setting("synchronous_commit", "on");
      setting("max_connections", "200");
      setting("max_wal_size", "4GB");
      setting("unix_socket_directories", "");
    }

    /// A server setting as in `postgresql.conf`, such as `shared_buffers` to `512MB`.
    public Builder setting(String name, String value) {
      if (value.contains(" ")) {
        throw new IllegalArgumentException("expected a setting without spaces, got " + value);
      }
      settings.put(name, value);
      return this;
    }

    public RealPostgres start() {
      return new RealPostgres(Map.copyOf(settings));
    }
  }
}
