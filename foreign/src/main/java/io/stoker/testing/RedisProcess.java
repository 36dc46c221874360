package io.stoker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/// One run of the bundled Redis executable, in its own folder.
final class RedisProcess {

  private final Process process;
  private final Path folder;

  private RedisProcess(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  /// Starts Redis with options such as `--port`, `6379`, without waiting until it is ready.
  static RedisProcess start(Path program, List<String> options) {
    var folder = Sandbox.newFolder("redis");
    var command = new ArrayList<>(List.of("--bind", "127.0.0.1", "--dir", folder.toString()));
    command.addAll(List.of("--save", "", "--appendonly", "no"));
    command.addAll(options);
    return launch(program, folder, command);
  }

  /// Starts a sentinel with the lines of a `sentinel.conf`, which it writes to.
  static RedisProcess sentinel(List<String> configuration) {
    var folder = Sandbox.newFolder("redis-sentinel");
    var file = folder.resolve("sentinel.conf");
    try {
      Files.write(file, configuration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return launch(bundled(), folder, List.of(file.toString(), "--sentinel"));
  }

  /// The bundled executable.
  static Path bundled() {
    return Executable.ONE;
  }

  private static RedisProcess launch(Path program, Path folder, List<String> arguments) {
    var command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    try {
      var process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("server.log").toFile())
              .start();
      Sandbox.adopt(process.pid(), "KILL");
      return new RedisProcess(process, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void signal(String name) {
    Sandbox.signal(name, process.pid());
  }

  String logged() {
    try {
      return Files.readString(folder.resolve("server.log"));
    } catch (IOException e) {
      return "its log cannot be read: " + e;
    }
  }

  /// Kills the process, waits for its end and deletes its folder.
  void end() {
    process.destroyForcibly();
    process.onExit().join();
    Sandbox.release(process.pid());
    Sandbox.delete(folder);
  }

  private static final class Executable {

    static final Path ONE = unpack();

    /// The 64-bit Intel build requires OpenSSL 3; the 32-bit one requires nothing.
    private static Path unpack() {
      var builds = ExecutableProvider.newProvidedVersionsMap();
      var here = OsArchitecture.detectOSandArchitecture();
      return Stream.of(here, OsArchitecture.UNIX_x86)
          .flatMap(build -> Stream.ofNullable(builds.get(build)))
          .map(Executable::unpack)
          .filter(Executable::runs)
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no bundled Redis runs on " + here));
    }

    private static Path unpack(String resource) {
      var file = Sandbox.newFolder("redis-binary").resolve("redis-server");
      try (var bytes = ExecutableProvider.class.getResourceAsStream(resource)) {
        if (bytes == null) {
          throw new IllegalStateException("the bundled Redis " + resource + " is missing");
        }
        Files.copy(bytes, file);
        if (!file.toFile().setExecutable(true)) {
          throw new IllegalStateException("cannot make " + file + " executable");
        }
        return file;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static boolean runs(Path executable) {
      try {
        Sandbox.run(executable.toString(), "--version");
        return true;
      } catch (IllegalStateException | UncheckedIOException _) {
        return false;
      }
    }
  }
}
