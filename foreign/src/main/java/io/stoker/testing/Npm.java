package io.stoker.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The npm packages in `foreign/npm`, for its scripts, which [ChildProcess#node] runs.
public final class Npm {

  /// Relative to a module's folder, where its tests run.
  private static final Path FOLDER = Path.of("..", "foreign", "npm").toAbsolutePath().normalize();

  private Npm() {}

  /// Whether node and the packages are installed (`npm install` in `foreign/npm`).
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
