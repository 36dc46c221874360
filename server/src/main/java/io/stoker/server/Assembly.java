package io.stoker.server;

import io.stoker.BackgroundTask;
import io.stoker.CpuWorkPool;
import io.stoker.Time;
import io.stoker.access.AccessStore;
import io.stoker.answers.AnswerCache;
import io.stoker.answers.AnswerFeed;
import io.stoker.answers.AnswerMaintenance;
import io.stoker.answers.AnswerStore;
import io.stoker.answers.AnswerWorker;
import io.stoker.answers.WakeSignal;
import io.stoker.answers.rag.SampleCorpus;
import io.stoker.prompts.PromptChat;
import io.stoker.prompts.PromptStore;
import io.stoker.prompts.PromptWarmer;
import io.stoker.server.access.TokenStore;
import io.stoker.server.answers.AnswerServices;
import io.stoker.server.answers.StoredAnswerSettings;
import io.stoker.server.prompts.PromptServices;
import io.stoker.server.sessions.AutomaticWarming;
import io.stoker.server.sessions.SessionRuns;
import io.stoker.server.sessions.SessionServices;
import io.stoker.server.settings.DatabaseUrl;
import io.stoker.server.settings.MissingSettingException;
import io.stoker.server.settings.Settings;
import io.stoker.server.telemetry.Tracing;
import io.stoker.sessions.FollowCheck;
import io.stoker.sessions.FollowLog;
import io.stoker.sessions.FollowMode;
import io.stoker.sessions.FollowSetup;
import io.stoker.sessions.InMemorySessions;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.ReplicationSlot;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionFollower;
import io.stoker.sessions.SessionKeeper;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionStats;
import io.stoker.sessions.SessionWarmer;
import io.stoker.state.StateDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Builds the parts of a command or a server and connects them; closes them in reverse order.
/// Confined to one thread; the parts themselves are not.
public final class Assembly implements AutoCloseable {

  /// Added to the duration of the longest query: a connection silent for longer counts as dead.
  private static final Duration MARGIN = Duration.ofMinutes(1);

  /// The prefix of keys and channels in Redis, except those of sessions.
  private static final String NAMESPACE = "stoker:";

  /// The note in the store that says whether the sample corpus was already considered.
  private static final String CORPUS = "corpus";

  /// At least two, so that one upload that hangs does not block the others.
  private static final int UPLOAD_THREADS =
      Math.max(2, Runtime.getRuntime().availableProcessors() / 2);

  private static final int UPLOAD_QUEUE = 64;
  private static final Duration UPLOAD_TIMEOUT = Duration.ofSeconds(30);

  private final Settings settings;
  private final Tracing tracing;
  private final Time time;
  private final Deque<Runnable> opened = new ArrayDeque<>();
  private @Nullable StateDatabase state;
  private @Nullable AccessStore access;

  /// For a command.
  public Assembly(Settings settings, Time time) {
    this(settings, new Tracing(null), time);
  }

  /// For a server.
  Assembly(Settings settings, Tracing tracing, Time time) {
    this.settings = settings;
    this.tracing = tracing;
    this.time = time;
  }

  // --- sessions ---

  /// For a command: a warmer that only estimates. Needs Postgres, but not Redis.
  public SessionWarmer estimator() {
    var memory = new InMemorySessions(time);
    var source = source(settings.requireDatabase().dataSource(MARGIN.multipliedBy(2)));
    return new SessionWarmer(source, memory.store(), memory.lock(), time);
  }

  /// For a command: the look-up counts of all processes. Needs Redis, but not Postgres.
  public SessionStats stats() {
    return redis().stats();
  }

  /// For a command: a warmer for this plan.
  public SessionWarmer warmer(SessionPlan plan) {
    settings.requireSessionsConfigured();
    var source = source(settings.requireDatabase().dataSource(plan.deadline().plus(MARGIN)));
    var redis = redis();
    return new SessionWarmer(
        source, settings.sessions().target(redis), settings.sessions().lock(redis), time);
  }

  /// For a server: starts everything that concerns sessions. If an address is missing, each call of
  /// the supplier throws [MissingSettingException].
  Supplier<SessionServices> sessions(SessionEvents observer) {
    if (!settings.sessionsConfigured()) {
      return () -> {
        throw new MissingSettingException(settings.missing());
      };
    }
    var longest = settings.sessions().plan().deadline().plus(RedisSessions.MAX_AGE);
    var database = settings.requireDatabase();
    var pool = database.pool(MARGIN, opened::push);
    var redis = redis();
    // A run has a connection of its own, because cancelling a run closes its connection.
    var runSource = source(database.dataSource(longest.plus(MARGIN)));
    var warmer =
        new SessionWarmer(
            runSource, settings.sessions().target(redis), settings.sessions().lock(redis), time);
    var runs = new SessionRuns(warmer, observer, time);
    var warming = new AutomaticWarming(runs, settings.sessions().warmAtStart());
    var keeper =
        new SessionKeeper(
            warming, settings.sessions().lock(redis), settings.sessions().keeper(), time);
    opened.push(keeper::close);
    opened.push(runs::close);
    keeper.start();
    var follower = follower(database, redis, new AutomaticWarming(runs, false));
    var sessions =
        new SessionServices(
            settings.sessions(),
            runs,
            warmer,
            source(pool),
            redis.store(),
            settings.sessions().lock(redis),
            redis.stats(),
            follower);
    BackgroundTask.start("stoker-session-check", sessions::logSourceError);
    return () -> sessions;
  }

  private @Nullable SessionFollower follower(
      DatabaseUrl database, RedisSessions redis, SessionKeeper.Runner runner) {
    var configured = settings.sessions();
    if (configured.followMode() == FollowMode.OFF) {
      return null;
    }
    var followed =
        new SessionFollower.Database(
            database.dataSource(MARGIN), database.replication(MARGIN), settings.mapping());
    var follower =
        new SessionFollower(
            followed, redis, runner, configured.followSettings(), configured.plan(), time);
    opened.push(follower::close);
    follower.start();
    return follower;
  }

  /// For a command: what following needs in Postgres.
  public List<FollowCheck> followChecks() {
    var sessions = settings.sessions();
    return FollowSetup.checks(
        settings.requireDatabase().dataSource(MARGIN),
        sessions.followedTables(),
        sessions.followSettings());
  }

  /// For a command: the slot in Postgres, if there is one.
  public Optional<ReplicationSlot.State> followSlot() {
    return ReplicationSlot.state(
        settings.requireDatabase().dataSource(MARGIN), settings.sessions().followSlot());
  }

  /// For a command: the shared state of the nodes that follow Postgres; needs Redis only.
  public FollowLog followLog() {
    return redis().followLog();
  }

  private SessionSource source(DataSource dataSource) {
    return SessionSource.jdbc(dataSource, settings.mapping(), time);
  }

  private RedisSessions redis() {
    return settings.requireRedis().sessions(settings.sessions().namespace(), time, opened::push);
  }

  // --- answers ---

  /// For a server: starts the worker, the cache and the queue of answers.
  ///
  /// @throws InvalidValueException if another server uses the data folder
  AnswerServices answers() {
    var store = answerStore();
    addSampleCorpus(store);
    var live = new StoredAnswerSettings(store, time);
    var encoder = settings.answers().encoder();
    var pipeline = tracing.traced(settings.answers().pipeline(store, encoder, time));
    var similar = settings.answers().similar() ? encoder : null;
    var cache = new AnswerCache(store, pipeline, live, time, similar);
    var signal = answerSignal();
    var worker = new AnswerWorker(store, cache, signal, live, time);
    var retention = settings.answers().retention();
    var keeper = new AnswerMaintenance(store, cache, signal, live, retention, time);
    var feed = new AnswerFeed(store.log());
    opened.push(signal::close);
    opened.push(keeper::close);
    opened.push(worker::close);
    opened.push(feed::close);
    worker.start();
    keeper.start();
    var uploads = new CpuWorkPool("stoker-uploads", UPLOAD_THREADS, UPLOAD_QUEUE, UPLOAD_TIMEOUT);
    opened.push(uploads::close);
    return new AnswerServices(
        settings.answers().limits(),
        settings.answers().quotas(),
        live,
        store,
        cache,
        worker,
        keeper,
        signal,
        feed,
        uploads);
  }

  private AnswerStore answerStore() {
    boolean isShared = settings.answers().database() != null;
    var redis = settings.redisUrl();
    var store =
        isShared && redis != null
            ? AnswerStore.on(state(), redis.answerCache(NAMESPACE, time, opened::push), time)
            : AnswerStore.on(state(), time);
    opened.push(store::close);
    return store;
  }

  /// Adds the sample documents to a new corpus; a corpus that a user has emptied stays empty.
  private void addSampleCorpus(AnswerStore store) {
    boolean isEnabled =
        settings.answers().sampleCorpus() && settings.answers().answersFromDocuments();
    if (isEnabled && store.note(CORPUS).isEmpty()) {
      if (store.documents().all().isEmpty()) {
        SampleCorpus.addTo(store.documents());
      }
      store.note(CORPUS, "begun");
    }
  }

  /// Wakes the workers of all servers that share a Postgres, if Redis is configured.
  private WakeSignal answerSignal() {
    var redis = settings.redisUrl();
    return redis == null || settings.answers().database() == null
        ? WakeSignal.inProcess()
        : redis.signal(NAMESPACE, time, opened::push);
  }

  // --- prompts ---

  /// For a server: builds conversations, their turns and their warming, which [Server] starts.
  PromptServices prompts() {
    var providers = settings.prompts().providers(tracing::traced, time);
    var promptSettings = settings.prompts().settings();
    var store = PromptStore.on(state());
    opened.push(store::close);
    var warmer = new PromptWarmer(store, providers, promptSettings, time);
    opened.push(warmer::close);
    var chat = new PromptChat(warmer, store, providers, promptSettings, time);
    opened.push(chat::close);
    return new PromptServices(store, providers, promptSettings.policy(), warmer, chat);
  }

  // --- tokens and state ---

  /// For commands and servers: the token file, or the state database if no file is configured.
  public TokenStore tokens() {
    var file = settings.tokensFile();
    return file == null ? TokenStore.in(access()) : file;
  }

  /// For a server: tokens and sign-outs in the state database.
  AccessStore access() {
    if (access == null) {
      access = AccessStore.on(state());
      opened.push(access::close);
    }
    return access;
  }

  /// The database for everything that must survive a restart; opened on first use.
  private StateDatabase state() {
    if (state == null) {
      state = openState();
      opened.push(state::close);
    }
    return state;
  }

  private StateDatabase openState() {
    var database = settings.answers().database();
    if (database != null) {
      return StateDatabase.postgres(database.pool(MARGIN, opened::push));
    }
    var folder = DataFolder.lock(Path.of(settings.answers().data()));
    opened.push(folder::close);
    return StateDatabase.sqlite(folder.database());
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
  }
}
