package io.stoker.sessions;

import io.stoker.BackgroundLoop;
import io.stoker.BackgroundTask;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.Time;
import io.stoker.sessions.WarmLock.Renewal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the source: whatever ends a session in Postgres ends it in the cache, whoever did it,
/// and what changes there is written anew.
///
/// Changes come from a replication slot, each at least once and in the order of their commits, and
/// are confirmed there only when the cache has acknowledged them. Of several nodes one follows: the
/// slot lets only one in, and a lease tells the others when that one hangs. What a new slot has not
/// seen is unknown; then everything cached counts as ended, and a full run follows. The same holds
/// when the cache has lost what it had acknowledged. If Postgres keeps more for the slot than the
/// limit, the slot is given up. Works on a thread of its own, which only [#close()] ends.
/// Thread-safe.
public final class SessionFollower implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SessionFollower.class);

  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofMillis(250);
  private static final Duration STANDBY = Duration.ofMillis(500);
  private static final Duration REFUSED = Duration.ofSeconds(5);
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration WATCH = Duration.ofSeconds(3);
  private static final Duration CHECK = Duration.ofSeconds(30);
  private static final Duration RUN_RETRY = Duration.ofSeconds(1);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final String IN_USE = "55006";

  private final Database database;
  private final SessionStore store;
  private final FollowLog log;
  private final SessionKeeper.Runner runner;
  private final FollowSettings settings;
  private final SessionPlan plan;
  private final Time time;
  private final FollowedTables tables;
  private final JdbcSessionSource source;
  private final BackgroundLoop loop;
  private final AtomicBoolean running = new AtomicBoolean();

  private volatile boolean incomplete;
  private volatile @Nullable Thread fullRun;
  private volatile FollowState state = FollowState.STARTING;
  private volatile String message = "";
  private volatile @Nullable FollowRun current;
  private volatile ReplicationSlot.@Nullable State slotState;
  private volatile FollowCounts counts = FollowCounts.NONE;
  private volatile Duration wellAt;
  private volatile @Nullable Duration otherLag;

  /// Where sessions are stored, and how changes come from there.
  ///
  /// @param dataSource ordinary connections, of which the follower holds one; not through a pool
  ///   that hands Postgres' sessions from client to client
  /// @param replication connections that stream changes
  public record Database(
      DataSource dataSource, ReplicationConnector replication, SessionMapping mapping) {

    /// The tables that the mapping declares.
    ///
    /// @throws IllegalArgumentException if it declares none
    public FollowedTables tables() {
      return FollowedTables.of(mapping).orElseThrow(FollowedTables::undeclared);
    }
  }

  /// A follower that has not started yet.
  ///
  /// @param runner does full runs; called on a thread of the follower's
  /// @param plan what a full run takes, and how long entries live
  /// @throws IllegalArgumentException if the mapping declares no tables
  public SessionFollower(
      Database database,
      RedisSessions cache,
      SessionKeeper.Runner runner,
      FollowSettings settings,
      SessionPlan plan,
      Time time) {
    this.database = database;
    this.store = cache.store();
    this.log = cache.followLog();
    this.runner = runner;
    this.settings = settings;
    this.plan = plan.change().mode(WriteMode.REPLACE_OLDER).plan();
    this.time = time;
    this.tables = database.tables();
    this.source = new JdbcSessionSource(database.dataSource(), database.mapping(), time);
    this.wellAt = time.ticks();
    this.loop = BackgroundLoop.platform("stoker-session-follower", this::round);
  }

  /// Begins to follow. Call it once.
  public void start() {
    loop.start();
  }

  /// Stops following; the slot remembers the position.
  @Override
  public void close() {
    loop.close();
    var run = fullRun;
    if (run != null) {
      run.interrupt();
    }
  }

  /// Waits a little for what is under way, after [#close()].
  void awaitEnd() {
    try {
      loop.join(GRACE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// How it is doing.
  public FollowStatus status() {
    var run = current;
    var slot = slotState;
    var now = state;
    long position =
        Math.max(run == null ? 0 : run.confirmed(), slot == null ? 0 : slot.confirmed());
    return new FollowStatus(
        now,
        message,
        lag(run),
        slot == null ? null : slot.lagBytes(),
        slot == null ? null : slot.keptBytes(),
        position == 0 ? null : position,
        run == null ? counts : counts.plus(run.counts()));
  }

  private @Nullable Duration lag(@Nullable FollowRun run) {
    return switch (state) {
      case STARTING -> null;
      case FOLLOWING -> run == null ? null : run.lag();
      case STANDBY -> otherLag;
      case SOURCE_UNREACHABLE, CACHE_UNREACHABLE, REFUSED -> time.ticks().minus(wellAt);
    };
  }

  /// One attempt: it ends when something fails, or at once if there is nothing to do.
  private void round() throws InterruptedException {
    var pause = RETRY;
    try (var connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(true);
      pause = attempt(connection);
    } catch (StokerException e) {
      pause = failed(e);
    } catch (SQLException e) {
      pause =
          IN_USE.equals(e.getSQLState())
              ? change(FollowState.STANDBY, "")
              : failed(SourceErrors.of("say what has changed", e));
    }
    time.pause(pause);
  }

  private Duration failed(StokerException e) {
    var failure =
        switch (e.code()) {
          case SOURCE_UNREACHABLE -> FollowState.SOURCE_UNREACHABLE;
          case SOURCE_REFUSED -> FollowState.REFUSED;
          case CACHE_UNREACHABLE, CACHE_REFUSED -> FollowState.CACHE_UNREACHABLE;
        };
    return change(failure, String.valueOf(e.getMessage()));
  }

  /// Takes a state, says so if it is another one, and answers how long to stay in it.
  private Duration change(FollowState next, String why) {
    if (next.isWell() || state.isWell()) {
      wellAt = time.ticks();
    }
    if (next != state) {
      if (next.isWell()) {
        LOG.info(
            "Sessions: {}", next == FollowState.STANDBY ? "another node follows" : "following");
      } else {
        LOG.warn("Sessions do not follow Postgres: {}", why);
      }
    }
    message = why;
    state = next;
    return switch (next) {
      case STANDBY -> STANDBY;
      case REFUSED -> REFUSED;
      case STARTING, FOLLOWING, SOURCE_UNREACHABLE, CACHE_UNREACHABLE -> RETRY;
    };
  }

  private Duration attempt(Connection connection) throws SQLException, InterruptedException {
    var slot = new ReplicationSlot(connection, settings.slot());
    // Before Redis is asked: its absence is what lets the log grow.
    var there = watch(slot);
    var progress = log.progress();
    if (there.isPresent() && there.get().active() && log.isLeased()) {
      otherLag = progress.map(FollowLog.Progress::lag).orElse(null);
      return change(FollowState.STANDBY, "");
    }
    var setup = new FollowSetup(connection, tables, settings);
    var missing = setup.checks().stream().filter(check -> !check.holds()).findFirst();
    if (missing.isPresent()) {
      return change(FollowState.REFUSED, describe(missing.get()));
    }
    if (there.isPresent() && there.get().active()) {
      LOG.warn("Another node follows, but has not renewed its lease: it is cut off");
      slot.end();
    }
    var lease = log.seize(LEASE);
    try {
      catchUp(slot, there, progress);
      follow(connection, slot, setup, lease);
    } finally {
      release(lease);
    }
    return RETRY;
  }

  private static String describe(FollowCheck check) {
    return check.name()
        + ": "
        + check.found()
        + ". "
        + check.remedy().orElse("")
        + " ('stoker sessions follow --sql' prints all that is needed)";
  }

  private static void release(WarmLock.Lease lease) {
    boolean interrupted = Thread.interrupted();
    try {
      lease.release();
    } catch (StokerException e) {
      LOG.debug("The lease of the follower ends by itself: {}", e.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Looks at the slot, and gives it up if Postgres keeps too much for it.
  private Optional<ReplicationSlot.State> watch(ReplicationSlot slot) throws SQLException {
    var there = slot.state();
    slotState = there.orElse(null);
    if (there.isPresent() && !there.get().lost() && there.get().keptBytes() > settings.lagLimit()) {
      slot.drop();
      slotState = null;
      LOG.error(
          "Postgres kept {} bytes of its log for the slot {}, more than follow-lag-limit ({}): the"
              + " slot was given up. All cached sessions will count as ended, and a full run will"
              + " follow",
          there.get().keptBytes(),
          settings.slot(),
          settings.lagLimit());
      return Optional.empty();
    }
    return there;
  }

  /// Sees to it that the slot and the cache know the same, whatever was missed.
  private void catchUp(
      ReplicationSlot slot,
      Optional<ReplicationSlot.State> there,
      Optional<FollowLog.Progress> progress)
      throws SQLException {
    if (there.isEmpty() || there.get().lost()) {
      LOG.warn(
          "There is no slot {} that remembers what has changed: everything cached counts as ended,"
              + " and a full run follows",
          settings.slot());
      store.revokeEverything();
      if (there.isPresent()) {
        slot.drop();
      }
      slot.create();
      lost(slot.state().orElseThrow());
    } else if (progress.isEmpty() || progress.get().position() < there.get().confirmed()) {
      LOG.warn(
          "Redis has lost what it had acknowledged: everything cached counts as ended, and a full"
              + " run follows");
      lost(there.get());
    } else {
      incomplete |= progress.get().incomplete();
    }
    if (incomplete) {
      startFullRun();
    }
  }

  private void lost(ReplicationSlot.State slot) {
    store.revokeEverything();
    slotState = slot;
    incomplete = true;
    log.write(new FollowLog.Progress(slot.confirmed(), true, Duration.ZERO, time.now()));
  }

  private void startFullRun() {
    if (running.compareAndSet(false, true)) {
      var thread = BackgroundTask.platform("stoker-session-full-run", this::runFully);
      fullRun = thread;
      thread.start();
    }
  }

  private void runFully() {
    try {
      while (!loop.hasEnded()) {
        if (runner.warm(plan).state().isComplete()) {
          incomplete = false;
          return;
        }
        time.pause(RUN_RETRY);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      running.set(false);
    }
  }

  private void follow(
      Connection connection, ReplicationSlot slot, FollowSetup setup, WarmLock.Lease lease)
      throws SQLException, InterruptedException {
    var changed = new JdbcChangedSessions(connection, source, time);
    var format = new PgOutput(setup.followed());
    try (var stream = ReplicationStream.open(database.replication(), settings, format)) {
      var run = new FollowRun(stream, changed, store, log, settings, plan, time);
      current = run;
      change(FollowState.FOLLOWING, "");
      carryOn(run, slot, setup, lease);
    } finally {
      var run = current;
      current = null;
      if (run != null) {
        counts = counts.plus(run.counts());
      }
    }
  }

  private void carryOn(FollowRun run, ReplicationSlot slot, FollowSetup setup, WarmLock.Lease lease)
      throws SQLException, InterruptedException {
    var watched = time.ticks();
    var checked = watched;
    while (!loop.hasEnded()) {
      run.step(TICK, incomplete);
      var now = time.ticks();
      if (now.minus(watched).compareTo(WATCH) >= 0) {
        watched = now;
        // Taken anew: Redis may have lost more than the lease.
        if (lease.renew(LEASE) != Renewal.EXTENDED || watch(slot).isEmpty()) {
          return;
        }
      }
      if (now.minus(checked).compareTo(CHECK) >= 0) {
        checked = now;
        requireComplete(setup);
      }
    }
  }

  /// What happened while a part was missing was not reported: the record goes, so that all counts
  /// as lost once it is there again.
  private void requireComplete(FollowSetup setup) throws SQLException {
    var missing = setup.checks().stream().filter(check -> !check.holds()).findFirst();
    if (missing.isPresent()) {
      log.write(new FollowLog.Progress(0, true, Duration.ZERO, time.now()));
      throw new StokerException(Code.SOURCE_REFUSED, describe(missing.get()), null);
    }
  }
}
