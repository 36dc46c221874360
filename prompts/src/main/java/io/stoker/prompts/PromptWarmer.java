package io.stoker.prompts;

import io.stoker.CallException;
import io.stoker.Loop;
import io.stoker.StokerException;
import io.stoker.Task;
import io.stoker.Time;
import io.stoker.prompts.PromptProviders.Choice;
import io.stoker.prompts.PromptSchedule.Ask;
import io.stoker.prompts.PromptSchedule.Step;
import io.stoker.prompts.Warming.Activity;
import io.stoker.prompts.Warming.Rest;
import io.stoker.prompts.WarmingEvent.ClockJumped;
import io.stoker.prompts.WarmingEvent.Closed;
import io.stoker.prompts.WarmingEvent.Hinted;
import io.stoker.prompts.WarmingEvent.LookAgain;
import io.stoker.prompts.WarmingEvent.Restored;
import io.stoker.prompts.WarmingEvent.SetEnabled;
import io.stoker.prompts.WarmingEvent.SetInterval;
import io.stoker.prompts.WarmingEvent.SetMode;
import io.stoker.prompts.WarmingEvent.TimerRang;
import io.stoker.prompts.WarmingEvent.TurnSettled;
import io.stoker.prompts.WarmingEvent.TurnStarted;
import io.stoker.prompts.WarmingEvent.WarmAsked;
import io.stoker.prompts.policy.AdaptivePolicy;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import io.stoker.prompts.policy.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the prompt caches of providers warm, for every conversation that wants it.
///
/// What happens to a conversation is handled one event at a time, in order of arrival:
/// [PromptSchedule] decides, the state is saved, the timer is set or unset, the provider is asked,
/// and listeners are told last. What the provider answers comes back as an event. In memory are
/// only conversations in which something is going on or a timer is set.
///
/// Of several processes that share a store, the one that was told of a conversation last has it,
/// and nobody else warms it; [PromptLeases] has the rules. What a process that died had is adopted
/// by the others. Thread-safe.
public final class PromptWarmer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PromptWarmer.class);
  private static final Duration TICK = Duration.ofMillis(20);

  /// How often the clock is looked at, and what could not be saved is tried again.
  private static final Duration ROUND = Duration.ofSeconds(1);

  /// After how many of these what was learned is saved, and what other processes have spent is
  /// looked up.
  private static final int ROUNDS_UNTIL_KEPT = 30;

  /// After how many of these unused conversations are deleted, and how many at a time.
  private static final int ROUNDS_UNTIL_DELETED = 60;

  private static final int MOST_DELETED = 500;

  /// How long somebody waits at most until an event is handled. Events of a conversation are
  /// handled within the store's own limits, unless that hangs.
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /// How often a conversation is taken over anew for the sake of one wish.
  private static final int MOST_TRIES = 3;

  /// How far the wall clock may move by itself between two looks.
  private static final Duration DRIFT = Duration.ofMillis(500);

  private final PromptStore store;
  private final PromptSharing sharing;
  private final PromptProviders providers;
  private final PromptSettings settings;
  private final Time time;
  private final WarmTimers timers;
  private final AdaptivePolicy policy = new AdaptivePolicy();
  private final WarmBudgets budgets;
  private final WarmAdvisor advisor;
  private final ConversationQuota quota;
  private final ReentrantLock deleting = new ReentrantLock();
  private final WarmCalls calls;
  private final AtomicInteger awaited = new AtomicInteger();
  private final AtomicReference<LedgerSums> sums = new AtomicReference<>(LedgerSums.NONE);
  private final ConcurrentHashMap<String, LiveConversation> lives = new ConcurrentHashMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Loop loop;

  // Confined to the loop.
  private int rounds;
  private Duration offset = Duration.ZERO;

  /// Warms nothing before it is [started][#start()].
  public PromptWarmer(
      PromptStore store, PromptProviders providers, PromptSettings settings, Time time) {
    this.store = store;
    this.sharing = new PromptSharing(store, new Here());
    this.providers = providers;
    this.settings = settings;
    this.time = time;
    this.timers = new WarmTimers(TICK, time, this::rang);
    this.budgets = new WarmBudgets(settings.policy(), store.ledger(), time);
    this.advisor = new WarmAdvisor(providers, settings.policy(), policy, budgets);
    this.quota = new ConversationQuota(store, settings.limits(), time);
    this.calls = new WarmCalls(store, providers, settings, timers, advisor, budgets, time);
    this.loop = Loop.virtual("stoker-prompts", this::goRound);
  }

  /// Is told of conversations that have changed.
  public interface Listener {

    /// Once for each transition, in order for each conversation. Must not block.
    void changed(Conversation conversation);

    /// Once when another process has taken a conversation over with which something was going on
    /// here. Must not block.
    default void lost(String id) {}

    /// Whether it wants to be told of a conversation that another process has: that one's
    /// transitions are looked for every second, and several may be told as one.
    default boolean watches(String id) {
      return false;
    }
  }

  /// What a warm that somebody asked for came to.
  ///
  /// @param usage what it cost
  /// @param after the conversation behind it
  public record Warmed(Usage usage, Conversation after) {}

  /// What has been done since the start of this process.
  ///
  /// @param warmed warms that succeeded
  /// @param failed warms that were tried and failed
  /// @param readTokens read from caches by warms
  /// @param writtenTokens written to caches by warms
  public record Totals(long warmed, long failed, long readTokens, long writtenTokens) {}

  /// Adds a listener.
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /// Sets the timers of all conversations that want to be warmed and that nobody else has, as the
  /// store has them.
  ///
  /// @throws StokerException if the store does not answer
  public void start() {
    policy.learn(store.learned());
    timers.start();
    offset = offset();
    loop.start();
    sharing.start();
  }

  private void rearm(Conversation kept) {
    var conversation = restored(kept, ThreadLocalRandom.current().nextDouble());
    if (conversation.warming().nextWarmAt() == null && horizon(conversation) == null) {
      return; // shown as cold when somebody looks
    }
    var live = new LiveConversation(conversation);
    if (lives.putIfAbsent(conversation.id(), live) == null) {
      arm(live, conversation);
    }
  }

  private Conversation restored(Conversation kept, double luck) {
    return kept.with(after(kept, new Restored(terms(kept), luck), time.now()).state());
  }

  private Step after(Conversation conversation, WarmingEvent event, Instant now) {
    return PromptSchedule.after(
        conversation.warming(), event, now, (state, at) -> advice(conversation.with(state), at));
  }

  /// A policy that fails wants nothing: a warm that nobody has thought about may cost any amount.
  private Advice advice(Conversation conversation, Instant at) {
    try {
      return advisor.advise(conversation, at);
    } catch (RuntimeException | Error e) {
      LOG.error("What the policy wants of conversation {} is not known", conversation.id(), e);
      return new Advice.Not(Rest.NOT_WORTH_IT, "the policy failed; the log says why");
    }
  }

  private @Nullable Instant horizon(Conversation conversation) {
    try {
      return advisor.horizon(conversation);
    } catch (RuntimeException | Error e) {
      LOG.error("How long conversation {} is waited for is not known", conversation.id(), e);
      return null;
    }
  }

  private CacheTerms terms(Conversation conversation) {
    var idle = conversation.warming().idle();
    try {
      return providers
          .find(conversation.model())
          .map(choice -> choice.terms(idle == null ? null : idle.tier()))
          .orElse(CacheTerms.UNKNOWN);
    } catch (RuntimeException | Error e) {
      LOG.error("The provider of {} does not say its terms", conversation.model(), e);
      return CacheTerms.UNKNOWN;
    }
  }

  /// A conversation as it stands now; one that nobody knows is off.
  ///
  /// @throws StokerException if the store does not answer
  public Conversation conversation(String id) {
    var live = lives.get(id);
    var known = live == null ? null : live.conversation();
    return known == null ? load(id) : known;
  }

  /// Looks at a conversation in the order of its changes: listeners have been told of all that the
  /// viewer sees, and are told afterwards of all that it does not see. Returns when it has seen it.
  ///
  /// @param viewer must not block
  /// @throws StokerException if the store does not answer
  public void look(String id, Consumer<Conversation> viewer) {
    await(new Mail(viewer), id);
  }

  private Conversation load(String id) {
    return store.find(id).map(kept -> restored(kept, 0)).orElseGet(() -> unknown(id));
  }

  /// A conversation that nobody has done anything with, and so has not been saved.
  public Conversation unknown(String id) {
    return new Conversation(id, "", "", Warming.off(settings.interval()));
  }

  /// Gives a conversation that nobody has done anything with to a tenant; any other stays whose it
  /// is. Of two tenants that claim the same one at the same time, one gets it.
  ///
  /// @return the conversation, with the tenant that has it now
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation claim(String id, String tenant) {
    var known = conversation(id);
    var unknown = unknown(id);
    return known.equals(unknown)
        ? await(changing(null, ConversationChange.claim(tenant, unknown)), id)
        : known;
  }

  /// Conversations that were ever saved, by id.
  ///
  /// @param onlyEnabled whether to leave out those whose warming is not wanted
  /// @param after the id that the page before ended with; null for the first page
  public List<Conversation> list(boolean onlyEnabled, int limit, @Nullable String after) {
    return store.list(onlyEnabled, limit, after).stream()
        .map(kept -> {
          var live = lives.get(kept.id());
          var known = live == null ? null : live.conversation();
          return known == null ? restored(kept, 0) : known;
        })
        .toList();
  }

  /// Wants warming, or does not.
  ///
  /// @param on null for the other of what it is
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setEnabled(String id, @Nullable Boolean on) {
    return await(new Mail(new SetEnabled(on)), id);
  }

  /// Wants another interval.
  ///
  /// @throws IllegalArgumentException unless it is 1 second to 24 hours
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setInterval(String id, Duration interval) {
    Warming.checkInterval(interval);
    return await(new Mail(new SetInterval(interval)), id);
  }

  /// Remembers which folder a conversation is about.
  ///
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setCwd(String id, String cwd) {
    return await(changing(null, new ConversationChange(null, cwd, null, null)), id);
  }

  /// Wants another mode.
  ///
  /// @param mode null for as its tenant wants it, or all
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setMode(String id, @Nullable PolicyMode mode) {
    return await(new Mail(new SetMode(mode)), id);
  }

  /// Limits what its warms may cost on a day (UTC).
  ///
  /// @param micros in micro-dollars; null for any amount
  /// @throws IllegalArgumentException if it is negative
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setDailyBudget(String id, @Nullable Long micros) {
    var budget = new ConversationChange.Budget(micros);
    return await(changing(new LookAgain(), new ConversationChange(null, null, null, budget)), id);
  }

  /// Is told what somebody knows about when the user comes back. It holds until the next turn.
  ///
  /// @param stop why the model stopped; null if that is not said
  /// @param focused whether the user looks at the conversation; null if that is not said
  /// @throws StokerException if it could not be saved
  public Conversation hint(String id, @Nullable StopReason stop, @Nullable Boolean focused) {
    return await(new Mail(new Hinted(stop, focused)), id);
  }

  private static Mail changing(@Nullable WarmingEvent event, ConversationChange change) {
    return new Mail(event, null, change, null);
  }

  /// Warms now, whether or not warming is wanted. Waits for the warm that is in flight, if one is.
  ///
  /// @param model the full name; null for the conversation's
  /// @throws WarmRefusedException if there is nothing to warm or a turn is going on
  /// @throws CallException if the provider did not do it
  /// @throws StokerException if the store does not answer
  public Warmed warm(String id, @Nullable String model) throws InterruptedException {
    var known = conversation(id);
    var wanted = model == null || model.isEmpty() ? known.model() : model;
    var choice =
        providers
            .find(wanted)
            .orElseThrow(() -> new WarmRefusedException("unknown model: " + wanted));
    if (known.warming().activity() != Activity.GENERATING && store.history(id, 0).isEmpty()) {
      throw new WarmRefusedException("no history");
    }
    var idle = known.warming().idle();
    var asked = new WarmAsked(choice.terms(idle == null ? null : idle.tier()));
    var mail = new Mail(asked, choice.fullName(), ConversationChange.NONE, null);
    post(id, mail);
    try {
      mail.done().get(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
      var result = Objects.requireNonNull(mail.call()).result();
      var patience = settings.warmTimeout().plus(LONGEST_WAIT);
      return result.get(patience.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw rethrown(e);
    } catch (TimeoutException _) {
      throw tookTooLong(id);
    }
  }

  /// Which tier of the cache a turn is to ask for; null for the provider's usual one.
  ///
  /// @param promptCharacters how much is said in it
  @Nullable Tier tier(String id, Choice choice, long promptCharacters) {
    return advisor.tier(conversation(id), choice, promptCharacters, time.now());
  }

  /// Begins a turn.
  ///
  /// @param tier of the cache that it asks for; null for the provider's usual one
  /// @param cwd the folder it is about; null for the conversation's
  /// @param tenant who the conversation belongs to; null for who it belongs to already
  /// @throws TurnRefusedException if one is going on
  /// @throws StokerException if it could not be saved; nothing has changed then
  Conversation turnStarted(
      String id,
      Choice choice,
      @Nullable Tier tier,
      @Nullable String cwd,
      @Nullable String tenant) {
    var change = new ConversationChange(choice.fullName(), cwd, tenant, null);
    var mail = changing(new TurnStarted(choice.terms(tier)), change);
    try {
      return await(mail, id);
    } catch (StokerException e) {
      // Should it begin after all, nobody takes the turn: it ends at once.
      var _ = mail.done().thenRun(() -> turnSettled(id, new TurnSettled(null, null), () -> {}));
      throw e;
    }
  }

  /// Whether a turn is going on.
  boolean isGenerating(String id) {
    var live = lives.get(id);
    var known = live == null ? null : live.conversation();
    return known != null && known.warming().activity() == Activity.GENERATING;
  }

  /// Ends a turn.
  ///
  /// @param last is run when all have been told
  void turnSettled(String id, TurnSettled settled, Runnable last) {
    post(id, new Mail(settled, null, ConversationChange.NONE, last));
  }

  /// Ends warming, because the conversation is closed.
  ///
  /// @throws StokerException if that could not be saved; it is ended nevertheless
  void closed(String id) {
    await(new Mail(new Closed()), id);
  }

  /// Deletes a conversation with its history and its warms; a warm in flight is broken off. Its
  /// lines in the ledger, which hold nothing of what was said, stay.
  ///
  /// @throws TurnRefusedException if a turn is going on
  /// @throws StokerException if it could not be deleted, or only a part; the next call goes on
  void delete(String id) {
    await(Mail.deletion(), id);
  }

  /// How many conversations have a timer that is set.
  public int armed() {
    // A warm has a timer that ends it.
    return Math.max(0, timers.size() - calls.inFlight() - awaited.get());
  }

  /// How many conversations are in memory.
  public int inMemory() {
    return lives.size();
  }

  /// How many warms are in flight.
  public int warmsInFlight() {
    return calls.inFlight();
  }

  /// What has been done since the start of this process.
  public Totals totals() {
    return calls.totals();
  }

  /// What this process has added to the ledger, in sum.
  public LedgerSums sums() {
    return sums.get();
  }

  /// What warms have cost today (UTC), with what is set aside for those in flight, in
  /// micro-dollars.
  public long spentToday() {
    return budgets.spentToday();
  }

  /// The same for a tenant.
  public long spentToday(String tenant) {
    return budgets.spentToday(tenant);
  }

  /// How many warms wait for others, or for the next minute.
  public int warmsWaiting() {
    return calls.waiting();
  }

  private Conversation await(Mail mail, String id) {
    post(id, mail);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return mail.done().get(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
          interrupted = true; // it is being saved; whether it worked is worth knowing
        } catch (ExecutionException e) {
          throw rethrown(e);
        } catch (TimeoutException _) {
          throw tookTooLong(id);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static StokerException tookTooLong(String id) {
    return new StokerException(
        StokerException.Code.SOURCE_UNREACHABLE,
        "Conversation "
            + id
            + " was to be changed, and was not within "
            + LONGEST_WAIT.toSeconds()
            + " s; it may still be. Does the store answer? The log says more",
        null);
  }

  private static RuntimeException rethrown(ExecutionException e) {
    if (e.getCause() instanceof RuntimeException cause) {
      return cause;
    }
    return new IllegalStateException("an event could not be handled", e.getCause());
  }

  private void post(String id, Mail mail) {
    boolean taken = false;
    while (!taken) {
      var live = lives.computeIfAbsent(id, LiveConversation::new);
      switch (live.post(mail)) {
        case QUEUED -> taken = true;
        case FIRST -> {
          taken = true;
          Task.start("stoker-conversation", () -> handleAll(live));
        }
        case GONE -> lives.remove(id, live);
      }
    }
  }

  private void handleAll(LiveConversation live) {
    for (var mail = live.next(); mail != null; mail = live.next()) {
      try {
        handle(live, mail);
      } catch (Throwable e) { // this writer goes on, whatever it is
        if (!(e instanceof StokerException
            || e instanceof ConversationTakenException
            || e instanceof TurnRefusedException
            || e instanceof WarmRefusedException
            || e instanceof PromptLimitException)) {
          LOG.error("An event of conversation {} could not be handled", live.id(), e);
        }
        stopHalfDone(live, mail, e);
        mail.fail(e);
      }
    }
    if (live.isGone()) {
      lives.remove(live.id(), live);
    }
  }

  /// What could not be handled must not leave a turn or warm behind that nobody ends.
  private void stopHalfDone(LiveConversation live, Mail mail, Throwable why) {
    var known = live.conversation();
    if (known == null || why instanceof TurnRefusedException) {
      return;
    }
    boolean ofTurn = mail.event() instanceof TurnStarted || mail.event() instanceof TurnSettled;
    boolean halfDone =
        switch (known.warming().activity()) {
          case IDLE -> false;
          case GENERATING -> ofTurn;
          case WARMING -> live.call() == null || live.call() == mail.call();
        };
    if (halfDone) {
      calls.cancel(live.call());
      live.calls(null);
      live.becomes(known.with(known.warming().stopped()));
      live.unsaved(true);
      timers.unset(live);
      post(live.id(), new Mail(new LookAgain()));
    }
  }

  private void handle(LiveConversation live, Mail mail) {
    if (mail.isDeletion()) {
      delete(live, mail);
      return;
    }
    if (mail.isReview()) {
      review(live, mail.isStale());
      return;
    }
    for (int tries = 1; ; tries++) {
      try {
        handleHere(live, mail);
        return;
      } catch (ConversationTakenException e) {
        leave(live);
        if (tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  private void delete(LiveConversation live, Mail mail) {
    var known = live.conversation();
    if (known != null && known.warming().activity() == Activity.GENERATING) {
      throw new TurnRefusedException();
    }
    sharing.take(live.id(), false);
    leave(live);
    store.delete(live.id());
    var nothing = unknown(live.id());
    tell(nothing);
    mail.finish(nothing, null);
  }

  private void handleHere(LiveConversation live, Mail mail) {
    var before = live.conversation();
    if (before == null) {
      if (!belongsHere(live, mail)) {
        leaveToOthers(live.id(), mail);
        return;
      }
      before = read(live, mail.isWish());
    }
    if (mail.isShown(before)) {
      return;
    }
    refuse(before, mail);
    var event = mail.event();
    var current = live.call();
    if (mail.call() != null && mail.call() != current) {
      return; // of a warm that nobody waits for any more
    }
    if (event instanceof WarmAsked && current != null) {
      mail.join(current);
      mail.done().complete(before);
      return;
    }
    var now = time.now();
    var changed = mail.changed(before);
    var step =
        event == null ? new Step(before.warming(), Ask.NOTHING, false) : after(changed, event, now);
    var after = changed.with(step.state());
    var lines = LedgerRules.lines(changed, event, after, () -> asked(changed, mail), now);
    for (var line : lines) {
      after = after.with(after.money().plus(line.money()));
    }
    var trouble = save(live, before, after, lines, mail);
    lines.forEach(line -> sums.accumulateAndGet(LedgerSums.of(line), LedgerSums::plus));
    live.becomes(after);
    if (!before.warming().equals(after.warming()) || event instanceof ClockJumped) {
      arm(live, after);
    }
    learn(live, before, event, after, now);
    ask(live, step.ask(), mail);
    if (step.told()) {
      tell(after);
    }
    mail.finish(after, trouble);
    if (current != null && mail.call() == current) {
      current.finish(after);
    }
  }

  /// Whether a conversation belongs to this process, after it was taken over if somebody wants
  /// something of it.
  private boolean belongsHere(LiveConversation live, Mail mail) {
    if (mail.isWish()) {
      sharing.take(live.id(), mail.endsTurns());
      return true;
    }
    return sharing.has(live.id());
  }

  private void leaveToOthers(String id, Mail mail) {
    var conversation = load(id);
    if (mail.isShown(conversation)) {
      sharing.follow(conversation);
    } else {
      mail.finish(conversation, null);
    }
  }

  /// Looks whether a conversation still belongs to this process.
  ///
  /// @param stale whether it has belonged to another one meanwhile, which may have changed it
  private void review(LiveConversation live, boolean stale) {
    var known = live.conversation();
    if (known == null) {
      return;
    }
    boolean deleted = !live.isNew() && store.find(live.id()).isEmpty();
    if (deleted || !sharing.has(live.id())) {
      leave(live);
    } else if (stale && known.warming().activity() != Activity.GENERATING) {
      leave(live);
      var _ = read(live, false);
    }
  }

  /// @param wished whether somebody wants something of it, so that it may begin
  private Conversation read(LiveConversation live, boolean wished) {
    var kept = store.find(live.id());
    live.isNew(kept.isEmpty());
    live.isDeleted(kept.isEmpty() && !wished);
    var loaded = kept.map(found -> restored(found, 0)).orElseGet(() -> unknown(live.id()));
    var conversation = loaded.with(loaded.warming().after(live.left()));
    live.becomes(conversation);
    arm(live, conversation);
    return conversation;
  }

  /// Forgets a conversation that another process has taken over.
  private void leave(LiveConversation live) {
    var id = live.id();
    var known = live.conversation();
    calls.cancel(live.call());
    live.calls(null);
    timers.unset(live);
    if (live.isAwaited()) {
      live.awaited(false);
      awaited.decrementAndGet();
    }
    addLate(live.unsavedLines());
    live.unsavedLines(List.of());
    live.unsaved(false);
    live.becomes(null);
    if (known != null) {
      live.left(known.warming().number() + 1);
      sharing.follow(known);
    }
    for (var listener : listeners) {
      var _ = Task.attempt("A listener", () -> listener.lost(id));
    }
  }

  /// What has been spent has been spent, whoever has the conversation now.
  private void addLate(List<LedgerEntry> lines) {
    try {
      if (!lines.isEmpty()) {
        store.add(lines);
      }
    } catch (StokerException e) {
      LOG.warn("{} lines are missing in the ledger: {}", lines.size(), e.getMessage());
    }
  }

  /// What is known of the model that a turn or a warm has asked.
  private LedgerRules.Known asked(Conversation conversation, Mail mail) {
    var call = mail.call();
    var model = call == null ? conversation.model() : call.model();
    var idle = conversation.warming().idle();
    var choice = providers.find(model);
    return new LedgerRules.Known(
        model,
        choice.flatMap(Choice::prices).orElse(null),
        choice
            .map(found -> found.terms(idle == null ? null : idle.tier()))
            .orElse(CacheTerms.UNKNOWN)
            .timeToLive());
  }

  /// What has come of idle periods and of warms is what the policy goes by.
  private void learn(
      LiveConversation live,
      Conversation before,
      @Nullable WarmingEvent event,
      Conversation after,
      Instant now) {
    var _ = Task.attempt("Learning", () -> learnFrom(live, before, event, after, now));
  }

  private void learnFrom(
      LiveConversation live,
      Conversation before,
      @Nullable WarmingEvent event,
      Conversation after,
      Instant now) {
    var idle = before.warming().idle();
    var later = after.warming().idle();
    if (idle == null || later == null) {
      return;
    }
    if (event instanceof TurnStarted) {
      live.warm(
          before.model().equals(after.model())
              && before.warming().coldAt().filter(now::isBefore).isPresent());
    } else if (event instanceof TurnSettled(_, var outcome) && outcome != null && live.isWarm()) {
      advisor.requested(before, idle, idle.isGone(outcome.usage()));
    }
    if (later.settled() && !idle.settled() && before.warming().enabled()) {
      var away = Duration.between(idle.since(), now);
      advisor.learn(before, idle, away, event instanceof TurnStarted);
    } else if (later.since().equals(idle.since()) && later.pings() > idle.pings()) {
      advisor.pinged(before, idle, later.wrote());
    }
  }

  private static void refuse(Conversation conversation, Mail mail) {
    if (conversation.warming().activity() == Activity.GENERATING) {
      if (mail.event() instanceof TurnStarted) {
        throw new TurnRefusedException();
      }
      if (mail.event() instanceof WarmAsked) {
        throw new WarmRefusedException("conversation is generating");
      }
    }
  }

  /// Saves what must survive. That a warm has begun must not: a process that finds its timer's time
  /// passed does what is right.
  ///
  /// If it must happen, all goes on without, as the schedule would be dead otherwise; it is saved
  /// again and again until it works.
  ///
  /// @return why it could not be saved; null if it was
  /// @throws ConversationTakenException if it belongs to another process; lines of what has
  ///   happened are then left for [#leave(LiveConversation)]
  private @Nullable StokerException save(
      LiveConversation live,
      Conversation before,
      Conversation after,
      List<LedgerEntry> lines,
      Mail mail) {
    boolean warms = after.warming().activity() == Activity.WARMING;
    boolean same = isInTurn(before) == isInTurn(after) && before.kept().equals(after.kept());
    if (!live.isUnsaved() && lines.isEmpty() && (warms || same)) {
      return null;
    }
    var all = new ArrayList<>(live.unsavedLines());
    all.addAll(lines);
    try {
      if (live.isDeleted() && !mail.isWish()) {
        addLate(all); // it was deleted, and nothing brings it back
        return null;
      }
      if (live.isNew()) {
        quota.require(after.tenant());
        store.save(after, all);
      } else {
        store.update(after, all);
      }
      live.isNew(false);
      live.isDeleted(false);
      live.unsaved(false);
      live.unsavedLines(List.of());
      return null;
    } catch (ConversationTakenException e) {
      if (!mail.isWish()) {
        live.unsavedLines(List.copyOf(all));
      }
      throw e;
    } catch (StokerException e) {
      if (!mail.mustHappen()) {
        throw e;
      }
      LOG.warn("Conversation {} goes on, but was not saved: {}", live.id(), e.getMessage());
      live.unsaved(true);
      live.unsavedLines(List.copyOf(all));
      return e;
    }
  }

  private static boolean isInTurn(Conversation conversation) {
    return conversation.warming().activity() == Activity.GENERATING;
  }

  /// Sets its timer to when the next warm is due; else to when its user counts as one who does not
  /// come back.
  private void arm(LiveConversation live, Conversation conversation) {
    var due = conversation.warming().nextWarmAt();
    var horizon = due == null ? horizon(conversation) : null;
    boolean waits = horizon != null;
    if (waits != live.isAwaited()) {
      live.awaited(waits);
      awaited.addAndGet(waits ? 1 : -1);
    }
    var at = due == null ? horizon : due;
    if (at == null) {
      timers.unset(live);
    } else {
      timers.set(live, conversation.warming().number(), Duration.between(time.now(), at));
    }
  }

  private void ask(LiveConversation live, Ask ask, Mail mail) {
    var current = live.call();
    if (current != null && (ask == Ask.CANCEL || mail.call() == current)) {
      live.calls(null);
    }
    switch (ask) {
      case NOTHING -> {}
      case CANCEL -> calls.cancel(current);
      case WARM -> {
        boolean manual = mail.event() instanceof WarmAsked;
        var conversation = Objects.requireNonNull(live.conversation());
        var model = mail.model() == null ? conversation.model() : mail.model();
        var call = new WarmCall(conversation, time.now(), model, manual, this::warmEnded);
        live.calls(call);
        mail.join(call);
        calls.begin(call);
      }
    }
  }

  private void warmEnded(WarmCall call, WarmingEvent outcome) {
    post(call.conversationId(), new Mail(outcome, call));
  }

  private void tell(Conversation conversation) {
    for (var listener : listeners) {
      var _ = Task.attempt("A listener", () -> listener.changed(conversation));
    }
  }

  private void rang(WarmTimers.Timer timer, long number) {
    switch (timer) {
      case LiveConversation live -> post(live.id(), new Mail(new TimerRang(number)));
      case WarmCall call -> calls.rang(call, number);
      default -> throw new IllegalStateException("a timer of nobody");
    }
  }

  /// What fails in a round keeps nothing else in it from being done.
  private void goRound() throws InterruptedException {
    time.pause(ROUND);
    rounds++;
    var _ = Task.attempt("Letting warms through", calls::openGate);
    var _ = Task.attempt("Sharing conversations", sharing::round);
    if (rounds % ROUNDS_UNTIL_KEPT == 0) {
      var _ = Task.attempt("Keeping what was learned", this::keepLearned);
      var _ = Task.attempt("Looking at budgets", this::lookAtBudgets);
    }
    if (rounds % ROUNDS_UNTIL_DELETED == 0) {
      // Beside the rounds, for it can take longer than a lease.
      Task.start("stoker-prompts-deletion", this::deleteUnused);
    }
    lookAtClock();
  }

  private void deleteUnused() {
    if (!deleting.tryLock()) {
      return; // the last time takes long
    }
    try {
      for (var id : store.deletable(settings.limits().unusedDays(), MOST_DELETED)) {
        deleteUnused(id);
      }
    } catch (StokerException e) {
      LOG.warn("Unused conversations are deleted later: {}", e.getMessage());
    } finally {
      deleting.unlock();
    }
  }

  private void deleteUnused(String id) {
    try {
      delete(id);
      LOG.info("Conversation {} was deleted, for nobody has used it", id);
    } catch (TurnRefusedException | ConversationTakenException e) {
      LOG.debug("Conversation {} is not deleted: {}", id, e.getMessage());
    }
  }

  private void lookAtClock() {
    var drifted = offset().minus(offset);
    offset = offset.plus(drifted);
    boolean jumped = drifted.abs().compareTo(DRIFT) > 0;
    for (var live : lives.values()) {
      if (jumped) {
        post(live.id(), new Mail(new ClockJumped(drifted)));
      } else if (live.isUnsaved()) {
        post(live.id(), new Mail(null, null, ConversationChange.NONE, null));
      }
    }
  }

  /// What other processes do to what this one has and shows.
  private final class Here implements PromptSharing.Here {

    @Override
    public void adopted(Conversation kept) {
      var _ = Task.attempt("Setting a timer", () -> rearm(kept));
    }

    @Override
    public void doubted(String id, boolean stale) {
      if (lives.containsKey(id)) {
        post(id, Mail.review(stale));
      }
    }

    @Override
    public void allDoubted() {
      lives.keySet().forEach(id -> doubted(id, false));
    }

    @Override
    public boolean isFollowed(String id) {
      var live = lives.get(id);
      boolean here = live != null && live.conversation() != null;
      return !here && listeners.stream().anyMatch(listener -> isWatching(listener, id));
    }

    private static boolean isWatching(Listener listener, String id) {
      var watching = new AtomicBoolean();
      var _ = Task.attempt("A listener", () -> watching.set(listener.watches(id)));
      return watching.get();
    }

    @Override
    public void changed(Conversation kept) {
      tell(restored(kept, 0));
    }
  }

  private void lookAtBudgets() {
    try {
      if (sharing.isShared()) {
        budgets.refresh();
      }
    } catch (StokerException e) {
      LOG.debug("What other servers have spent is not known: {}", e.getMessage());
    }
  }

  private void keepLearned() {
    var parts = policy.changed();
    try {
      if (!parts.isEmpty()) {
        store.keep(parts);
      }
    } catch (RuntimeException | Error e) {
      policy.keepAgain(parts);
      LOG.warn("What the policy has learned was not saved: {}", e.getMessage());
    }
  }

  /// How far the wall clock is ahead of the clock that never jumps. Both are read within a moment,
  /// or a thread that is held up in between would see a jump where there is none.
  private Duration offset() {
    while (true) {
      var before = time.ticks();
      var now = time.now();
      if (time.ticks().minus(before).compareTo(TICK) < 0) {
        return Duration.between(Instant.EPOCH, now).minus(before);
      }
    }
  }

  /// Stops warming. What is in flight is broken off; what was set is found again by the next start.
  @Override
  public void close() {
    loop.close();
    timers.close();
    for (var live : lives.values()) {
      calls.cancel(live.call());
    }
    keepLearned();
    sharing.close();
  }
}
