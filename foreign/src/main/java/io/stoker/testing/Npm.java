package io.stoker.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The packages of `foreign/npm`, for the scripts beside them, which [ChildProcess#node] runs.
public final class Npm {

  /// Tests run in the folders of their modules.
  private static final Path FOLDER = Path.of("..", "foreign", "npm").toAbsolutePath().normalize();

  private Npm() {}

  /// Whether this machine has node, and the packages are installed: `npm install` in `foreign/npm`.
  public static boolean isInstalled() {
    return node().isPresent() && Files.isDirectory(FOLDER.resolve("node_modules"));
  }

  static List<String> command(String script) {
    return List.of(node().orElseThrow().toString(), FOLDER.resolve(script).toString());
  }

  private static Optional<Path> node() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, "node"))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
