package io.stoker;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work that is repeated on a thread of its own until its owner ends it.
///
/// Nothing else ends it: whatever a round throws is logged, and the next round begins after a pause
/// of a second. The pause does not use [Time], since a clock that fails must not end the loop.
/// Thread-safe.
public final class BackgroundLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundLoop.class);
  private static final long PAUSE_SECONDS = 1;

  private final String name;
  private final Round round;
  private final Thread thread;
  private final CountDownLatch ended = new CountDownLatch(1);

  /// One repetition. It waits by itself until there is something to do.
  public interface Round {

    /// Runs once.
    ///
    /// @throws InterruptedException if the loop is closed while it waits
    void run() throws InterruptedException;
  }

  private BackgroundLoop(String name, Thread.Builder threads, Round round) {
    this.name = name;
    this.round = round;
    this.thread = threads.name(name).unstarted(this::run);
  }

  /// A loop on a virtual thread, which has not started yet.
  public static BackgroundLoop virtual(String name, Round round) {
    return new BackgroundLoop(name, Thread.ofVirtual(), round);
  }

  /// A loop on a daemon thread of the platform, which has not started yet: for work that keeps a
  /// core busy, or that must not wait for work that does.
  public static BackgroundLoop platform(String name, Round round) {
    return new BackgroundLoop(name, Thread.ofPlatform().daemon(), round);
  }

  /// Starts the thread. Must be called once only.
  public void start() {
    thread.start();
  }

  /// Lets no further round begin. The current round is not interrupted.
  public void end() {
    ended.countDown();
  }

  /// Whether no further round begins.
  public boolean hasEnded() {
    return ended.getCount() == 0;
  }

  /// Ends the loop, and interrupts the current round.
  @Override
  public void close() {
    end();
    thread.interrupt();
  }

  /// Waits until the last round is over.
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
          round.run();
        }
      } catch (InterruptedException _) {
        // Closed, or a stray interrupt, which is ignored.
      } catch (Throwable e) {
        failed = true;
        LOG.error("{} failed; retrying in {} s", name, PAUSE_SECONDS, e);
      }
    }
  }

  /// Clears an interrupt before it looks, as [#close()] interrupts after it has ended the loop.
  private boolean isRunning() {
    var _ = Thread.interrupted();
    return !hasEnded();
  }
}
