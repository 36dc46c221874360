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

/// Changes conversations: the commands of each one at a time, in order of arrival.
///
/// The schedule decides, the state is saved, the timer is set or unset, the provider is asked, and
/// listeners are told last. In memory are only conversations in which something is going on or a
/// timer is set. Thread-safe.
final class ConversationWriter {

  private static final Logger LOG = LoggerFactory.getLogger(ConversationWriter.class);

  /// How often a conversation is taken over anew for the sake of one command.
  private static final int MAX_ATTEMPTS = 3;

  private final WarmerContext context;
  private final ConversationTransitions steps;
  private final ConversationListeners listeners = new ConversationListeners();
  private final ConversationSaver saver;
  private final ClusterCoordinator sharing;
  private final WarmTimers timers;
  private final WarmCalls calls;
  private final ConcurrentHashMap<String, LiveConversation> live = new ConcurrentHashMap<>();
  private final AtomicInteger awaitingUser = new AtomicInteger();

  ConversationWriter(WarmerContext context, ConversationTransitions steps) {
    this.context = context;
    this.steps = steps;
    this.saver = new ConversationSaver(context);
    this.sharing = new ClusterCoordinator(context.store(), new LocalConversations());
    this.timers = new WarmTimers(PromptMaintenance.TICK, context.time(), this::fired);
    this.calls = new WarmCalls(context, timers);
  }

  ConversationListeners listeners() {
    return listeners;
  }

  ClusterCoordinator sharing() {
    return sharing;
  }

  WarmCalls calls() {
    return calls;
  }

  /// What this process has added to the ledger, in sum.
  LedgerSums sums() {
    return saver.sums();
  }

  int inMemory() {
    return live.size();
  }

  void start() {
    timers.start();
  }

  /// How many conversations have a timer that is set to their next warm.
  int scheduled() {
    // A warm has a timer that ends it.
    return Math.max(0, timers.size() - calls.inFlight() - awaitingUser.get());
  }

  /// A conversation that is in memory; null if it is not.
  @Nullable Conversation find(String id) {
    var found = live.get(id);
    return found == null ? null : found.conversation();
  }

  /// Puts a command behind the others of its conversation.
  ///
  /// @return the conversation after it; exceptional if it could not be handled or saved
  CompletableFuture<Conversation> post(String id, ConversationCommand command) {
    var queued = new QueuedCommand(command);
    boolean taken = false;
    while (!taken) {
      var target = live.computeIfAbsent(id, LiveConversation::new);
      switch (target.post(queued)) {
        case QUEUED -> taken = true;
        case FIRST -> {
          taken = true;
          BackgroundTask.start("stoker-conversation", () -> handleAll(target));
        }
        case GONE -> live.remove(id, target);
      }
    }
    return queued.reply();
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
      } catch (Throwable e) { // this writer goes on, whatever it is
        LOG.error("A change of conversation {} failed", target.id(), e);
        fail(target, queued, e);
      }
    }
    if (target.isGone()) {
      live.remove(target.id(), target);
    }
  }

  private void fail(LiveConversation target, QueuedCommand queued, Throwable why) {
    stopHalfDone(target, queued.command(), why);
    queued.fail(why);
  }

  /// What could not be handled must not leave a turn or warm behind that nobody ends.
  private void stopHalfDone(LiveConversation target, ConversationCommand command, Throwable why) {
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
    sharing.take(target.id(), false);
    leave(target);
    context.store().delete(target.id());
    listeners.changed(steps.unknown(target.id()));
    return steps.unknown(target.id());
  }

  /// @param stale whether it has belonged to another process meanwhile, which may have changed it
  private void checkOwner(LiveConversation target, boolean stale) {
    var current = target.conversation();
    if (current == null) {
      return;
    }
    boolean deleted = !target.isNew() && context.store().find(target.id()).isEmpty();
    if (deleted || !sharing.has(target.id())) {
      leave(target);
    } else if (stale && !current.isInTurn()) {
      leave(target);
      var _ = read(target, false);
    }
  }

  private Conversation show(LiveConversation target, Show show) {
    var current = target.conversation();
    boolean here = current != null || sharing.has(target.id());
    var shown = here ? read(target, false) : steps.load(target.id());
    show.viewer().accept(shown);
    if (!here) {
      sharing.follow(shown);
    }
    return shown;
  }

  /// A conversation that belongs to this process, read from the store if it is not in memory.
  ///
  /// @param requested whether somebody wants something of it, so that it may begin
  private Conversation read(LiveConversation target, boolean requested) {
    var current = target.conversation();
    if (current != null) {
      return current;
    }
    var stored = context.store().find(target.id());
    target.setNew(stored.isEmpty());
    target.setDeleted(stored.isEmpty() && !requested);
    var loaded =
        stored.map(found -> steps.restored(found, 0)).orElseGet(() -> steps.unknown(target.id()));
    var conversation = loaded.with(loaded.warming().after(target.lostNumber()));
    target.setConversation(conversation);
    setTimer(target, conversation);
    return conversation;
  }

  /// Forgets a conversation that another process has taken over.
  private void leave(LiveConversation target) {
    var current = target.conversation();
    calls.cancel(target.call());
    target.setCall(null);
    timers.unset(target);
    awaitUser(target, false);
    saver.addLate(target);
    target.setConversation(null);
    if (current != null) {
      target.setLostNumber(current.warming().number() + 1);
      sharing.follow(current);
    }
    listeners.lost(target.id());
  }

  /// Changes a conversation, once it belongs to this process.
  private void changeHere(LiveConversation target, Change change, QueuedCommand queued) {
    for (int tries = 1; ; tries++) {
      try {
        if (target.conversation() != null || belongsHere(target, change)) {
          change(target, read(target, change.isRequested()), change, queued);
        } else {
          queued.finish(steps.load(target.id()), null);
        }
        return;
      } catch (ConversationTakenException e) {
        leave(target);
        if (tries == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /// Whether a conversation belongs to this process, after it was taken over if somebody wants
  /// something of it.
  private boolean belongsHere(LiveConversation target, Change change) {
    if (change.isRequested()) {
      sharing.take(target.id(), change.event() instanceof Closed);
      return true;
    }
    return sharing.has(target.id());
  }

  private void change(
      LiveConversation target, Conversation before, Change change, QueuedCommand queued) {
    refuse(before, change);
    var current = target.call();
    var ended = change instanceof EndWarm(var call, _) ? call : null;
    if (ended != null && ended != current) {
      return; // nobody waits for that warm any more
    }
    if (change instanceof RequestWarm warmRequest && current != null) {
      warmRequest.call().complete(current);
      queued.finish(before, null);
      return;
    }
    var event = change.event();
    var now = context.time().now();
    var outcome = steps.outcome(before, change, ended == null ? null : ended.model(), now);
    var after = outcome.after();
    var error = saver.save(target, before, after, outcome.lines(), change);
    target.setConversation(after);
    if (!before.warming().equals(after.warming()) || event instanceof ClockJumped) {
      setTimer(target, after);
    }
    steps.learn(target, before, event, after, now);
    action(target, outcome.action(), after, change);
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

  /// Sets its timer to when the next warm is due; else to when its user counts as one who does not
  /// come back.
  private void setTimer(LiveConversation target, Conversation conversation) {
    var due = conversation.warming().nextWarmAt();
    var horizon = due == null ? steps.horizon(conversation) : null;
    awaitUser(target, horizon != null);
    var at = due == null ? horizon : due;
    if (at == null) {
      timers.unset(target);
    } else {
      long number = conversation.warming().number();
      timers.set(target, number, Duration.between(context.time().now(), at));
    }
  }

  private void awaitUser(LiveConversation target, boolean awaits) {
    if (awaits != target.awaitsUser()) {
      target.setAwaitsUser(awaits);
      awaitingUser.addAndGet(awaits ? 1 : -1);
    }
  }

  private void action(
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

  /// Moves all conversations along with a clock that was set.
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

  /// Rings no more timers, and breaks off all warms.
  void close() {
    timers.close();
    live.values().forEach(each -> calls.cancel(each.call()));
  }

  /// What other processes do to what this one has and shows.
  private final class LocalConversations implements ClusterCoordinator.LocalConversations {

    @Override
    public void adopted(Conversation stored) {
      var _ = BackgroundTask.attempt("Setting a timer", () -> restore(stored));
    }

    private void restore(Conversation stored) {
      var conversation = steps.restored(stored, ThreadLocalRandom.current().nextDouble());
      if (conversation.warming().nextWarmAt() == null && steps.horizon(conversation) == null) {
        return; // shown as cold when somebody looks
      }
      var target = new LiveConversation(conversation);
      if (live.putIfAbsent(conversation.id(), target) == null) {
        setTimer(target, conversation);
      }
    }

    @Override
    public void doubted(String id, boolean stale) {
      if (live.containsKey(id)) {
        var _ = post(id, new CheckOwner(stale));
      }
    }

    @Override
    public void allDoubted() {
      live.keySet().forEach(id -> doubted(id, false));
    }

    @Override
    public boolean isFollowed(String id) {
      return find(id) == null && listeners.isWatched(id);
    }

    @Override
    public void changed(Conversation stored) {
      listeners.changed(steps.restored(stored, 0));
    }
  }
}
