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

/// The log's one reader in a process: reads on while somebody watches, and hands every event to all
/// who do. Thread-safe.
///
/// Keeps the newest events in memory. A viewer that is further behind reads the log once.
public final class AnswerFeed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerFeed.class);
  private static final int KEPT = 10_000;
  private static final int CHUNK = 1000;

  private final AnswerLog log;
  private final WakeSignal nudge = WakeSignal.inProcess();
  private final Duration every;
  private final BackgroundLoop reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();

  // Guarded by the lock.
  private final Deque<AnswerLog.Event> recent = new ArrayDeque<>();
  private long newest = -1;
  private int watching;
  private boolean closed;

  /// A feed that looks for news four times a second, and at once when it is nudged.
  public AnswerFeed(AnswerLog log) {
    this(log, Duration.ofMillis(250));
  }

  AnswerFeed(AnswerLog log, Duration every) {
    this.log = log;
    this.every = every;
    this.reader = BackgroundLoop.virtual("stoker-answers-feed", this::run);
    reader.start();
  }

  /// Says that there are news, so that viewers need not wait for the next look.
  public void wake() {
    nudge.wake();
  }

  /// Lines after one, the oldest first: those there are, or else those that come before timeout is
  /// over; then none. None at once when the feed is closed.
  ///
  /// @throws StokerException if the log has to be read and cannot be
  public List<AnswerLog.Event> after(long id, Duration timeout) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      watching++;
      if (watching == 1) {
        nudge.wake(); // nobody has been reading
      }
      long left = timeout.toNanos();
      while (newest <= id && !closed && left > 0) {
        left = news.awaitNanos(left);
      }
      if (newest <= id || closed) {
        return List.of();
      }
      if (!recent.isEmpty() && recent.peekFirst().id() <= id + 1) {
        return behind(id);
      }
    } finally {
      watching--;
      lock.unlock();
    }
    return log.after(id, CHUNK);
  }

  /// The newest events, of which there may be few among very many in memory.
  private List<AnswerLog.Event> behind(long id) {
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
    nudge.await(every);
    if (isWatched()) {
      look();
    }
  }

  private void look() {
    try {
      long from = newest();
      if (from < 0) {
        // The first viewer waits for the next event; older ones it reads from the log itself.
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
      LOG.debug("The log cannot be read for the moment: {}", e.getMessage());
    }
  }

  private void publish(List<AnswerLog.Event> events, long last) {
    lock.lock();
    try {
      recent.addAll(events);
      while (recent.size() > KEPT) {
        recent.removeFirst();
      }
      newest = last;
      news.signalAll();
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

  private boolean isWatched() {
    lock.lock();
    try {
      return watching > 0;
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
      news.signalAll();
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
