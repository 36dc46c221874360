package io.stoker.sessions;

import io.stoker.BackgroundLoop;
import io.stoker.StokerException;
import io.stoker.Time;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Adds a process' counts to the shared [SessionStats] every few seconds. Counts that cannot be
/// added are retried with the next ones. Thread-safe.
final class StatsPublisher implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StatsPublisher.class);
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final SessionStats stats;
  private final LookupCounter counter;
  private final Time time;
  private final BackgroundLoop loop;
  private LookupCounts published = LookupCounts.NONE;

  private StatsPublisher(SessionStats stats, LookupCounter counter, Time time) {
    this.stats = stats;
    this.counter = counter;
    this.time = time;
    this.loop = BackgroundLoop.platform("stoker-session-stats", this::run);
  }

  static StatsPublisher start(SessionStats stats, LookupCounter counter, Time time) {
    var publisher = new StatsPublisher(stats, counter, time);
    publisher.loop.start();
    return publisher;
  }

  @Override
  public void close() {
    loop.close();
    publish();
  }

  private void run() throws InterruptedException {
    time.pause(EVERY);
    publish();
  }

  private synchronized void publish() {
    var counts = counter.counts();
    if (counts.equals(published)) {
      return;
    }
    try {
      stats.add(counts.minus(published));
      published = counts;
    } catch (StokerException e) {
      LOG.debug("Could not add the counts of look-ups; next try in {}: {}", EVERY, e.getMessage());
    }
  }
}
