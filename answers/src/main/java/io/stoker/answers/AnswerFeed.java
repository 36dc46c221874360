package io.stoker.answers;

import io.stoker.BackgroundLoop;
import io.stoker.StokerException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Distributes new events of the log to all viewers in this process. Thread-safe.
///
/// One thread polls the log while there are viewers. The newest events are buffered; a viewer that
/// is further behind reads from the log itself.
public final class AnswerFeed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerFeed.class);
  private static final int MAX_BUFFERED = 10_000;
  private static final int CHUNK = 1000;

  private final AnswerLog log;
  private final WakeSignal pollNow = WakeSignal.inProcess();
  private final Duration interval;
  private final BackgroundLoop reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();

  // Guarded by the lock.
  private final Deque<AnswerLog.Event> recent = new ArrayDeque<>();
  private long newest = -1;
  private int viewers;
  private boolean closed;

  /// A feed that polls four times a second, and at once when woken.
  public AnswerFeed(AnswerLog log) {
    this(log, Duration.ofMillis(250));
  }

  AnswerFeed(AnswerLog log, Duration interval) {
    this.log = log;
    this.interval = interval;
    this.reader = BackgroundLoop.virtual("stoker-answers-feed", this::run);
    reader.start();
  }

  /// Polls at once, after a change in this process.
  public void wake() {
    pollNow.wake();
  }

  /// Events after this id, oldest first. Waits for the next ones if there are none yet; empty after
  /// the timeout, or at once when the feed is closed.
  ///
  /// @throws StokerException if the log has to be read and cannot be
  public List<AnswerLog.Event> after(long id, Duration timeout) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      viewers++;
      if (viewers == 1) {
        pollNow.wake(); // no poll since the last viewer left
      }
      long left = timeout.toNanos();
      while (newest <= id && !closed && left > 0) {
        left = arrived.awaitNanos(left);
      }
      if (newest <= id || closed) {
        return List.of();
      }
      if (!recent.isEmpty() && recent.peekFirst().id() <= id + 1) {
        return buffered(id);
      }
    } finally {
      viewers--;
      lock.unlock();
    }
    return log.after(id, CHUNK);
  }

  /// Searches from the end, since few of many buffered events may be new.
  private List<AnswerLog.Event> buffered(long id) {
    var events = new ArrayList<AnswerLog.Event>();
    for (var event : recent.reversed()) {
      if (event.id() <= id) {
        break;
      }
      events.add(event);
    }
    return events.reversed();
  }

  private void run() throws InterruptedException {
    pollNow.await(interval);
    if (hasViewers()) {
      poll();
    }
  }

  private void poll() {
    try {
      long from = newest();
      if (from < 0) {
        // Older events are read from the log by the viewers themselves.
        publish(List.of(), log.newest());
        return;
      }
      var events = log.after(from, CHUNK);
      while (!events.isEmpty()) {
        long last = events.getLast().id();
        publish(events, last);
        events = events.size() < CHUNK ? List.of() : log.after(last, CHUNK);
      }
    } catch (StokerException e) {
      LOG.debug("The log cannot be read and is polled again: {}", e.getMessage());
    }
  }

  private void publish(List<AnswerLog.Event> events, long last) {
    lock.lock();
    try {
      recent.addAll(events);
      while (recent.size() > MAX_BUFFERED) {
        recent.removeFirst();
      }
      newest = last;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private long newest() {
    lock.lock();
    try {
      return newest;
    } finally {
      lock.unlock();
    }
  }

  private boolean isOpen() {
    lock.lock();
    try {
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasViewers() {
    lock.lock();
    try {
      return viewers > 0;
    } finally {
      lock.unlock();
    }
  }

  /// Ends all waits.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
    reader.close();
  }

  /// Whether the feed was closed.
  public boolean isClosed() {
    return !isOpen();
  }
}
