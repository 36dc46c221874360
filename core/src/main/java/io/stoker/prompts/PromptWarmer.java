package io.stoker.prompts;

import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.prompts.PromptSchedule.Ask;
import io.stoker.prompts.Warming.Activity;
import io.stoker.prompts.WarmingEvent.ClockJumped;
import io.stoker.prompts.WarmingEvent.Closed;
import io.stoker.prompts.WarmingEvent.Restored;
import io.stoker.prompts.WarmingEvent.SetEnabled;
import io.stoker.prompts.WarmingEvent.SetInterval;
import io.stoker.prompts.WarmingEvent.TimerRang;
import io.stoker.prompts.WarmingEvent.TurnSettled;
import io.stoker.prompts.WarmingEvent.TurnStarted;
import io.stoker.prompts.WarmingEvent.WarmAsked;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the prompt caches of providers warm, for every conversation that wants it.
///
/// What happens to a conversation is handled one event at a time, in order of arrival:
/// [PromptSchedule] decides, the state is saved, the timer is set or unset, the provider is asked,
/// and listeners are told last. What the provider answers comes back as an event. In memory are
/// only conversations in which something is going on or a timer is set. Thread-safe.
public final class PromptWarmer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PromptWarmer.class);
  private static final Duration TICK = Duration.ofMillis(20);

  /// How often the clock is looked at, and what could not be saved is tried again.
  private static final Duration ROUND = Duration.ofSeconds(1);

  /// How far the wall clock may move by itself between two looks.
  private static final Duration DRIFT = Duration.ofMillis(500);

  private final PromptStore store;
  private final PromptProviders providers;
  private final PromptSettings settings;
  private final Time time;
  private final WarmTimers timers;
  private final WarmCalls calls;
  private final ConcurrentHashMap<String, LiveConversation> lives = new ConcurrentHashMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Thread rounds;

  /// Warms nothing before it is [started][#start()].
  public PromptWarmer(
      PromptStore store, PromptProviders providers, PromptSettings settings, Time time) {
    this.store = store;
    this.providers = providers;
    this.settings = settings;
    this.time = time;
    this.timers = new WarmTimers(TICK, time, this::rang);
    this.calls = new WarmCalls(store, providers, settings, timers, time);
    this.rounds = Thread.ofVirtual().name("stoker-prompts").unstarted(this::goRounds);
  }

  /// Is told of conversations that have changed.
  public interface Listener {

    /// Once for each transition, in order for each conversation. Must not block.
    void changed(Conversation conversation);
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

  /// Sets the timers of all conversations that want to be warmed, as the store has them.
  ///
  /// @throws StokerException if the store does not answer
  public void start() {
    timers.start();
    store.visitEnabled(this::rearm);
    rounds.start();
  }

  private void rearm(Conversation kept) {
    var conversation = restored(kept, ThreadLocalRandom.current().nextDouble());
    if (conversation.warming().nextWarmAt() == null) {
      return; // shown as cold when somebody looks
    }
    var live = new LiveConversation(conversation);
    if (lives.putIfAbsent(conversation.id(), live) == null) {
      arm(live, conversation.warming());
    }
  }

  private Conversation restored(Conversation kept, double luck) {
    var event = new Restored(terms(kept.model()), luck);
    return kept.with(PromptSchedule.after(kept.warming(), event, time.now()).state());
  }

  private CacheTerms terms(String model) {
    return providers.find(model).map(PromptProviders.Choice::terms).orElse(CacheTerms.UNKNOWN);
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
    return store
        .find(id)
        .map(kept -> restored(kept, 0))
        .orElseGet(() -> new Conversation(id, "", "", Warming.off(settings.interval())));
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
    return await(new Mail(null, null, cwd, null), id);
  }

  /// Warms now, whether or not warming is wanted. Waits for the warm that is in flight, if one is.
  ///
  /// @param model the full name; null for the conversation's
  /// @throws WarmRefusedException if there is nothing to warm or a turn is going on
  /// @throws ProviderException if the provider did not do it
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
    var mail = new Mail(new WarmAsked(choice.terms()), choice.fullName(), null, null);
    post(id, mail);
    try {
      mail.done().get();
      return Objects.requireNonNull(mail.call()).result().get();
    } catch (ExecutionException e) {
      throw rethrown(e);
    }
  }

  /// Begins a turn.
  ///
  /// @throws TurnRefusedException if one is going on
  /// @throws StokerException if it could not be saved; nothing has changed then
  Conversation turnStarted(String id, PromptProviders.Choice choice, @Nullable String cwd) {
    return await(new Mail(new TurnStarted(choice.terms()), choice.fullName(), cwd, null), id);
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
    post(id, new Mail(settled, null, null, last));
  }

  /// Ends warming, because the conversation is closed.
  ///
  /// @throws StokerException if that could not be saved; it is ended nevertheless
  void closed(String id) {
    await(new Mail(new Closed()), id);
  }

  /// How many conversations have a timer that is set.
  public int armed() {
    return Math.max(0, timers.size() - calls.inFlight()); // a warm has a timer that ends it
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

  private Conversation await(Mail mail, String id) {
    post(id, mail);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return mail.done().get();
        } catch (InterruptedException _) {
          interrupted = true; // it is being saved; whether it worked is worth knowing
        } catch (ExecutionException e) {
          throw rethrown(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
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
          Thread.ofVirtual().name("stoker-conversation").start(() -> handleAll(live));
        }
        case GONE -> lives.remove(id, live);
      }
    }
  }

  private void handleAll(LiveConversation live) {
    for (var mail = live.next(); mail != null; mail = live.next()) {
      try {
        handle(live, mail);
      } catch (RuntimeException e) {
        mail.done().completeExceptionally(e);
        if (!(e instanceof StokerException
            || e instanceof TurnRefusedException
            || e instanceof WarmRefusedException)) {
          LOG.error("An event of conversation {} could not be handled", live.id(), e);
        }
      }
    }
    if (live.isGone()) {
      lives.remove(live.id(), live);
    }
  }

  private void handle(LiveConversation live, Mail mail) {
    var before = live.conversation();
    if (before == null) {
      before = load(live.id());
      live.becomes(before);
      arm(live, before.warming());
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
    var step =
        event == null
            ? new PromptSchedule.Step(before.warming(), Ask.NOTHING, false)
            : PromptSchedule.after(before.warming(), event, time.now());
    var after = mail.changed(before, step.state());
    var trouble = save(live, before, after, step.ask() == Ask.WARM, mail.mustHappen());
    live.becomes(after);
    if (before.warming().number() != after.warming().number() || event instanceof ClockJumped) {
      arm(live, after.warming());
    }
    ask(live, step.ask(), mail);
    if (step.told()) {
      tell(after);
    }
    mail.finish(after, trouble);
    if (current != null && mail.call() == current) {
      current.finish(after);
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
  /// @param mustHappen whether to go on without, as the schedule would be dead otherwise; it is
  ///   saved again and again until it works
  /// @return why it could not be saved; null if it was
  private @Nullable StokerException save(
      LiveConversation live,
      Conversation before,
      Conversation after,
      boolean warms,
      boolean mustHappen) {
    if (!live.isUnsaved() && (warms || isKept(before, after))) {
      return null;
    }
    try {
      store.save(after);
      live.unsaved(false);
      return null;
    } catch (StokerException e) {
      if (!mustHappen) {
        throw e;
      }
      LOG.warn("Conversation {} goes on, but was not saved: {}", live.id(), e.getMessage());
      live.unsaved(true);
      return e;
    }
  }

  private static boolean isKept(Conversation before, Conversation after) {
    var one = before.warming();
    var other = after.warming();
    return before.model().equals(after.model())
        && before.cwd().equals(after.cwd())
        && one.enabled() == other.enabled()
        && one.interval().equals(other.interval())
        && Objects.equals(one.nextWarmAt(), other.nextWarmAt())
        && Objects.equals(one.touchedAt(), other.touchedAt())
        && Objects.equals(one.lastWarm(), other.lastWarm())
        && one.failures() == other.failures()
        && one.trouble().equals(other.trouble())
        && one.rest() == other.rest();
  }

  private void arm(LiveConversation live, Warming warming) {
    var due = warming.nextWarmAt();
    if (due == null) {
      timers.unset(live);
    } else {
      timers.set(live, warming.number(), Duration.between(time.now(), due));
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
        var call = new WarmCall(conversation, model, manual);
        live.calls(call);
        mail.join(call);
        calls.begin(call, outcome -> post(live.id(), new Mail(outcome, call)));
      }
    }
  }

  private void tell(Conversation conversation) {
    for (var listener : listeners) {
      try {
        listener.changed(conversation);
      } catch (RuntimeException e) {
        LOG.error("A listener failed on conversation {}", conversation.id(), e);
      }
    }
  }

  private void rang(WarmTimers.Timer timer, long number) {
    switch (timer) {
      case LiveConversation live -> post(live.id(), new Mail(new TimerRang(number)));
      case WarmCall call -> call.end(WarmCall.End.TIMED_OUT);
      default -> throw new IllegalStateException("a timer of nobody");
    }
  }

  private void goRounds() {
    var offset = offset();
    try {
      while (true) {
        time.pause(ROUND);
        var drifted = offset().minus(offset);
        offset = offset.plus(drifted);
        boolean jumped = drifted.abs().compareTo(DRIFT) > 0;
        for (var live : lives.values()) {
          if (jumped) {
            post(live.id(), new Mail(new ClockJumped(drifted)));
          } else if (live.isUnsaved()) {
            post(live.id(), new Mail(null, null, null, null));
          }
        }
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  /// How far the wall clock is ahead of the clock that never jumps.
  private Duration offset() {
    return Duration.between(Instant.EPOCH, time.now()).minus(time.ticks());
  }

  /// Stops warming. What is in flight is broken off; what was set is found again by the next start.
  @Override
  public void close() {
    rounds.interrupt();
    timers.close();
    for (var live : lives.values()) {
      calls.cancel(live.call());
    }
  }
}
