package io.stoker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work that is done once and whose failure must affect nothing else: on a thread of its own, or on
/// the caller's thread where the work comes from others. Whatever it throws is logged, and not
/// passed on.
public final class BackgroundTask {

  private static final Logger LOG = LoggerFactory.getLogger(BackgroundTask.class);

  private BackgroundTask() {}

  /// Starts work on a virtual thread of its own.
  public static void start(String name, Runnable work) {
    virtual(name, work).start();
  }

  /// A virtual thread that has not started yet.
  public static Thread virtual(String name, Runnable work) {
    return Thread.ofVirtual().name(name).unstarted(() -> attempt(name, work));
  }

  /// A daemon thread of the platform that has not started yet: for work that keeps a core busy.
  public static Thread platform(String name, Runnable work) {
    return Thread.ofPlatform().daemon().name(name).unstarted(() -> attempt(name, work));
  }

  /// Runs work on this thread.
  ///
  /// @param name what it is, at the beginning of a sentence
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
