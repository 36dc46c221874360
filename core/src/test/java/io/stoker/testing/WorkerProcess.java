package io.stoker.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A worker of answers in a process of its own, which can be killed and frozen.
///
/// Eight queries at once, no rest between them. Asks an [OutsideModel] under its name. Ends by
/// itself when this JVM does. Confined to one thread.
public final class WorkerProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final String ENDED = "the process has ended";

  private final String name;
  private final Process process;
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final List<String> heard = new ArrayList<>();

  private WorkerProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    Thread.ofVirtual().name("hears-" + name).start(this::hear);
  }

  /// Starts a worker, and returns before it works.
  ///
  /// @param name by which the model knows it
  /// @param store a file for SQLite, or the JDBC URL of a Postgres with user and password
  /// @param model the port to ask at
  /// @param perMinute the rate that all workers share; 0 for none
  /// @param lease after how long without a sign of life another may take what it has in hand
  public static WorkerProcess start(
      String name, String store, int model, int perMinute, Duration lease) {
    var command = new ArrayList<>(WorkerLaunch.command());
    command.addAll(
        List.of(
            name, store, Integer.toString(model), Integer.toString(perMinute), lease.toString()));
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      Sandbox.adopt(process.pid(), "KILL");
      return new WorkerProcess(name, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A database as [#start(String, String, int, int)] takes it.
  public static String url(RealPostgres postgres, String database) {
    return postgres.jdbcUrl(database) + "?user=postgres&password=postgres";
  }

  /// Waits until it is about to open the store.
  public void awaitOpening() throws InterruptedException {
    await(WorkerMain.OPENING);
  }

  /// Waits until it has opened the store and works.
  public void awaitWorking() throws InterruptedException {
    await(WorkerMain.WORKING);
  }

  /// Waits until it has found no batch that is not over.
  public void awaitIdle() throws InterruptedException {
    await(WorkerMain.IDLE);
  }

  /// Kills it (SIGKILL) and waits until it is gone.
  public void kill() {
    process.destroyForcibly();
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

  /// Ends it in order: what is in hand is handed back, the store is closed.
  ///
  /// @throws IllegalStateException if it does not end well
  public void stop() throws InterruptedException {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(name + " did not end well: " + heard());
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

  private void await(String wanted) throws InterruptedException {
    var line = "";
    while (!line.equals(wanted)) {
      line = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (line == null || line.equals(ENDED)) {
        throw new IllegalStateException(
            name + " did not say '" + wanted + "' but " + line + " after: " + heard());
      }
      heard.add(line);
    }
  }

  private String heard() {
    var rest = new ArrayList<>(heard);
    told.drainTo(rest);
    return String.join("\n", rest);
  }

  private void hear() {
    try (var lines = process.inputReader(UTF_8)) {
      lines.lines().forEach(told::add);
    } catch (IOException | UncheckedIOException _) {
      // It was killed in the middle of a line.
    }
    told.add(ENDED);
  }
}
