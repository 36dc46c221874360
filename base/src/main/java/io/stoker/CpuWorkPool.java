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

/// A few platform threads for work that keeps a processor busy and whose size clients decide:
/// reading uploads, splitting documents, computing vectors. On virtual threads, such work would
/// keep all others from running.
///
/// Work that takes too long is interrupted and abandoned. If it does not end then, it occupies its
/// thread, and nothing else. Thread-safe.
public final class CpuWorkPool implements AutoCloseable {

  private static final long IDLE_SECONDS = 10;

  private final String name;
  private final Duration longest;
  private final ThreadPoolExecutor threads;

  /// Threads that are started when there is work.
  ///
  /// @param name the name of each thread
  /// @param most how many threads there may be
  /// @param waiting how many pieces of work may wait for a thread
  /// @param longest how long work may take, the wait for a thread included
  public CpuWorkPool(String name, int most, int waiting, Duration longest) {
    this.name = name;
    this.longest = longest;
    this.threads =
        new ThreadPoolExecutor(
            most,
            most,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            work -> BackgroundTask.platform(name, work));
    threads.allowCoreThreadTimeOut(true);
  }

  /// A piece of work.
  ///
  /// @param <T> its result
  public interface Work<T> {

    /// Does the work. Ends when its thread is interrupted, or soon after.
    T run() throws IOException, InterruptedException;
  }

  /// Runs work on one of the threads, and waits for its result.
  ///
  /// @throws WorkRefusedException if no thread is free, or the work takes too long
  /// @throws InterruptedIOException if the calling thread is interrupted; its interrupt is restored
  public <T> T run(Work<T> work) throws IOException {
    var begun = new AtomicBoolean();
    var future = submitted(work, begun);
    try {
      return future.get(longest.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      future.cancel(true);
      throw begun.get() ? tooLong() : busy();
    } catch (InterruptedException _) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + name);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private <T> Future<T> submitted(Work<T> work, AtomicBoolean begun) {
    try {
      return threads.submit(() -> {
        begun.set(true);
        return work.run();
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
            + longest.toSeconds()
            + " s, but it takes longer. Split it");
  }

  private static IOException failure(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      case IOException io -> io;
      case null, default -> new IOException("the work was broken off", e);
    };
  }

  /// Interrupts all work.
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
