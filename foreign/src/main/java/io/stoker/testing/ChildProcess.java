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

/// A `main` of ours or a script of `foreign/npm` in a process of its own, which can be killed and
/// frozen. Ends by itself when this JVM does. Confined to one thread.
public final class ChildProcess implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 300;

  private final String name;
  private final Process process;
  private final BlockingQueue<Optional<String>> told = new LinkedBlockingQueue<>();
  private final List<String> heard = new ArrayList<>();

  private ChildProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    Thread.ofVirtual().name("hears-" + name).start(this::hear);
  }

  /// Starts a class with arguments, and returns before it does anything.
  public static ChildProcess start(Class<?> main, String... arguments) {
    return start(main.getSimpleName(), Java.command(main), arguments);
  }

  /// Starts a script of `foreign/npm` under node, if [Npm#isInstalled()], and returns before it
  /// does anything.
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

  private void hear() {
    try (var lines = process.inputReader(UTF_8)) {
      lines.lines().map(Optional::of).forEach(told::add);
    } catch (IOException | UncheckedIOException _) {
      // Its end, too.
    }
    told.add(Optional.empty());
  }

  /// The next line that it says; null if it has ended. What it had said before it was killed is
  /// still heard.
  public @Nullable String nextLine() throws InterruptedException {
    var line = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new IllegalStateException(name + " said nothing more after: " + heard);
    }
    line.ifPresentOrElse(heard::add, () -> told.add(Optional.empty()));
    return line.orElse(null);
  }

  /// Sends it a line on its standard input.
  public void send(String line) {
    try {
      var input = process.getOutputStream();
      input.write((line + "\n").getBytes(UTF_8));
      input.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " does not listen; it said: " + heard, e);
    }
  }

  /// Reads on to a line, whatever the libraries say before it.
  public void awaitLine(String wanted) throws InterruptedException {
    for (var line = nextLine(); !wanted.equals(line); line = nextLine()) {
      if (line == null) {
        throw new IllegalStateException(name + " never said '" + wanted + "' but " + heard);
      }
    }
  }

  /// Kills it (SIGKILL) and waits until it is gone.
  public void kill() {
    // Not by the process itself, which would close what it has said.
    process.toHandle().destroyForcibly();
    process.onExit().join();
    Sandbox.release(process.pid());
  }

  /// Halts it (SIGSTOP): it does nothing at all, and keeps what it has.
  public void freeze() {
    Sandbox.signal("STOP", process.pid());
  }

  /// Lets it go on (SIGCONT).
  public void thaw() {
    Sandbox.signal("CONT", process.pid());
  }

  /// Closes its standard input, upon which it ends in order.
  ///
  /// @throws IllegalStateException if it does not end well
  public void stop() throws InterruptedException {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(name + " did not end well: " + heard);
    }
    Sandbox.release(process.pid());
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /// Kills it, if it still runs.
  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }

  /// How a `main` is started quickly: the first process that ends in order leaves an archive of its
  /// classes (CDS) to those after it. An archive takes jars only, so folders of classes are packed
  /// first.
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

    /// Ours, but for the logging, which takes longest to start.
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
            // Folders too: that is how scripts are found in them.
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
