package io.stoker.server.overview;

import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.answers.AnswerEntries;
import io.stoker.answers.AnswerOutcome;
import io.stoker.answers.BatchState;
import io.stoker.answers.QuestionState;
import io.stoker.prompts.LedgerSums;
import io.stoker.prompts.PromptLedger.Range;
import io.stoker.prompts.PromptProvider;
import io.stoker.server.answers.AnswerServices;
import io.stoker.server.overview.CachedProbe.ProbeResult;
import io.stoker.server.overview.OverviewWire.Now;
import io.stoker.server.overview.OverviewWire.Queue;
import io.stoker.server.overview.OverviewWire.Trouble;
import io.stoker.server.prompts.PromptServices;
import io.stoker.server.sessions.SessionServices;
import io.stoker.server.sessions.WarmRun;
import io.stoker.server.settings.AnswerSettingsKeys;
import io.stoker.server.settings.MissingSettingException.Variable;
import io.stoker.server.settings.Settings;
import io.stoker.server.wire.AnswerWire;
import io.stoker.server.wire.PromptWire;
import io.stoker.server.wire.SessionWire;
import io.stoker.sessions.LookupCounts;
import io.stoker.sessions.RunState;
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
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Collects the figures of an [Overview] from cached probes. Thread-safe.
final class OverviewFigures {

  /// TTL of cheap figures, and the interval of refreshes while there are subscribers.
  static final Duration FRESH = Duration.ofSeconds(1);

  /// TTL of expensive figures.
  private static final Duration LESS_OFTEN = Duration.ofSeconds(2);

  /// How long to wait for all probes together.
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  /// The outcomes of runs that are shown as a problem.
  private static final Set<RunState> BAD =
      EnumSet.of(
          RunState.COMPLETED_WITH_FAILURES,
          RunState.TIMED_OUT,
          RunState.SOURCE_UNREACHABLE,
          RunState.CACHE_UNREACHABLE);

  private final Settings settings;
  private final Supplier<SessionServices> sessions;
  private final AnswerServices answers;
  private final PromptServices prompts;
  private final ProviderFailures providerFailures;
  private final Time time;

  private final CachedProbe<Optional<String>> postgres;
  private final CachedProbe<LookupCounts> redis;
  private final CachedProbe<Queue> queue;
  private final CachedProbe<AnswerEntries.Totals> cache;
  private final CachedProbe<LedgerSums> ledger;

  OverviewFigures(
      Settings settings,
      Supplier<SessionServices> sessions,
      AnswerServices answers,
      PromptServices prompts,
      ProviderFailures providerFailures,
      Time time) {
    this.settings = settings;
    this.sessions = sessions;
    this.answers = answers;
    this.prompts = prompts;
    this.providerFailures = providerFailures;
    this.time = time;
    this.postgres =
        new CachedProbe<>("Postgres", LESS_OFTEN, () -> sessions.get().sourceError(), time);
    this.redis = new CachedProbe<>("Redis", FRESH, () -> sessions.get().stats().over(HOUR), time);
    this.queue = new CachedProbe<>("The store of answers", FRESH, this::queue, time);
    this.cache = new CachedProbe<>("The store of answers", LESS_OFTEN, this::cacheTotals, time);
    this.ledger = new CachedProbe<>("The ledger", LESS_OFTEN, this::today, time);
  }

  /// The current figures. Waits at most one second; figures that are late are null.
  ///
  /// @throws InterruptedException if the thread is interrupted while it waits
  Now now() throws InterruptedException {
    var probes = new ArrayList<CachedProbe<?>>(List.of(queue, cache, ledger));
    if (settings.sessionsConfigured()) {
      probes.addAll(List.of(postgres, redis));
    }
    probes.forEach(CachedProbe::start);
    var at = time.now().truncatedTo(ChronoUnit.MILLIS);
    var end = time.ticks().plus(TIMEOUT);
    return new Now(at, sessionsNow(end), answersNow(end), promptsNow(end));
  }

  private <T> ProbeResult<T> await(CachedProbe<T> probe, Duration end) throws InterruptedException {
    return probe.await(end.minus(time.ticks()));
  }

  /// The figures before the first refresh.
  Now unknown(Instant since) {
    return new Now(
        since,
        new OverviewWire.Sessions(
            settings.sessionsConfigured(),
            missing(),
            null,
            HOUR,
            null,
            null,
            null,
            null,
            List.of()),
        new OverviewWire.Answers(null, 0, null, null, DAY, null, null, null, List.of()),
        new OverviewWire.Prompts(day(), null, null, null, null, 0, 0, 0, List.of()));
  }

  /// How many questions this process has answered.
  long answered() {
    return Stream.of(AnswerOutcome.values())
        .filter(outcome -> outcome.state() == QuestionState.COMPLETED)
        .mapToLong(answers.worker()::ended)
        .sum();
  }

  // --- sessions ---

  private OverviewWire.Sessions sessionsNow(Duration end) throws InterruptedException {
    if (!settings.sessionsConfigured()) {
      return new OverviewWire.Sessions(
          false, missing(), null, HOUR, null, null, null, null, List.of());
    }
    var troubles = new ArrayList<Trouble>();
    var source = await(postgres, end);
    source
        .problem()
        .or(() -> Objects.requireNonNullElse(source.value(), Optional.<String>empty()))
        .ifPresent(message -> troubles.add(new Trouble("postgres", message, null)));
    var counts = await(redis, end);
    counts.problem().ifPresent(message -> troubles.add(new Trouble("redis", message, null)));
    var run = sessions.get().runs().newest(1).stream().findFirst();
    run.flatMap(OverviewFigures::trouble).ifPresent(troubles::add);
    var follower = sessions.get().follower();
    if (follower != null && !follower.status().message().isEmpty()) {
      troubles.add(new Trouble("follow", follower.status().text(), null));
    }
    var known = counts.value();
    return new OverviewWire.Sessions(
        true,
        List.of(),
        run.map(SessionWire.Run::of).orElse(null),
        HOUR,
        known == null ? null : known.hits(),
        known == null ? null : known.misses(),
        known == null || known.hitRate().isEmpty() ? null : known.hitRate().getAsDouble(),
        follower == null ? null : SessionWire.Follow.of(settings.sessions().followMode(), follower),
        List.copyOf(troubles));
  }

  private List<String> missing() {
    return settings.missing().stream().map(Variable::name).toList();
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
    var queued = await(queue, end);
    var totals = await(cache, end);
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
        status.inFlight(),
        known == null ? null : known.entries(),
        known == null ? null : known.stale(),
        DAY,
        known == null ? null : known.asks(),
        known == null ? null : known.hits(),
        known == null || known.asks() == 0 ? null : (double) known.hits() / known.asks(),
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
    var sums = await(ledger, end);
    var troubles =
        Stream.concat(
                sums.problem().map(message -> new Trouble("store", message, null)).stream(),
                providerFailures.now().stream())
            .toList();
    var known = sums.value();
    return new OverviewWire.Prompts(
        day(),
        known == null ? null : known.costs().spent(),
        known == null ? null : known.costs().saved(),
        known == null ? null : known.turns(),
        known == null ? null : known.warms(),
        prompts.warmer().scheduled(),
        prompts.warmer().warmsInFlight(),
        prompts.chat().running(),
        troubles);
  }

  /// The sums since midnight, UTC.
  ///
  /// @throws StokerException if the store does not answer
  private LedgerSums today() {
    var midnight = time.now().truncatedTo(ChronoUnit.DAYS);
    return prompts.store().ledger().sums(new Range(midnight, null, null, null, null));
  }

  private String day() {
    return time.now().atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }

  // --- settings ---

  /// @param address the address that the server listens on; null for all
  OverviewWire.Server server(@Nullable String address, Instant since) {
    var policy = prompts.policy();
    return new OverviewWire.Server(
        Overview.class.getPackage().getImplementationVersion(),
        since,
        address,
        settings.sessionsConfigured() ? set(settings.sessions()) : null,
        set(settings.answers()),
        new OverviewWire.PromptsSet(
            prompts.providers().all().stream().map(PromptProvider::name).toList(),
            prompts.providers().defaultModel(),
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
