package io.stoker;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A bounded pool of platform threads for CPU-bound work whose size clients decide: parsing
/// uploads, splitting documents, computing embeddings. On virtual threads, such work would starve
/// all others.
///
/// A task that takes too long is interrupted and abandoned; if it ignores the interrupt, it keeps
/// its thread. Thread-safe.
public final class CpuWorkPool implements AutoCloseable {

  private static final long IDLE_SECONDS = 10;

  private final String name;
  private final Duration timeout;
  private final ThreadPoolExecutor threads;

  /// A pool whose threads start on demand.
  ///
  /// @param name the name of each thread
  /// @param maxThreads the most threads
  /// @param queueSize how many tasks may wait for a thread
  /// @param timeout how long a task may take, including the wait for a thread
  public CpuWorkPool(String name, int maxThreads, int queueSize, Duration timeout) {
    this.name = name;
    this.timeout = timeout;
    this.threads =
        new ThreadPoolExecutor(
            maxThreads,
            maxThreads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queueSize),
            task -> BackgroundTask.platform(name, task));
    threads.allowCoreThreadTimeOut(true);
  }

  /// A task.
  ///
  /// @param <T> its result
  public interface Task<T> {

    /// Runs the task. Must return soon after its thread is interrupted.
    T run() throws IOException, InterruptedException;
  }

  /// Runs a task on one of the threads, and waits for its result.
  ///
  /// @throws WorkRefusedException if no thread is free, or the task takes too long
  /// @throws InterruptedIOException if the calling thread is interrupted; its interrupt is restored
  public <T> T run(Task<T> task) throws IOException {
    var started = new AtomicBoolean();
    var future = submit(task, started);
    try {
      return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      future.cancel(true);
      throw started.get() ? tooLong() : busy();
    } catch (InterruptedException _) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + name);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private <T> Future<T> submit(Task<T> task, AtomicBoolean started) {
    try {
      return threads.submit(() -> {
        started.set(true);
        return task.run();
      });
    } catch (RejectedExecutionException _) {
      throw busy();
    }
  }

  private WorkRefusedException busy() {
    return new WorkRefusedException(
        WorkRefusedException.Code.BUSY, "All threads for such work are busy. Try again later");
  }

  private WorkRefusedException tooLong() {
    return new WorkRefusedException(
        WorkRefusedException.Code.TOO_LONG,
        "expected it to be read within "
            + timeout.toSeconds()
            + " s, but it takes longer. Split it");
  }

  private static IOException failure(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      case IOException io -> io;
      case null, default -> new IOException("the task was cancelled", e);
    };
  }

  /// Interrupts all tasks.
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
