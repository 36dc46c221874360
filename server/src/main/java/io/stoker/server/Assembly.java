package io.stoker.server;

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
import io.stoker.server.settings.Settings;
import io.stoker.server.telemetry.Tracing;
import io.stoker.sessions.InMemorySessions;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionKeeper;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionSource;
import io.stoker.sessions.SessionStats;
import io.stoker.sessions.SessionTarget;
import io.stoker.sessions.SessionWarmer;
import io.stoker.state.StateDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// How all parts meet. Closes what it has opened. Confined to one thread; its parts are not.
public final class Assembly implements AutoCloseable {

  /// How much longer than the longest query an answer may take before a connection counts as dead.
  private static final Duration MARGIN = Duration.ofMinutes(1);

  /// The note that says that the corpus is not new any more.
  private static final String CORPUS = "corpus";

  /// Two at least, so that one that hangs does not stop all.
  private static final int READING = Math.max(2, Runtime.getRuntime().availableProcessors() / 2);

  private static final int READING_WAITING = 64;
  private static final Duration LONGEST_READING = Duration.ofSeconds(30);

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

  /// For a command: estimates, and needs Postgres only.
  public SessionWarmer estimator() {
    var nowhere = new InMemorySessions(time);
    var source = source(settings.requireDatabase().dataSource(MARGIN.multipliedBy(2)));
    return new SessionWarmer(source, nowhere.store(), nowhere.lock(), time);
  }

  /// For a command: what all processes counted, and needs Redis only.
  public SessionStats stats() {
    return redis().stats();
  }

  /// For commands and servers: where tokens are kept.
  public TokenStore tokens() {
    var file = settings.tokensFile();
    return file == null ? TokenStore.in(access()) : file;
  }

  /// For a server: who may call, as far as the state database knows.
  AccessStore access() {
    if (access == null) {
      access = AccessStore.on(state());
      opened.push(access::close);
    }
    return access;
  }

  /// For a command: warms by this plan.
  public SessionWarmer warmer(SessionPlan plan) {
    settings.requireSessionsConfigured();
    var source = source(settings.requireDatabase().dataSource(plan.deadline().plus(MARGIN)));
    var redis = redis();
    return new SessionWarmer(source, target(redis), redis.lock(), time);
  }

  /// For a server: all of it, begun; refuses each use with [MissingSettingException] if an address
  /// is missing.
  Supplier<SessionServices> sessions(SessionEvents observer) {
    if (!settings.sessionsConfigured()) {
      return this::refuse;
    }
    var longest = settings.sessions().plan().deadline().plus(RedisSessions.MAX_AGE);
    var database = settings.requireDatabase();
    var pool = database.pool(MARGIN, opened::push);
    var redis = redis();
    // A run has a connection of its own, since it hangs up on Postgres when it is stopped.
    var runSource = source(database.dataSource(longest.plus(MARGIN)));
    var warmer = new SessionWarmer(runSource, target(redis), redis.lock(), time);
    var runs = new SessionRuns(warmer, observer, time);
    var upkeep = new AutomaticWarming(runs, settings.sessions().warmAtStart());
    var keeper = new SessionKeeper(upkeep, redis.lock(), settings.sessions().keeper(), time);
    opened.push(keeper::close);
    opened.push(runs::close);
    keeper.start();
    var sessions =
        new SessionServices(
            settings.sessions(),
            runs,
            warmer,
            source(pool),
            redis.store(),
            redis.lock(),
            redis.stats());
    return () -> sessions;
  }

  /// For a server: queue, worker and cache of answers, begun.
  ///
  /// @throws InvalidValueException if another server has the data folder
  AnswerServices answers() {
    var store = store();
    fill(store);
    var answerSettings = new StoredAnswerSettings(store, time);
    var encoder = settings.answers().encoder();
    var pipeline = tracing.watch(settings.answers().pipeline(store, encoder, time));
    var similar = settings.answers().similar() ? encoder : null;
    var cache = new AnswerCache(store, pipeline, answerSettings, time, similar);
    var signal = signal();
    var worker = new AnswerWorker(store, cache, signal, answerSettings, time);
    var retention = settings.answers().retention();
    var maintenance = new AnswerMaintenance(store, cache, signal, answerSettings, retention, time);
    var feed = new AnswerFeed(store.log());
    opened.push(signal::close);
    opened.push(maintenance::close);
    opened.push(worker::close);
    opened.push(feed::close);
    worker.start();
    maintenance.start();
    var reading = new CpuWorkPool("stoker-reading", READING, READING_WAITING, LONGEST_READING);
    opened.push(reading::close);
    return new AnswerServices(
        settings.answers().limits(),
        settings.answers().quotas(),
        answerSettings,
        store,
        cache,
        worker,
        maintenance,
        signal,
        feed,
        reading);
  }

  /// For a server: conversations, their turns and their warming, begun.
  PromptServices prompts() {
    var providers = settings.prompts().providers(tracing::watch, time);
    var setup = settings.prompts().settings();
    var store = PromptStore.on(state());
    opened.push(store::close);
    var warmer = new PromptWarmer(store, providers, setup, time);
    opened.push(warmer::close);
    var chat = new PromptChat(warmer, store, providers, setup, time);
    opened.push(chat::close);
    return new PromptServices(store, providers, setup.policy(), warmer, chat);
  }

  private AnswerStore store() {
    boolean isShared = settings.answers().database() != null;
    var redis = settings.redisUrl();
    var store =
        isShared && redis != null
            ? AnswerStore.on(state(), redis.answerCache("stoker:", time, opened::push), time)
            : AnswerStore.on(state(), time);
    opened.push(store::close);
    return store;
  }

  /// Where all that must survive is kept; opened when it is first asked for.
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
    var folder = DataFolder.take(Path.of(settings.answers().data()));
    opened.push(folder::close);
    return StateDatabase.sqlite(folder.database());
  }

  /// Gives a new corpus something to answer from; one that was emptied stays empty.
  private void fill(AnswerStore store) {
    boolean wanted = settings.answers().sampleCorpus() && settings.answers().answersFromDocuments();
    if (wanted && store.note(CORPUS).isEmpty()) {
      if (store.documents().all().isEmpty()) {
        SampleCorpus.addTo(store.documents());
      }
      store.note(CORPUS, "begun");
    }
  }

  /// Wakes the workers of all servers that share a Postgres, if a Redis is there to do it.
  private WakeSignal signal() {
    if (settings.redisUrl() == null || settings.answers().database() == null) {
      return WakeSignal.inProcess();
    }
    return settings.redisUrl().signal("stoker:", time, opened::push);
  }

  private SessionServices refuse() {
    settings.requireSessionsConfigured();
    throw new IllegalStateException("complete settings are no reason to refuse");
  }

  private SessionSource source(DataSource dataSource) {
    return SessionSource.jdbc(dataSource, settings.mapping(), time);
  }

  private RedisSessions redis() {
    return settings.requireRedis().sessions(settings.sessions().namespace(), time, opened::push);
  }

  private SessionTarget target(RedisSessions redis) {
    return settings.sessions().isSpring()
        ? redis.springSessions(settings.sessions().springNamespace())
        : redis.store();
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
  }
}
