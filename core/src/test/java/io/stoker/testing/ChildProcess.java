package io.stoker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A `main` in a process of its own, which can be killed. Ends by itself when this JVM does.
/// Confined to one thread.
public final class ChildProcess implements AutoCloseable {

  private final Process process;
  private final BufferedReader lines;

  private ChildProcess(Process process) {
    this.process = process;
    this.lines = process.inputReader(UTF_8);
  }

  /// Starts a class with arguments.
  public static ChildProcess start(Class<?> main, String... arguments) {
    var command = new ArrayList<>(WorkerLaunch.command(main));
    command.addAll(List.of(arguments));
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      Sandbox.adopt(process.pid(), "KILL");
      return new ChildProcess(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next line that it says; null if it has ended. What it had said before it was killed is
  /// still heard.
  public @Nullable String nextLine() {
    try {
      return lines.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Reads on to a line, whatever the libraries say before it.
  public void awaitLine(String wanted) {
    var heard = new ArrayList<String>();
    for (var line = nextLine(); !wanted.equals(line); line = nextLine()) {
      if (line == null) {
        throw new IllegalStateException("it never said '" + wanted + "' but " + heard);
      }
      heard.add(line);
    }
  }

  /// Kills it (SIGKILL) and waits until it is gone.
  public void kill() {
    // Not by the process itself, which would close what it has said.
    process.toHandle().destroyForcibly();
    process.onExit().join();
    Sandbox.release(process.pid());
  }

  /// Kills it, if it still runs.
  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
