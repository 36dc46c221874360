package io.stoker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A task repeated on its own thread until its owner ends it.
///
/// An exception does not end it: anything an iteration throws is logged, and the next one starts a
/// second later. That pause does not use [Time], since a failing clock must not end the loop.
/// Thread-safe.
public final class BackgroundLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundLoop.class);
  private static final long PAUSE_SECONDS = 1;

  private final String name;
  private final Iteration iteration;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);

  /// One iteration. It blocks until there is something to do.
  public interface Iteration {

    /// Runs once.
    ///
    /// @throws InterruptedException if the loop is closed while it waits
    void run() throws InterruptedException;
  }

  private BackgroundLoop(String name, Thread.Builder threads, Iteration iteration) {
    this.name = name;
    this.iteration = iteration;
    this.thread = threads.name(name).unstarted(this::run);
  }

  /// A loop on a virtual thread, not yet started.
  public static BackgroundLoop virtual(String name, Iteration iteration) {
    return new BackgroundLoop(name, Thread.ofVirtual(), iteration);
  }

  /// A loop on a platform daemon thread, not yet started: for CPU-bound work, or for work that must
  /// not wait behind it.
  public static BackgroundLoop platform(String name, Iteration iteration) {
    return new BackgroundLoop(name, Thread.ofPlatform().daemon(), iteration);
  }

  /// Starts the thread. Call it once.
  public void start() {
    thread.start();
  }

  /// Ends the loop after the current iteration, which is not interrupted.
  public void end() {
    ended.countDown();
  }

  /// Whether no further iteration will start.
  public boolean hasEnded() {
    return ended.getCount() == 0;
  }

  /// Ends the loop and interrupts the current iteration.
  @Override
  public void close() {
    end();
    thread.interrupt();
  }

  /// Waits for the last iteration to finish.
  ///
  /// @return false if that takes longer than `timeout`
  public boolean join(Duration timeout) throws InterruptedException {
    return thread.getState() == Thread.State.NEW || thread.join(timeout);
  }

  private void run() {
    boolean failed = false;
    while (isRunning()) {
      try {
        if (failed) {
          failed = false;
          var _ = ended.await(PAUSE_SECONDS, TimeUnit.SECONDS);
        } else {
          iteration.run();
        }
      } catch (InterruptedException _) {
        // Closed, or a stray interrupt, which is ignored.
      } catch (Throwable e) {
        failed = true;
        LOG.error("{} failed; retrying in {} s", name, PAUSE_SECONDS, e);
      }
    }
  }

  /// Clears the interrupt flag first, since [#close()] sets it after ending the loop.
  private boolean isRunning() {
    var _ = Thread.interrupted();
    return !hasEnded();
  }
}
