package io.stoker.prompts;

import io.stoker.BackgroundTask;
import io.stoker.StokerException;
import io.stoker.prompts.ConversationCommand.Change;
import io.stoker.prompts.ConversationCommand.CheckOwner;
import io.stoker.prompts.ConversationCommand.Delete;
import io.stoker.prompts.ConversationCommand.EndTurn;
import io.stoker.prompts.ConversationCommand.EndWarm;
import io.stoker.prompts.ConversationCommand.Report;
import io.stoker.prompts.ConversationCommand.Request;
import io.stoker.prompts.ConversationCommand.RequestWarm;
import io.stoker.prompts.ConversationCommand.SaveAgain;
import io.stoker.prompts.ConversationCommand.Show;
import io.stoker.prompts.PromptSchedule.ProviderAction;
import io.stoker.prompts.WarmingEvent.ClockJumped;
import io.stoker.prompts.WarmingEvent.Closed;
import io.stoker.prompts.WarmingEvent.PolicyInputChanged;
import io.stoker.prompts.WarmingEvent.TimerFired;
import io.stoker.prompts.WarmingEvent.TurnStarted;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies the commands of each conversation one at a time, in order of arrival.
///
/// For each command, [PromptSchedule] computes the new state; then it is saved, the timer is set,
/// the provider is called, and listeners are notified last. Only conversations that are busy or
/// have a timer are in memory. Thread-safe.
final class ConversationWriter {

  private static final Logger LOG = LoggerFactory.getLogger(ConversationWriter.class);

  /// How often one command may take a conversation over.
  private static final int MAX_ATTEMPTS = 3;

  private final WarmerContext context;
  private final ConversationTransitions transitions;
  private final ConversationListeners listeners = new ConversationListeners();
  private final ConversationSaver saver;
  private final ClusterCoordinator cluster;
  private final WarmTimers timers;
  private final WarmCalls calls;
  private final ConcurrentHashMap<String, LiveConversation> live = new ConcurrentHashMap<>();
  private final AtomicInteger awaitingUser = new AtomicInteger();

  ConversationWriter(WarmerContext context, ConversationTransitions transitions) {
    this.context = context;
    this.transitions = transitions;
    this.saver = new ConversationSaver(context);
    this.cluster = new ClusterCoordinator(context.store(), new ClusterCallbacks());
    this.timers = new WarmTimers(PromptMaintenance.TICK, context.time(), this::fired);
    this.calls = new WarmCalls(context, timers);
  }

  ConversationListeners listeners() {
    return listeners;
  }

  ClusterCoordinator cluster() {
    return cluster;
  }

  WarmCalls calls() {
    return calls;
  }

  LedgerSums sums() {
    return saver.sums();
  }

  int inMemory() {
    return live.size();
  }

  void start() {
    timers.start();
  }

  /// The number of conversations with a scheduled warm; one in flight has a timer for its timeout.
  int scheduled() {
    return Math.max(0, timers.size() - calls.inFlight() - awaitingUser.get());
  }

  /// Null if it is not in memory.
  @Nullable Conversation find(String id) {
    var found = live.get(id);
    return found == null ? null : found.conversation();
  }

  /// Queues a command.
  ///
  /// @return the conversation after the command; exceptional if it could not be applied or saved
  CompletableFuture<Conversation> post(String id, ConversationCommand command) {
    var queued = new QueuedCommand(command);
    while (true) {
      var target = live.computeIfAbsent(id, LiveConversation::new);
      switch (target.post(queued)) {
        case QUEUED -> {
          return queued.reply();
        }
        case FIRST -> {
          BackgroundTask.start("stoker-conversation", () -> handleAll(target));
          return queued.reply();
        }
        case GONE -> live.remove(id, target);
      }
    }
  }

  private void handleAll(LiveConversation target) {
    for (var queued = target.next(); queued != null; queued = target.next()) {
      try {
        handle(target, queued);
      } catch (StokerException
          | ConversationTakenException
          | TurnInProgressException
          | WarmRefusedException
          | PromptLimitException e) {
        fail(target, queued, e);
      } catch (Throwable e) { // the writer must survive any failure
        LOG.error("A change of conversation {} failed", target.id(), e);
        fail(target, queued, e);
      }
    }
    if (target.isGone()) {
      live.remove(target.id(), target);
    }
  }

  private void fail(LiveConversation target, QueuedCommand queued, Throwable why) {
    rollBack(target, queued.command(), why);
    queued.fail(why);
  }

  /// Ends the turn or warm that a failed command was about, since nothing else would end it.
  private void rollBack(LiveConversation target, ConversationCommand command, Throwable why) {
    var current = target.conversation();
    if (current == null || why instanceof TurnInProgressException) {
      return;
    }
    boolean halfDone =
        switch (current.warming().activity()) {
          case IDLE -> false;
          case GENERATING ->
              command instanceof EndTurn
                  || (command instanceof Change change && change.event() instanceof TurnStarted);
          case WARMING -> target.call() == null || isAbout(command, target.call());
        };
    if (halfDone) {
      calls.cancel(target.call());
      target.setCall(null);
      target.setConversation(current.with(current.warming().stopped()));
      target.setUnsaved(true, target.unsavedLines());
      timers.unset(target);
      var _ = post(target.id(), new Request(new PolicyInputChanged()));
    }
  }

  private static boolean isAbout(ConversationCommand command, @Nullable WarmCall call) {
    return switch (command) {
      case EndWarm ended -> ended.call() == call;
      case RequestWarm warmRequest -> warmRequest.call().getNow(null) == call;
      default -> false;
    };
  }

  private void handle(LiveConversation target, QueuedCommand queued) {
    switch (queued.command()) {
      case Delete _ -> queued.finish(delete(target), null);
      case CheckOwner(boolean stale) -> checkOwner(target, stale);
      case Show show -> queued.finish(show(target, show), null);
      case Change change -> changeHere(target, change, queued);
    }
  }

  private Conversation delete(LiveConversation target) {
    var current = target.conversation();
    if (current != null && current.isInTurn()) {
      throw new TurnInProgressException();
    }
    cluster.take(target.id(), false);
    release(target);
    context.store().delete(target.id());
    listeners.changed(transitions.unknown(target.id()));
    return transitions.unknown(target.id());
  }

  /// @param stale whether another process has owned it since, and may have changed it
  private void checkOwner(LiveConversation target, boolean stale) {
    var current = target.conversation();
    if (current == null) {
      return;
    }
    boolean deleted = !target.isNew() && context.store().find(target.id()).isEmpty();
    if (deleted || !cluster.has(target.id())) {
      release(target);
    } else if (stale && !current.isInTurn()) {
      release(target);
      var _ = read(target, false);
    }
  }

  private Conversation show(LiveConversation target, Show show) {
    var current = target.conversation();
    boolean isLocal = current != null || cluster.has(target.id());
    var shown = isLocal ? read(target, false) : transitions.load(target.id());
    show.viewer().accept(shown);
    if (!isLocal) {
      cluster.follow(shown);
    }
    return shown;
  }

  /// A conversation of this process, loaded if it is not in memory.
  ///
  /// @param requested whether a request may create it
  private Conversation read(LiveConversation target, boolean requested) {
    var current = target.conversation();
    if (current != null) {
      return current;
    }
    var stored = context.store().find(target.id());
    target.setNew(stored.isEmpty());
    target.setDeleted(stored.isEmpty() && !requested);
    var loaded =
        stored
            .map(found -> transitions.restored(found, 0))
            .orElseGet(() -> transitions.unknown(target.id()));
    var conversation = loaded.with(loaded.warming().after(target.lostNumber()));
    target.setConversation(conversation);
    setTimer(target, conversation);
    return conversation;
  }

  /// Drops a conversation that another process has taken over.
  private void release(LiveConversation target) {
    var current = target.conversation();
    calls.cancel(target.call());
    target.setCall(null);
    timers.unset(target);
    setAwaitsUser(target, false);
    saver.addLate(target);
    target.setConversation(null);
    if (current != null) {
      target.setLostNumber(current.warming().number() + 1);
      cluster.follow(current);
    }
    listeners.lost(target.id());
  }

  private void changeHere(LiveConversation target, Change change, QueuedCommand queued) {
    for (int tries = 1; ; tries++) {
      try {
        if (target.conversation() != null || takeIfRequested(target, change)) {
          change(target, read(target, change.isRequested()), change, queued);
        } else {
          queued.finish(transitions.load(target.id()), null);
        }
        return;
      } catch (ConversationTakenException e) {
        release(target);
        if (tries == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /// Whether this process owns a conversation, after taking it over for a request.
  private boolean takeIfRequested(LiveConversation target, Change change) {
    if (change.isRequested()) {
      cluster.take(target.id(), change.event() instanceof Closed);
      return true;
    }
    return cluster.has(target.id());
  }

  private void change(
      LiveConversation target, Conversation before, Change change, QueuedCommand queued) {
    refuse(before, change);
    var current = target.call();
    var ended = change instanceof EndWarm(var call, _) ? call : null;
    if (ended != null && ended != current) {
      return; // that warm was cancelled
    }
    if (change instanceof RequestWarm warmRequest && current != null) {
      warmRequest.call().complete(current);
      queued.finish(before, null);
      return;
    }
    var event = change.event();
    var now = context.time().now();
    var outcome = transitions.outcome(before, change, ended == null ? null : ended.model(), now);
    var after = outcome.after();
    var error = saver.save(target, before, after, outcome.lines(), change);
    target.setConversation(after);
    if (!before.warming().equals(after.warming()) || event instanceof ClockJumped) {
      setTimer(target, after);
    }
    transitions.learn(target, before, event, after, now);
    callProvider(target, outcome.action(), after, change);
    if (outcome.isPublished()) {
      listeners.changed(after);
    }
    queued.finish(after, error);
    if (ended != null) {
      ended.finish(after);
    }
  }

  private static void refuse(Conversation conversation, Change change) {
    if (conversation.isInTurn()) {
      if (change.event() instanceof TurnStarted) {
        throw new TurnInProgressException();
      }
      if (change instanceof RequestWarm) {
        throw new WarmRefusedException("conversation is generating");
      }
    }
  }

  /// Sets the timer to the next warm, or else to when the user counts as gone.
  private void setTimer(LiveConversation target, Conversation conversation) {
    var due = conversation.warming().nextWarmAt();
    var horizon = due == null ? transitions.horizon(conversation) : null;
    setAwaitsUser(target, horizon != null);
    var at = due == null ? horizon : due;
    if (at == null) {
      timers.unset(target);
    } else {
      long number = conversation.warming().number();
      timers.set(target, number, Duration.between(context.time().now(), at));
    }
  }

  private void setAwaitsUser(LiveConversation target, boolean awaits) {
    if (awaits != target.awaitsUser()) {
      target.setAwaitsUser(awaits);
      awaitingUser.addAndGet(awaits ? 1 : -1);
    }
  }

  private void callProvider(
      LiveConversation target, ProviderAction action, Conversation conversation, Change change) {
    var current = target.call();
    if (action == ProviderAction.CANCEL || change instanceof EndWarm) {
      target.setCall(null);
    }
    switch (action) {
      case NOTHING -> {}
      case CANCEL -> calls.cancel(current);
      case WARM -> {
        var warmRequest = change instanceof RequestWarm requested ? requested : null;
        var model = warmRequest == null ? conversation.model() : warmRequest.model();
        var call =
            new WarmCall(
                conversation, context.time().now(), model, warmRequest != null, this::warmEnded);
        target.setCall(call);
        if (warmRequest != null) {
          warmRequest.call().complete(call);
        }
        calls.begin(call);
      }
    }
  }

  private void warmEnded(WarmCall call, WarmingEvent outcome) {
    var _ = post(call.conversationId(), new EndWarm(call, outcome));
  }

  private void fired(WarmTimers.Timer timer, long number) {
    switch (timer) {
      case LiveConversation target -> {
        var _ = post(target.id(), new Report(new TimerFired(number)));
      }
      case WarmCall call -> calls.fired(call, number);
      default -> throw new IllegalStateException("expected a timer of a conversation or a warm");
    }
  }

  /// Adjusts all conversations to a change of the wall clock.
  void moveClock(Duration by) {
    for (var id : live.keySet()) {
      var _ = post(id, new Report(new ClockJumped(by)));
    }
  }

  void saveUnsaved() {
    for (var each : live.values()) {
      if (each.isUnsaved()) {
        var _ = post(each.id(), new SaveAgain());
      }
    }
  }

  /// Stops all timers, and cancels all warms.
  void close() {
    timers.close();
    live.values().forEach(each -> calls.cancel(each.call()));
  }

  /// Reacts to what other processes do with conversations of this one.
  private final class ClusterCallbacks implements ClusterCoordinator.Callbacks {

    @Override
    public void adopted(Conversation stored) {
      var _ = BackgroundTask.attempt("Setting a timer", () -> restore(stored));
    }

    private void restore(Conversation stored) {
      var conversation = transitions.restored(stored, ThreadLocalRandom.current().nextDouble());
      if (conversation.warming().nextWarmAt() == null
          && transitions.horizon(conversation) == null) {
        return; // computed again when it is shown
      }
      var target = new LiveConversation(conversation);
      if (live.putIfAbsent(conversation.id(), target) == null) {
        setTimer(target, conversation);
      }
    }

    @Override
    public void checkOwner(String id, boolean stale) {
      if (live.containsKey(id)) {
        var _ = post(id, new CheckOwner(stale));
      }
    }

    @Override
    public void checkAllOwners() {
      live.keySet().forEach(id -> checkOwner(id, false));
    }

    @Override
    public boolean isFollowed(String id) {
      return find(id) == null && listeners.isWatched(id);
    }

    @Override
    public void changed(Conversation stored) {
      listeners.changed(transitions.restored(stored, 0));
    }
  }
}
