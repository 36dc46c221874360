package io.stoker.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/// How a [WorkerProcess] or another [ChildProcess] is started quickly: with an archive of the
/// classes that it loads (CDS), which halves the time and is made once for each run of the tests.
/// An archive takes jars only, so folders of classes are packed first.
final class WorkerLaunch {

  private static final List<String> COMMAND = prepare();

  private WorkerLaunch() {}

  /// The command, but for the arguments of [WorkerMain].
  static List<String> command() {
    return COMMAND;
  }

  /// The command that starts another class, but for its arguments.
  static List<String> command(Class<?> main) {
    var command = new ArrayList<>(COMMAND);
    command.set(command.size() - 1, main.getName());
    return command;
  }

  private static List<String> prepare() {
    var folder = Sandbox.newFolder("worker");
    var archive = folder.resolve("worker.jsa");
    var classPath = classPath(folder);
    try {
      var training = new ArrayList<>(command("-XX:ArchiveClassesAtExit=" + archive, classPath));
      training.addAll(List.of("training", folder.resolve("training.db").toString(), "1", "0"));
      var process =
          new ProcessBuilder(training)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      process.onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Where there is no archive, or it does not fit, the process starts without one.
    return List.copyOf(command("-XX:SharedArchiveFile=" + archive, classPath));
  }

  private static List<String> command(String archive, String classPath) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx128m",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        archive,
        "-Djava.util.logging.config.file=/dev/null",
        "-cp",
        classPath,
        WorkerMain.class.getName());
  }

  /// Ours, but for the logging, which takes longest to start.
  private static String classPath(Path folder) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("logback"))
        .map(Path::of)
        .filter(Files::exists)
        .map(entry -> Files.isDirectory(entry) ? pack(entry, folder) : entry)
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Path pack(Path classes, Path folder) {
    var jar = folder.resolve(classes.getFileName() + ".jar");
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
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
