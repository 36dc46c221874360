package io.stoker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// A real PgBouncer on a free loopback port, in front of all databases of a [RealPostgres]; clients
/// log in as its superuser. Confined to one thread.
public final class PgBouncer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final Process process;
  private final int port;

  private PgBouncer(Path folder, Process process, int port) {
    this.folder = folder;
    this.process = process;
    this.port = port;
  }

  /// The pool mode: how long a client keeps a server connection.
  public enum Mode {
    SESSION,
    TRANSACTION,
    STATEMENT
  }

  /// Whether PgBouncer is installed.
  public static boolean isInstalled() {
    return program().isPresent();
  }

  private static Optional<Path> program() {
    return Stream.of("/usr/sbin/pgbouncer", "/usr/local/bin/pgbouncer", "/usr/bin/pgbouncer")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Starts PgBouncer in front of a Postgres.
  public static PgBouncer inFrontOf(RealPostgres postgres, Mode mode) {
    var folder = Sandbox.newFolder("pgbouncer");
    int port = Ports.free();
    try {
      var users = folder.resolve("users.txt");
      var configuration = folder.resolve("pgbouncer.ini");
      var superuser = RealPostgres.POSTGRES;
      Files.writeString(users, "\"%s\" \"%s\"\n".formatted(superuser, superuser));
      Files.writeString(configuration, configuration(postgres, port, users, mode));
      // PgBouncer refuses to run as root, which a user namespace avoids.
      var process =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "[ $(id -u) != 0 ] || exec unshare -U \"$@\"; exec \"$@\"",
                  "sh",
                  program().orElseThrow().toString(),
                  configuration.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("output").toFile())
              .start();
      Sandbox.adopt(process.pid(), "KILL");
      var bouncer = new PgBouncer(folder, process, port);
      Polling.until(
          "PgBouncer answers", PATIENCE, () -> !process.isAlive() || Polling.accepts(port));
      if (!process.isAlive()) {
        throw new IllegalStateException("PgBouncer did not start: " + bouncer.logged());
      }
      return bouncer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The configuration, with the setting that its manual recommends for pgjdbc, which sends
  /// `extra_float_digits`.
  private static String configuration(RealPostgres postgres, int port, Path users, Mode mode) {
    return """
    [databases]
    * = host=127.0.0.1 port=%d
    [pgbouncer]
    listen_addr = 127.0.0.1
    listen_port = %d
    unix_socket_dir =
    auth_type = scram-sha-256
    auth_file = %s
    pool_mode = %s
    ignore_startup_parameters = extra_float_digits
    """
        .formatted(postgres.port(), port, users, mode.name().toLowerCase(Locale.ROOT));
  }

  public int port() {
    return port;
  }

  /// Its log.
  public String logged() {
    try {
      return Files.readString(folder.resolve("output"));
    } catch (IOException e) {
      return "its log cannot be read: " + e;
    }
  }

  /// Kills it and deletes its folder.
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    Sandbox.release(process.pid());
    Sandbox.delete(folder);
  }
}
