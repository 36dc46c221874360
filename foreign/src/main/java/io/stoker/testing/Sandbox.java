package io.stoker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/// The temporary folder and the server processes of this JVM's fixtures.
///
/// Both are cleaned up however the JVM ends: a small shell process holds the other end of a pipe,
/// and when the pipe closes, it kills the registered servers and deletes the folder. Unix only.
/// Thread-safe.
final class Sandbox {

  private static final String GUARD =
      """
      trap '' INT TERM HUP
      kept=
      while read -r verb signal pid; do
        case $verb in
          adopt) kept="$kept $signal:$pid" ;;
          release)
            rest=
            for one in $kept; do [ "${one#*:}" = "$pid" ] || rest="$rest $one"; done
            kept=$rest ;;
        esac
      done
      for one in $kept; do kill -"${one%:*}" "${one#*:}"; done
      for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        rm -rf "$1" && break
        sleep 0.1
      done
      """;

  private static final Sandbox ONE = open();

  private final Path folder;
  private final Process guard;

  private Sandbox(Path folder, Process guard) {
    this.folder = folder;
    this.guard = guard;
  }

  private static Sandbox open() {
    try {
      var folder = Files.createTempDirectory("stoker-tests-");
      var guard =
          new ProcessBuilder("sh", "-c", GUARD, "stoker-tests-guard", folder.toString())
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start();
      var sandbox = new Sandbox(folder, guard);
      Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close, "stoker-tests-close"));
      return sandbox;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Creates an empty folder.
  static Path newFolder(String name) {
    try {
      return Files.createTempDirectory(ONE.folder, name + "-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends `signal` to the process when the JVM ends, unless it is released before.
  static void adopt(long pid, String signal) {
    ONE.send("adopt " + signal + " " + pid);
  }

  /// Unregisters a process that has ended, since its pid may be reused.
  static void release(long pid) {
    ONE.send("release - " + pid);
  }

  /// Sends a signal by name, such as `STOP`.
  static void signal(String name, long pid) {
    run("sh", "-c", "kill -" + name + " " + pid);
  }

  /// Runs a short command, and waits for its end.
  ///
  /// @throws IllegalStateException with the command's output if it fails
  static void run(String... command) {
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      var output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + " failed: " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command[0], e);
    }
  }

  /// Deletes a folder and its contents, ignoring files that disappear meanwhile.
  static void delete(Path folder) {
    try {
      Files.walkFileTree(folder, new Deletion());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void send(String line) {
    synchronized (guard) {
      try {
        OutputStream lines = guard.getOutputStream();
        lines.write((line + "\n").getBytes(UTF_8));
        lines.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("the guard of the test servers is gone", e);
      }
    }
  }

  private void close() {
    try {
      guard.getOutputStream().close();
      guard.waitFor(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
      Files.deleteIfExists(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
