package io.stoker.prompts;

import io.stoker.CallException;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.prompts.ConversationCommand.Delete;
import io.stoker.prompts.ConversationCommand.EndTurn;
import io.stoker.prompts.ConversationCommand.Request;
import io.stoker.prompts.ConversationCommand.RequestWarm;
import io.stoker.prompts.ConversationCommand.Show;
import io.stoker.prompts.PromptProviders.Choice;
import io.stoker.prompts.WarmingEvent.Closed;
import io.stoker.prompts.WarmingEvent.Hinted;
import io.stoker.prompts.WarmingEvent.PolicyInputChanged;
import io.stoker.prompts.WarmingEvent.SetEnabled;
import io.stoker.prompts.WarmingEvent.SetInterval;
import io.stoker.prompts.WarmingEvent.SetMode;
import io.stoker.prompts.WarmingEvent.SetWarming;
import io.stoker.prompts.WarmingEvent.TurnEnded;
import io.stoker.prompts.WarmingEvent.TurnStarted;
import io.stoker.prompts.WarmingEvent.WarmRequested;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps the prompt caches of providers warm, for every conversation that wants it.
///
/// What is wanted of a conversation goes to its [writer][ConversationWriter], which handles one
/// command at a time, in order of arrival. What has to be done every second is in
/// [PromptMaintenance].
///
/// Of several processes that share a store, the one that was told of a conversation last has it,
/// and nobody else warms it; [PromptLeases] has the rules. What a process that died had is adopted
/// by the others. Thread-safe.
public final class PromptWarmer implements AutoCloseable {

  /// How long somebody waits at most until a command is handled. Commands of a conversation are
  /// handled within the store's own limits, unless that hangs.
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  private final WarmerContext context;
  private final ConversationWriter writer;
  private final ConversationTransitions steps;
  private final PromptMaintenance rounds;

  /// Warms nothing before it is [started][#start()].
  public PromptWarmer(
      PromptStore store, PromptProviders providers, PromptSettings settings, Time time) {
    this.context = WarmerContext.of(store, providers, settings, time);
    this.steps = new ConversationTransitions(context);
    this.writer = new ConversationWriter(context, steps);
    this.rounds = new PromptMaintenance(context, writer, this::delete);
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
  public record WarmResult(Usage usage, Conversation after) {}

  /// What has been done since the start of this process.
  ///
  /// @param warmed warms that succeeded
  /// @param failed warms that were tried and failed
  /// @param readTokens read from caches by warms
  /// @param writtenTokens written to caches by warms
  public record Totals(long warmed, long failed, long readTokens, long writtenTokens) {}

  /// Adds a listener.
  public void listen(Listener listener) {
    writer.listeners().add(listener);
  }

  /// Sets the timers of all conversations that want to be warmed and that nobody else has, as the
  /// store has them.
  ///
  /// @throws StokerException if the store does not answer
  public void start() {
    context.policy().learn(context.store().learned());
    writer.start();
    rounds.start();
    writer.sharing().start();
  }

  /// A conversation as it stands now; one that nobody knows is off.
  ///
  /// @throws StokerException if the store does not answer
  public Conversation conversation(String id) {
    var inMemory = writer.find(id);
    return inMemory == null ? steps.load(id) : inMemory;
  }

  /// Looks at a conversation in the order of its changes: listeners have been told of all that the
  /// viewer sees, and are told afterwards of all that it does not see. Returns when it has seen it.
  ///
  /// @param viewer must not block
  /// @throws StokerException if the store does not answer
  public void view(String id, Consumer<Conversation> viewer) {
    var _ = await(id, new Show(viewer));
  }

  /// A conversation that nobody has done anything with, and so has not been saved.
  public Conversation unknown(String id) {
    return steps.unknown(id);
  }

  /// Gives a conversation that nobody has done anything with to a tenant; any other stays whose it
  /// is. Of two tenants that claim the same one at the same time, one gets it.
  ///
  /// @return the conversation, with the tenant that has it now
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation claim(String id, String tenant) {
    var current = conversation(id);
    var unknown = unknown(id);
    return current.equals(unknown)
        ? await(id, new Request(ConversationChange.claim(tenant, unknown)))
        : current;
  }

  /// Conversations that were ever saved, by id.
  ///
  /// @param onlyEnabled whether to leave out those whose warming is not wanted
  /// @param after the id that the page before ended with; null for the first page
  public List<Conversation> list(boolean onlyEnabled, int limit, @Nullable String after) {
    return context.store().list(onlyEnabled, limit, after).stream()
        .map(stored -> {
          var inMemory = writer.find(stored.id());
          return inMemory == null ? steps.restored(stored, 0) : inMemory;
        })
        .toList();
  }

  /// Wants warming, or does not.
  ///
  /// @param on null for the other of what it is
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setEnabled(String id, @Nullable Boolean on) {
    return await(id, new Request(new SetEnabled(on)));
  }

  /// Wants another interval.
  ///
  /// @throws IllegalArgumentException unless it is 1 second to 24 hours
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setInterval(String id, Duration interval) {
    WarmingState.checkInterval(interval);
    return await(id, new Request(new SetInterval(interval)));
  }

  /// What is wanted of a conversation's warming at once.
  ///
  /// @param interval null for the one it has
  /// @param mode null for the one it has
  /// @param enabled null for what it is
  public record WarmingChange(
      @Nullable Duration interval, @Nullable Mode mode, @Nullable Boolean enabled) {

    /// A mode.
    ///
    /// @param own null for as its tenant wants it, or all
    public record Mode(@Nullable PolicyMode own) {}

    /// Checks the interval.
    public WarmingChange {
      if (interval != null) {
        WarmingState.checkInterval(interval);
      }
    }

    private SetWarming event() {
      var parts = new ArrayList<WarmingEvent>();
      if (interval != null) {
        parts.add(new SetInterval(interval));
      }
      if (mode != null) {
        parts.add(new SetMode(mode.own));
      }
      if (enabled != null) {
        parts.add(new SetEnabled(enabled));
      }
      return new SetWarming(parts);
    }
  }

  /// Changes all that is wanted, or nothing.
  ///
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setWarming(String id, WarmingChange wanted) {
    var event = wanted.event();
    return event.parts().isEmpty() ? conversation(id) : await(id, new Request(event));
  }

  /// Remembers which folder a conversation is about.
  ///
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setCwd(String id, String cwd) {
    return await(id, new Request(new ConversationChange(null, cwd, null, null)));
  }

  /// Wants another mode.
  ///
  /// @param mode null for as its tenant wants it, or all
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setMode(String id, @Nullable PolicyMode mode) {
    return await(id, new Request(new SetMode(mode)));
  }

  /// Limits what its warms may cost on a day (UTC).
  ///
  /// @param micros in micro-dollars; null for any amount
  /// @throws IllegalArgumentException if it is negative
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setDailyBudget(String id, @Nullable Long micros) {
    var budget = new ConversationChange.BudgetChange(micros);
    var change = new ConversationChange(null, null, null, budget);
    return await(id, new Request(new PolicyInputChanged(), change));
  }

  /// Is told what somebody knows about when the user comes back. It holds until the next turn.
  ///
  /// @param stop why the model stopped; null if that is not said
  /// @param focused whether the user looks at the conversation; null if that is not said
  /// @throws StokerException if it could not be saved
  public Conversation hint(String id, @Nullable StopReason stop, @Nullable Boolean focused) {
    return await(id, new Request(new Hinted(stop, focused)));
  }

  /// Warms now, whether or not warming is wanted. Waits for the warm that is in flight, if one is.
  ///
  /// @param model the full name; null for the conversation's
  /// @throws WarmRefusedException if there is nothing to warm or a turn is going on
  /// @throws CallException if the provider did not do it
  /// @throws StokerException if the store does not answer
  public WarmResult warm(String id, @Nullable String model) throws InterruptedException {
    var current = conversation(id);
    var fullName = model == null || model.isEmpty() ? current.model() : model;
    var choice =
        context
            .providers()
            .find(fullName)
            .orElseThrow(() -> new WarmRefusedException("unknown model: " + fullName));
    if (!current.isInTurn() && context.store().size(id).parts() == 0) {
      throw new WarmRefusedException("no history");
    }
    var idle = current.warming().idle();
    var event = new WarmRequested(choice.cacheProfile(idle == null ? null : idle.tier()));
    var warmRequest = new RequestWarm(event, choice.fullName());
    var reply = writer.post(id, warmRequest);
    try {
      var _ = reply.get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
      var patience = context.settings().warmTimeout().plus(MAX_WAIT);
      return warmRequest.call().join().result().get(patience.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw rethrown(e);
    } catch (TimeoutException _) {
      throw tookTooLong(id);
    }
  }

  /// Which tier of the cache a turn is to ask for; null for the provider's usual one.
  ///
  /// @param promptCharacters how much is said in it
  @Nullable CacheTier tier(String id, Choice choice, long promptCharacters) {
    return context.decider().tier(conversation(id), choice, promptCharacters, context.time().now());
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
      @Nullable CacheTier tier,
      @Nullable String cwd,
      @Nullable String tenant) {
    var change = new ConversationChange(choice.fullName(), cwd, tenant, null);
    var reply = writer.post(id, new Request(new TurnStarted(choice.cacheProfile(tier)), change));
    try {
      return await(id, reply);
    } catch (StokerException e) {
      // Should it begin after all, nobody takes the turn: it ends at once.
      var _ = reply.thenRun(() -> turnEnded(id, new TurnEnded(null, null), () -> {}));
      throw e;
    }
  }

  /// Whether a turn is going on.
  boolean isGenerating(String id) {
    var inMemory = writer.find(id);
    return inMemory != null && inMemory.isInTurn();
  }

  /// Ends a turn.
  ///
  /// @param last is run when all have been told
  void turnEnded(String id, TurnEnded ended, Runnable last) {
    var _ = writer.post(id, new EndTurn(ended, last));
  }

  /// Ends warming, because the conversation is closed.
  ///
  /// @throws StokerException if that could not be saved; it is ended nevertheless
  void closed(String id) {
    var _ = await(id, new Request(new Closed()));
  }

  /// Deletes a conversation with its history and its warms; a warm in flight is broken off. Its
  /// lines in the ledger, which hold nothing of what was said, stay.
  ///
  /// @throws TurnRefusedException if a turn is going on
  /// @throws StokerException if it could not be deleted, or only a part; the next call goes on
  void delete(String id) {
    var _ = await(id, new Delete());
  }

  /// How many conversations have a timer that is set.
  public int scheduled() {
    return writer.scheduled();
  }

  /// How many conversations are in memory.
  public int inMemory() {
    return writer.inMemory();
  }

  /// How many warms are in flight.
  public int warmsInFlight() {
    return writer.calls().inFlight();
  }

  /// What has been done since the start of this process.
  public Totals totals() {
    return writer.calls().totals();
  }

  /// What this process has added to the ledger, in sum.
  public LedgerSums sums() {
    return writer.sums();
  }

  /// What warms have cost today (UTC), with what is set aside for those in flight, in
  /// micro-dollars.
  public long spentToday() {
    return context.budgets().spentToday();
  }

  /// The same for a tenant.
  public long spentToday(String tenant) {
    return context.budgets().spentToday(tenant);
  }

  /// How many warms wait for others, or for the next minute.
  public int warmsWaiting() {
    return writer.calls().waiting();
  }

  private Conversation await(String id, ConversationCommand command) {
    return await(id, writer.post(id, command));
  }

  private static Conversation await(String id, CompletableFuture<Conversation> reply) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return reply.get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
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
            + MAX_WAIT.toSeconds()
            + " s; it may still be. Does the store answer? The log says more",
        null);
  }

  private static RuntimeException rethrown(ExecutionException e) {
    if (e.getCause() instanceof RuntimeException cause) {
      return cause;
    }
    return new IllegalStateException("an event could not be handled", e.getCause());
  }

  /// Stops warming. What is in flight is broken off; what was set is found again by the next start.
  @Override
  public void close() {
    rounds.close();
    writer.close();
    rounds.saveLearned();
    writer.sharing().close();
  }
}
