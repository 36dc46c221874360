package io.stoker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs one-off tasks whose exceptions are logged and not propagated, on their own threads or, for
/// callbacks of users, on the caller's.
public final class BackgroundTask {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundTask.class);

  private BackgroundTask() {}

  /// Starts a task on a new virtual thread.
  public static void start(String name, Runnable work) {
    virtual(name, work).start();
  }

  /// A virtual thread, not yet started.
  public static Thread virtual(String name, Runnable work) {
    return Thread.ofVirtual().name(name).unstarted(() -> attempt(name, work));
  }

  /// A platform daemon thread, not yet started: for CPU-bound work.
  public static Thread platform(String name, Runnable work) {
    return Thread.ofPlatform().daemon().name(name).unstarted(() -> attempt(name, work));
  }

  /// Runs a task on this thread.
  ///
  /// @param name starts the log line "... failed", so it begins with a capital letter
  /// @return false if it failed
  public static boolean attempt(String name, Runnable work) {
    try {
      work.run();
      return true;
    } catch (Throwable e) {
      LOG.error("{} failed; nothing else is affected", name, e);
      return false;
    }
  }
}
