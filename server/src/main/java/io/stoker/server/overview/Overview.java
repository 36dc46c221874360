package io.stoker.server.overview;

import io.stoker.Loop;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.answers.AnswerEntries;
import io.stoker.answers.AnswerOutcome;
import io.stoker.answers.BatchState;
import io.stoker.answers.QuestionState;
import io.stoker.prompts.LedgerSums;
import io.stoker.prompts.PromptLedger.Range;
import io.stoker.prompts.PromptProvider;
import io.stoker.server.answers.Answers;
import io.stoker.server.overview.CachedProbe.ProbeResult;
import io.stoker.server.overview.OverviewWire.History;
import io.stoker.server.overview.OverviewWire.Now;
import io.stoker.server.overview.OverviewWire.Point;
import io.stoker.server.overview.OverviewWire.Queue;
import io.stoker.server.overview.OverviewWire.Trouble;
import io.stoker.server.overview.OverviewWire.Whole;
import io.stoker.server.prompts.Prompts;
import io.stoker.server.sessions.Sessions;
import io.stoker.server.sessions.WarmRun;
import io.stoker.server.settings.AnswerSettingsKeys;
import io.stoker.server.settings.Settings;
import io.stoker.server.wire.AnswerWire;
import io.stoker.server.wire.PromptWire;
import io.stoker.server.wire.SessionWire;
import io.stoker.sessions.RunState;
import io.stoker.sessions.SessionCounts;
import io.stoker.sessions.SessionSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
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

  /// How long what was found serves, and what lies between two looks while somebody watches.
  private static final Duration FRESH = Duration.ofSeconds(1);

  /// The same of what costs more.
  private static final Duration LESS_OFTEN = Duration.ofSeconds(2);

  /// How long others may take to answer before the rest is told without them.
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  /// Ends of runs that somebody should know of.
  private static final Set<RunState> BAD =
      EnumSet.of(
          RunState.COMPLETED_WITH_FAILURES,
          RunState.TIMED_OUT,
          RunState.SOURCE_UNREACHABLE,
          RunState.CACHE_UNREACHABLE);

  private final Settings settings;
  private final Supplier<Sessions> sessions;
  private final Answers answers;
  private final Prompts prompts;
  private final OverviewWire.Server server;
  private final WarmTroubles warmTroubles;
  private final Time time;

  private final CachedProbe<Optional<String>> postgres;
  private final CachedProbe<SessionCounts> redis;
  private final CachedProbe<Queue> queue;
  private final CachedProbe<AnswerEntries.Totals> cache;
  private final CachedProbe<LedgerSums> ledger;

  /// Held by whoever looks.
  private final ReentrantLock looking = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final OverviewHistory history = new OverviewHistory();
  private final Instant since;
  private final Loop sampler;
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
      Supplier<Sessions> sessions,
      Answers answers,
      Prompts prompts,
      Time time) {
    this.settings = settings;
    this.sessions = sessions;
    this.answers = answers;
    this.prompts = prompts;
    this.time = time;
    this.since = time.now().truncatedTo(ChronoUnit.MILLIS);
    this.server = server(address);
    this.warmTroubles = new WarmTroubles(time);
    this.postgres =
        new CachedProbe<>("Postgres", LESS_OFTEN, () -> sessions.get().sourceTrouble(), time);
    this.redis = new CachedProbe<>("Redis", FRESH, () -> sessions.get().stats().over(HOUR), time);
    this.queue = new CachedProbe<>("The store of answers", FRESH, this::queue, time);
    this.cache = new CachedProbe<>("The store of answers", LESS_OFTEN, this::cacheTotals, time);
    this.ledger = new CachedProbe<>("The ledger", LESS_OFTEN, this::today, time);
    this.sampler = Loop.virtual("stoker-overview", this::sample);
  }

  /// Begins to take points. To be called once.
  public void start() {
    prompts.warmer().listen(warmTroubles);
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
    var now = Objects.requireNonNullElseGet(latest, this::unknown);
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
    time.pause(FRESH);
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
      if (latest == null || time.ticks().minus(latestAt).compareTo(FRESH) >= 0) {
        remember(now());
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
    long answeredByNow = answered();
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

  private long answered() {
    return Stream.of(AnswerOutcome.values())
        .filter(outcome -> outcome.state() == QuestionState.COMPLETED)
        .mapToLong(answers.worker()::ended)
        .sum();
  }

  private Now now() throws InterruptedException {
    var looks = new ArrayList<CachedProbe<?>>(List.of(queue, cache, ledger));
    if (settings.isComplete()) {
      looks.addAll(List.of(postgres, redis));
    }
    looks.forEach(CachedProbe::begin);
    var at = time.now().truncatedTo(ChronoUnit.MILLIS);
    var end = time.ticks().plus(PATIENCE);
    return new Now(at, sessionsNow(end), answersNow(end), promptsNow(end));
  }

  /// What a look has found by the end of all patience.
  private <T> ProbeResult<T> seen(CachedProbe<T> look, Duration end) throws InterruptedException {
    return look.after(end.minus(time.ticks()));
  }

  /// Before anything was looked at.
  private Now unknown() {
    return new Now(
        since,
        new OverviewWire.Sessions(
            settings.isComplete(), missing(), null, HOUR, null, null, null, List.of()),
        new OverviewWire.Answers(null, 0, null, null, DAY, null, null, null, List.of()),
        new OverviewWire.Prompts(day(), null, null, null, null, 0, 0, 0, List.of()));
  }

  // --- sessions ---

  private OverviewWire.Sessions sessionsNow(Duration end) throws InterruptedException {
    if (!settings.isComplete()) {
      return new OverviewWire.Sessions(false, missing(), null, HOUR, null, null, null, List.of());
    }
    var troubles = new ArrayList<Trouble>();
    var source = seen(postgres, end);
    source
        .problem()
        .or(() -> Objects.requireNonNullElse(source.value(), Optional.<String>empty()))
        .ifPresent(message -> troubles.add(new Trouble("postgres", message, null)));
    var counts = seen(redis, end);
    counts.problem().ifPresent(message -> troubles.add(new Trouble("redis", message, null)));
    var run = sessions.get().runs().newest(1).stream().findFirst();
    run.flatMap(Overview::trouble).ifPresent(troubles::add);
    var known = counts.value();
    return new OverviewWire.Sessions(
        true,
        List.of(),
        run.map(SessionWire.Run::of).orElse(null),
        HOUR,
        known == null ? null : known.hits(),
        known == null ? null : known.misses(),
        known == null || known.hitRate().isEmpty() ? null : known.hitRate().getAsDouble(),
        List.copyOf(troubles));
  }

  private List<String> missing() {
    var missing = new ArrayList<String>();
    if (settings.databaseUrl() == null) {
      missing.add("DATABASE_URL");
    }
    if (settings.redisUrl() == null) {
      missing.add("REDIS_URL");
    }
    return missing;
  }

  private static Optional<Trouble> trouble(WarmRun run) {
    var report = run.report();
    if (report == null || !BAD.contains(report.state())) {
      return Optional.empty();
    }
    var words = "The last run is " + report.state().label().replace('-', ' ');
    var why = report.message().isEmpty() ? "" : ". " + report.message();
    return Optional.of(new Trouble("run", words + why, run.endedAt()));
  }

  // --- answers ---

  private OverviewWire.Answers answersNow(Duration end) throws InterruptedException {
    var troubles = new ArrayList<Trouble>();
    var queued = seen(queue, end);
    var totals = seen(cache, end);
    queued
        .problem()
        .or(totals::problem)
        .ifPresent(message -> troubles.add(new Trouble("store", message, null)));
    var status = answers.worker().status();
    var wait = status.waiting();
    if (wait != null) {
      troubles.add(new Trouble("pipeline", sentence(wait.message(time.now())), null));
    }
    var known = totals.value();
    return new OverviewWire.Answers(
        queued.value(),
        status.inHand(),
        known == null ? null : known.entries(),
        known == null ? null : known.stale(),
        DAY,
        known == null ? null : known.asked(),
        known == null ? null : known.hits(),
        known == null || known.asked() == 0 ? null : (double) known.hits() / known.asked(),
        List.copyOf(troubles));
  }

  private static String sentence(String words) {
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  private Queue queue() {
    var queue = answers.store().queue();
    var open = queue.open();
    var all = open.all();
    var newest = queue.batches(null, 1, null).items();
    return new Queue(
        (int) all.batches(),
        (int) open.in(BatchState.PAUSED).batches(),
        all.counts().total(),
        all.counts().processed(),
        all.counts().completed(),
        all.counts().failed(),
        newest.isEmpty() ? null : AnswerWire.Batch.of(newest.getFirst(), time.now()));
  }

  private AnswerEntries.Totals cacheTotals() {
    var now = time.now();
    return answers.store().entries().totals(now.minus(DAY), now);
  }

  // --- prompts ---

  private OverviewWire.Prompts promptsNow(Duration end) throws InterruptedException {
    var sums = seen(ledger, end);
    var troubles =
        Stream.concat(
                sums.problem().map(message -> new Trouble("store", message, null)).stream(),
                warmTroubles.now().stream())
            .toList();
    var known = sums.value();
    return new OverviewWire.Prompts(
        day(),
        known == null ? null : known.money().spent(),
        known == null ? null : known.money().saved(),
        known == null ? null : known.turns(),
        known == null ? null : known.pings(),
        prompts.warmer().armed(),
        prompts.warmer().warmsInFlight(),
        prompts.chat().running(),
        troubles);
  }

  /// Of the day that began at midnight, UTC.
  ///
  /// @throws StokerException if the store does not answer
  private LedgerSums today() {
    var midnight = time.now().truncatedTo(ChronoUnit.DAYS);
    return prompts.store().ledger().sums(new Range(midnight, null, null, null, null));
  }

  private String day() {
    return time.now().atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }

  // --- what is set ---

  private OverviewWire.Server server(@Nullable String address) {
    var policy = prompts.policy();
    return new OverviewWire.Server(
        Overview.class.getPackage().getImplementationVersion(),
        since,
        address,
        settings.isComplete() ? set(settings.sessions()) : null,
        set(settings.answers()),
        new OverviewWire.PromptsSet(
            prompts.providers().all().stream().map(PromptProvider::name).toList(),
            prompts.providers().standardModel(),
            PromptWire.label(policy.mode()),
            settings.prompts().interval(),
            policy.dailyBudget(),
            policy.warmsPerMinute()));
  }

  private static OverviewWire.SessionsSet set(SessionSettings sessions) {
    return new OverviewWire.SessionsSet(
        SessionWire.Plan.of(sessions.plan()),
        sessions.mapping(),
        sessions.namespace(),
        sessions.warmAtStart(),
        sessions.keepWarm(),
        sessions.lookEvery());
  }

  private static OverviewWire.AnswersSet set(AnswerSettingsKeys answers) {
    return new OverviewWire.AnswersSet(
        answers.database() == null ? "folder" : "postgres",
        answers.answersBy(),
        answers.model(),
        answers.embeddings(),
        answers.similar());
  }
}
