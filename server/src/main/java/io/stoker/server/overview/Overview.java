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

/// All that a server does, at a glance: the figures that matter, what is wrong, and the last hour
/// as points.
///
/// One thread looks once a second while somebody [watches][#watch()], else when a point is due;
/// what it finds serves all. Thread-safe.
public final class Overview implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Overview.class);

  private final OverviewFigures figures;
  private final PromptServices prompts;
  private final OverviewWire.Server server;
  private final ProviderFailures providerFailures;
  private final Time time;

  /// Held by whoever looks.
  private final ReentrantLock looking = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final OverviewHistory history = new OverviewHistory();
  private final Instant since;
  private final BackgroundLoop sampler;
  private @Nullable Now latest;
  private Duration latestAt = Duration.ZERO;
  private long version;
  private long answered;
  private int watchers;
  private boolean closed;

  /// @param address that the server listens on; null for all
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

  /// Begins to take points. To be called once.
  public void start() {
    prompts.warmer().listen(providerFailures);
    sampler.start();
  }

  // --- for those who look ---

  /// How everything stands, at most a second old, and how it came to that.
  public Whole whole() {
    try {
      renew();
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

  /// To be called with the lock, once something is known.
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

  /// Begins to watch.
  public Watch watch() {
    lock.lock();
    try {
      watchers++;
    } finally {
      lock.unlock();
    }
    return new Watch();
  }

  /// What is new.
  ///
  /// @param whole everything; null but for the first time
  /// @param now how everything stands; null if that has not changed
  /// @param points that came since the last time
  public record News(@Nullable Whole whole, @Nullable Now now, List<Point> points) {}

  /// Somebody who watches. Confined to one thread.
  public final class Watch implements AutoCloseable {

    private long seen = -1;
    private long points;

    private Watch() {}

    /// Waits for something new: everything for the first time, then what has changed. Empty if
    /// nothing has within `patience`, or nothing will ([#isClosed()]).
    ///
    /// @throws InterruptedException if the thread is interrupted while it waits
    public News next(Duration patience) throws InterruptedException {
      if (seen < 0) {
        renew();
      }
      lock.lock();
      try {
        long left = patience.toNanos();
        while (seen == version && points == history.count() && !closed && left > 0) {
          left = changed.awaitNanos(left);
        }
        var news = news();
        seen = version;
        points = history.count();
        return news;
      } finally {
        lock.unlock();
      }
    }

    private News news() {
      if (seen < 0) {
        return new News(wholeNow(), null, List.of());
      }
      return new News(null, seen == version ? null : latest, history.after(points));
    }

    @Override
    public void close() {
      lock.lock();
      try {
        watchers--;
      } finally {
        lock.unlock();
      }
    }
  }

  /// Whether the server is going down.
  public boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /// Takes no more points, and sends viewers home.
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

  // --- looking ---

  private void sample() throws InterruptedException {
    if (isWatched() || isPointDue()) {
      renew();
    }
    time.pause(OverviewFigures.FRESH);
  }

  private boolean isWatched() {
    lock.lock();
    try {
      return watchers > 0;
    } finally {
      lock.unlock();
    }
  }

  private boolean isPointDue() {
    lock.lock();
    try {
      return history.isDue(time.ticks());
    } finally {
      lock.unlock();
    }
  }

  /// Looks, unless what is known is fresh, and takes a point if it is time.
  private void renew() throws InterruptedException {
    looking.lockInterruptibly();
    try {
      if (latest == null || time.ticks().minus(latestAt).compareTo(OverviewFigures.FRESH) >= 0) {
        remember(figures.now());
      }
    } catch (RuntimeException e) {
      LOG.error("The overview could not be renewed", e);
    } finally {
      looking.unlock();
    }
  }

  private void remember(Now now) {
    lock.lock();
    try {
      var ticks = time.ticks();
      if (latest == null || !now.says(latest)) {
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
