package io.stoker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/// A main class or a script of `foreign/npm` in its own process, which can be killed and frozen.
/// Ends when this JVM does. Confined to one thread.
public final class ChildProcess implements AutoCloseable {

  private static final long TIMEOUT_SECONDS = 300;

  private final String name;
  private final Process process;
  private final BlockingQueue<Optional<String>> output = new LinkedBlockingQueue<>();
  private final List<String> lines = new ArrayList<>();

  private ChildProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    Thread.ofVirtual().name("output-" + name).start(this::readOutput);
  }

  /// Starts a class with arguments, without waiting for it.
  public static ChildProcess start(Class<?> main, String... arguments) {
    return start(main.getSimpleName(), Java.command(main), arguments);
  }

  /// Starts a script of `foreign/npm` under node, without waiting for it; requires
  /// [Npm#isInstalled()].
  public static ChildProcess node(String script, String... arguments) {
    return start(script, Npm.command(script), arguments);
  }

  private static ChildProcess start(String name, List<String> program, String... arguments) {
    var command = new ArrayList<>(program);
    command.addAll(List.of(arguments));
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      Sandbox.adopt(process.pid(), "KILL");
      return new ChildProcess(name, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readOutput() {
    try (var reader = process.inputReader(UTF_8)) {
      reader.lines().map(Optional::of).forEach(output::add);
    } catch (IOException | UncheckedIOException _) {
      // The process has ended.
    }
    output.add(Optional.empty());
  }

  /// The next line of its output; null if it has ended. Lines from before a kill are still
  /// returned.
  public @Nullable String nextLine() throws InterruptedException {
    var line = output.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new IllegalStateException(name + " printed nothing more after: " + lines);
    }
    line.ifPresentOrElse(lines::add, () -> output.add(Optional.empty()));
    return line.orElse(null);
  }

  /// Writes a line to its standard input.
  public void send(String line) {
    try {
      var input = process.getOutputStream();
      input.write((line + "\n").getBytes(UTF_8));
      input.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " does not read its input; it printed: " + lines, e);
    }
  }

  /// Reads until a line, skipping what libraries print before it.
  public void awaitLine(String wanted) throws InterruptedException {
    for (var line = nextLine(); !wanted.equals(line); line = nextLine()) {
      if (line == null) {
        throw new IllegalStateException(name + " never printed '" + wanted + "' but " + lines);
      }
    }
  }

  /// Kills it (SIGKILL) and waits for its end.
  public void kill() {
    // Not by Process.destroyForcibly, which would close its output.
    process.toHandle().destroyForcibly();
    process.onExit().join();
    Sandbox.release(process.pid());
  }

  /// Freezes it (SIGSTOP), with everything it holds.
  public void freeze() {
    Sandbox.signal("STOP", process.pid());
  }

  /// Resumes it (SIGCONT).
  public void thaw() {
    Sandbox.signal("CONT", process.pid());
  }

  /// Closes its standard input, upon which it shuts down.
  ///
  /// @throws IllegalStateException if it does not exit with 0
  public void stop() throws InterruptedException {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(name + " did not exit with 0: " + lines);
    }
    Sandbox.release(process.pid());
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Kills it, if it is still running.
  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }

  /// Starts main classes quickly: the first process that shuts down writes a class data archive
  /// (CDS) for later ones. Archives support jars only, so class folders are packed first.
  private static final class Java {

    private static final Path FOLDER = Sandbox.newFolder("child");
    private static final String CLASS_PATH = classPath();

    static List<String> command(Class<?> main) {
      return List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-Xmx128m",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-XX:+AutoCreateSharedArchive",
          "-XX:SharedArchiveFile=" + FOLDER.resolve(main.getSimpleName() + ".jsa"),
          "-Xlog:disable",
          "-Djava.util.logging.config.file=/dev/null",
          "-cp",
          CLASS_PATH,
          main.getName());
    }

    /// The class path of this JVM without the logging library, which takes longest to start.
    private static String classPath() {
      return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .filter(entry -> !entry.contains("logback"))
          .map(Path::of)
          .filter(Files::exists)
          .map(entry -> Files.isDirectory(entry) ? pack(entry) : entry)
          .map(Path::toString)
          .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path pack(Path classes) {
      try {
        var jar = Files.createTempFile(FOLDER, "classes", ".jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
            var files = Files.walk(classes)) {
          out.setLevel(0);
          for (var file : files.filter(file -> !file.equals(classes)).sorted().toList()) {
            // Folder entries, too, since Flyway needs them to find scripts.
            var isFolder = Files.isDirectory(file);
            out.putNextEntry(new ZipEntry(classes.relativize(file) + (isFolder ? "/" : "")));
            if (!isFolder) {
              Files.copy(file, out);
            }
            out.closeEntry();
          }
        }
        return jar;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
