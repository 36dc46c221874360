package io.stoker.server.overview;

import io.stoker.BackgroundLoop;
import io.stoker.Time;
import io.stoker.server.answers.AnswerServices;
import io.stoker.server.overview.OverviewWire.History;
import io.stoker.server.overview.OverviewWire.Now;
import io.stoker.server.overview.OverviewWire.Point;
import io.stoker.server.overview.OverviewWire.Whole;
import io.stoker.server.prompts.PromptServices;
import io.stoker.server.sessions.SessionServices;
import io.stoker.server.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The live overview of a server: current figures, problems, and the history of the last hour.
///
/// One thread refreshes it once a second while there are [subscribers][#subscribe()], and otherwise
/// when the next point of the history is due. All viewers share the result. Thread-safe.
public final class Overview implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Overview.class);

  private final OverviewFigures figures;
  private final PromptServices prompts;
  private final OverviewWire.Server server;
  private final ProviderFailures providerFailures;
  private final Time time;

  /// Held during a refresh.
  private final ReentrantLock refreshing = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final OverviewHistory history = new OverviewHistory();
  private final Instant since;
  private final BackgroundLoop sampler;
  private @Nullable Now latest;
  private Duration latestAt = Duration.ZERO;
  private long version;
  private long answered;
  private int subscribers;
  private boolean closed;

  /// @param address the address that the server listens on; null for all
  public Overview(
      Settings settings,
      @Nullable String address,
      Supplier<SessionServices> sessions,
      AnswerServices answers,
      PromptServices prompts,
      Time time) {
    this.prompts = prompts;
    this.time = time;
    this.since = time.now().truncatedTo(ChronoUnit.MILLIS);
    this.providerFailures = new ProviderFailures(time);
    this.figures =
        new OverviewFigures(settings, sessions, answers, prompts, providerFailures, time);
    this.server = figures.server(address, since);
    this.sampler = BackgroundLoop.virtual("stoker-overview", this::sample);
  }

  /// Starts the history. Call it once.
  public void start() {
    prompts.warmer().listen(providerFailures);
    sampler.start();
  }

  // --- for viewers ---

  /// The current figures, at most a second old, and the history.
  public Whole whole() {
    try {
      refresh();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    lock.lock();
    try {
      return wholeNow();
    } finally {
      lock.unlock();
    }
  }

  /// Call it with the lock held.
  private Whole wholeNow() {
    var now = Objects.requireNonNullElseGet(latest, () -> figures.unknown(since));
    return new Whole(
        now.at(),
        server,
        now.sessions(),
        now.answers(),
        now.prompts(),
        new History(since, OverviewHistory.EVERY, history.points()));
  }

  /// Subscribes to updates.
  public Subscription subscribe() {
    lock.lock();
    try {
      subscribers++;
    } finally {
      lock.unlock();
    }
    return new Subscription();
  }

  /// An update for a subscriber.
  ///
  /// @param whole everything in the first update; null in all others
  /// @param now the current figures; null if they have not changed
  /// @param points new points of the history
  public record Update(@Nullable Whole whole, @Nullable Now now, List<Point> points) {}

  /// The subscription of one viewer. Confined to one thread.
  public final class Subscription implements AutoCloseable {

    private long seen = -1;
    private long points;

    private Subscription() {}

    /// Waits for the next update. It is empty after `timeout`, or if this overview is
    /// [closed][#isClosed()].
    ///
    /// @throws InterruptedException if the thread is interrupted while it waits
    public Update next(Duration timeout) throws InterruptedException {
      if (seen < 0) {
        refresh();
      }
      lock.lock();
      try {
        long left = timeout.toNanos();
        while (seen == version && points == history.count() && !closed && left > 0) {
          left = changed.awaitNanos(left);
        }
        var update = update();
        seen = version;
        points = history.count();
        return update;
      } finally {
        lock.unlock();
      }
    }

    private Update update() {
      if (seen < 0) {
        return new Update(wholeNow(), null, List.of());
      }
      return new Update(null, seen == version ? null : latest, history.after(points));
    }

    @Override
    public void close() {
      lock.lock();
      try {
        subscribers--;
      } finally {
        lock.unlock();
      }
    }
  }

  /// Whether the server is shutting down.
  public boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// Stops the history and wakes all subscribers.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    sampler.close();
  }

  // --- refreshing ---

  private void sample() throws InterruptedException {
    if (isRefreshDue()) {
      refresh();
    }
    time.pause(OverviewFigures.FRESH);
  }

  private boolean isRefreshDue() {
    lock.lock();
    try {
      return subscribers > 0 || history.isDue(time.ticks());
    } finally {
      lock.unlock();
    }
  }

  /// Reads the figures, unless they are fresh, and adds a point to the history if it is due.
  private void refresh() throws InterruptedException {
    refreshing.lockInterruptibly();
    try {
      if (latest == null || time.ticks().minus(latestAt).compareTo(OverviewFigures.FRESH) >= 0) {
        store(figures.now());
      }
    } catch (RuntimeException e) {
      LOG.error("The overview could not be refreshed", e);
    } finally {
      refreshing.unlock();
    }
  }

  private void store(Now now) {
    lock.lock();
    try {
      var ticks = time.ticks();
      if (latest == null || !now.hasSameFigures(latest)) {
        version++;
      }
      latest = now;
      latestAt = ticks;
      if (history.isDue(ticks)) {
        history.add(point(now, ticks), ticks);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Point point(Now now, Duration ticks) {
    long answeredByNow = figures.answered();
    var elapsed = history.sinceLast(ticks);
    var perMinute =
        elapsed == null
            ? null
            : tenths((answeredByNow - answered) * 60_000.0 / Math.max(1, elapsed.toMillis()));
    answered = answeredByNow;
    return new Point(
        now.at(),
        now.sessions().hitRate(),
        now.answers().hitRate(),
        perMinute,
        now.prompts().savedMicros(),
        now.prompts().spentMicros(),
        now.prompts().armed());
  }

  private static Double tenths(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
