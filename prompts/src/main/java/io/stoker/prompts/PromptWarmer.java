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

/// Keeps the prompt caches of providers warm for all conversations with warming enabled.
///
/// Commands go to the [ConversationWriter], which handles those of one conversation one at a time,
/// in order of arrival. Periodic tasks are in [PromptMaintenance].
///
/// Of several processes that share a store, the one with the last request for a conversation owns
/// it, and only the owner warms it; see [PromptLeases]. Conversations of a process that has died
/// are adopted by the others. Thread-safe.
public final class PromptWarmer implements AutoCloseable {

  /// The timeout for a command. Commands finish within the timeouts of the store, unless it hangs.
  private static final Duration MAX_WAIT = Duration.ofMinutes(1);

  private final WarmerContext context;
  private final ConversationWriter writer;
  private final ConversationTransitions transitions;
  private final PromptMaintenance maintenance;

  /// A warmer that is not [started][#start()] yet.
  public PromptWarmer(
      PromptStore store, PromptProviders providers, PromptSettings settings, Time time) {
    this.context = WarmerContext.of(store, providers, settings, time);
    this.transitions = new ConversationTransitions(context);
    this.writer = new ConversationWriter(context, transitions);
    this.maintenance = new PromptMaintenance(context, writer, this::delete);
  }

  /// Listens to changes of conversations.
  public interface Listener {

    /// Called for each transition, in order for each conversation. Must not block.
    void changed(Conversation conversation);

    /// Called when another process has taken over a conversation that was busy here. Must not
    /// block.
    default void lost(String id) {}

    /// Whether to notify this listener of a conversation of another process: changes are polled
    /// every second, and several may arrive as one.
    default boolean watches(String id) {
      return false;
    }
  }

  /// The result of a requested warm.
  ///
  /// @param after the conversation after the warm
  public record WarmResult(Usage usage, Conversation after) {}

  /// Totals since the start of this process.
  ///
  /// @param warmed warms that succeeded
  /// @param failed warms that were sent and failed
  /// @param readTokens read from caches by warms
  /// @param writtenTokens written to caches by warms
  public record Totals(long warmed, long failed, long readTokens, long writtenTokens) {}

  public void listen(Listener listener) {
    writer.listeners().add(listener);
  }

  /// Schedules all conversations in the store that have warming enabled and no living owner.
  ///
  /// @throws StokerException if the store does not answer
  public void start() {
    context.policy().learn(context.store().learned());
    writer.start();
    maintenance.start();
    writer.cluster().start();
  }

  /// The current state of a conversation; warming is disabled if it is unknown.
  ///
  /// @throws StokerException if the store does not answer
  public Conversation conversation(String id) {
    var inMemory = writer.find(id);
    return inMemory == null ? transitions.load(id) : inMemory;
  }

  /// Shows a conversation to a viewer, in order with the notifications of listeners: they have seen
  /// every change before this state, and will see every change after it. Returns after the viewer
  /// has.
  ///
  /// @param viewer must not block
  /// @throws StokerException if the store does not answer
  public void view(String id, Consumer<Conversation> viewer) {
    var _ = await(id, new Show(viewer));
  }

  /// The state of a conversation without any request, which is not stored.
  public Conversation unknown(String id) {
    return transitions.unknown(id);
  }

  /// Assigns a conversation without any request to a tenant; any other keeps its tenant. If two
  /// tenants claim the same conversation at the same time, one gets it.
  ///
  /// @return the conversation with its tenant
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation claim(String id, String tenant) {
    var current = conversation(id);
    var unknown = unknown(id);
    return current.equals(unknown)
        ? await(id, new Request(ConversationChange.claim(tenant, unknown)))
        : current;
  }

  /// A page of the stored conversations, by id.
  ///
  /// @param onlyEnabled whether to list only those with warming enabled
  /// @param after the last id of the previous page; null for the first page
  public List<Conversation> list(boolean onlyEnabled, int limit, @Nullable String after) {
    return context.store().list(onlyEnabled, limit, after).stream()
        .map(stored -> {
          var inMemory = writer.find(stored.id());
          return inMemory == null ? transitions.restored(stored, 0) : inMemory;
        })
        .toList();
  }

  /// Enables or disables warming.
  ///
  /// @param on null to toggle
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setEnabled(String id, @Nullable Boolean on) {
    return await(id, new Request(new SetEnabled(on)));
  }

  /// Sets the interval.
  ///
  /// @throws IllegalArgumentException unless it is 1 second to 24 hours
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setInterval(String id, Duration interval) {
    WarmingState.checkInterval(interval);
    return await(id, new Request(new SetInterval(interval)));
  }

  /// Several settings of a conversation, changed at once; null leaves one unchanged.
  public record WarmingChange(
      @Nullable Duration interval, @Nullable Mode mode, @Nullable Boolean enabled) {

    /// A new mode.
    ///
    /// @param own null for the mode of the tenant, or the server
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

  /// Changes all settings or none.
  ///
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setWarming(String id, WarmingChange change) {
    var event = change.event();
    return event.parts().isEmpty() ? conversation(id) : await(id, new Request(event));
  }

  /// Sets the working directory.
  ///
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setCwd(String id, String cwd) {
    return await(id, new Request(new ConversationChange(null, cwd, null, null)));
  }

  /// Sets the mode.
  ///
  /// @param mode null for the mode of the tenant, or the server
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setMode(String id, @Nullable PolicyMode mode) {
    return await(id, new Request(new SetMode(mode)));
  }

  /// Sets the daily budget (UTC) for warms.
  ///
  /// @param micros in micro-dollars; null for no limit
  /// @throws IllegalArgumentException if it is negative
  /// @throws StokerException if it could not be saved; nothing has changed then
  public Conversation setDailyBudget(String id, @Nullable Long micros) {
    var budget = new ConversationChange.BudgetChange(micros);
    var change = new ConversationChange(null, null, null, budget);
    return await(id, new Request(new PolicyInputChanged(), change));
  }

  /// Adds a hint about when the user comes back. It holds until the next turn.
  ///
  /// @param stop why the model stopped; null for no hint
  /// @param focused whether the conversation has the user's focus; null for no hint
  /// @throws StokerException if it could not be saved
  public Conversation hint(String id, @Nullable StopReason stop, @Nullable Boolean focused) {
    return await(id, new Request(new Hinted(stop, focused)));
  }

  /// Warms now, even if warming is disabled. Joins a warm that is in flight.
  ///
  /// @param model the full name; null for the conversation's
  /// @throws WarmRefusedException if there is no history or a turn is in progress
  /// @throws CallException if the provider failed
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
      var timeout = context.settings().warmTimeout().plus(MAX_WAIT);
      return warmRequest.call().join().result().get(timeout.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw rethrown(e);
    } catch (TimeoutException _) {
      throw tookTooLong(id);
    }
  }

  /// The cache tier that a turn should ask for; null for the provider's default.
  ///
  /// @param promptCharacters the length of the user's message
  @Nullable CacheTier tier(String id, Choice choice, long promptCharacters) {
    return context.decider().tier(conversation(id), choice, promptCharacters, context.time().now());
  }

  /// Begins a turn.
  ///
  /// @param tier null for the provider's default
  /// @param cwd null to keep the conversation's
  /// @param tenant null to keep the conversation's
  /// @throws TurnInProgressException if one is going on
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
      // If it begins after all, there is no caller left to run the turn, so it ends at once.
      var _ = reply.thenRun(() -> turnEnded(id, new TurnEnded(null, null), () -> {}));
      throw e;
    }
  }

  /// Whether a turn is in progress.
  boolean isGenerating(String id) {
    var inMemory = writer.find(id);
    return inMemory != null && inMemory.isInTurn();
  }

  /// Ends a turn.
  ///
  /// @param last runs after listeners were notified
  void turnEnded(String id, TurnEnded ended, Runnable last) {
    var _ = writer.post(id, new EndTurn(ended, last));
  }

  /// Disables warming, because the conversation was closed.
  ///
  /// @throws StokerException if that could not be saved; it is disabled nevertheless
  void closed(String id) {
    var _ = await(id, new Request(new Closed()));
  }

  /// Deletes a conversation with its history and its warms; cancels a warm in flight. Its lines in
  /// the ledger contain no text and stay.
  ///
  /// @throws TurnInProgressException if a turn is going on
  /// @throws StokerException if it was not deleted, or only in part; calling again continues
  void delete(String id) {
    var _ = await(id, new Delete());
  }

  /// The number of conversations with a scheduled warm.
  public int scheduled() {
    return writer.scheduled();
  }

  /// The number of conversations in memory.
  public int inMemory() {
    return writer.inMemory();
  }

  /// The number of warms in flight.
  public int warmsInFlight() {
    return writer.calls().inFlight();
  }

  /// Totals since the start of this process.
  public Totals totals() {
    return writer.calls().totals();
  }

  /// The sum of what this process has added to the ledger.
  public LedgerSums sums() {
    return writer.sums();
  }

  /// The cost of warms today (UTC), including amounts reserved for warms in flight, in
  /// micro-dollars.
  public long spentToday() {
    return context.budgets().spentToday();
  }

  /// The same for a tenant.
  public long spentToday(String tenant) {
    return context.budgets().spentToday(tenant);
  }

  /// The number of warms that wait for a concurrency or rate limit.
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
          interrupted = true; // the command goes on; the caller needs its result
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
        "Conversation %s was not changed within %d s, and may still be. Check that the store responds; see the log"
            .formatted(id, MAX_WAIT.toSeconds()),
        null);
  }

  private static RuntimeException rethrown(ExecutionException e) {
    if (e.getCause() instanceof RuntimeException cause) {
      return cause;
    }
    return new IllegalStateException("a command failed", e.getCause());
  }

  /// Stops warming, and cancels warms in flight. The next start restores what was scheduled.
  @Override
  public void close() {
    maintenance.close();
    writer.close();
    maintenance.saveLearned();
    writer.cluster().close();
  }
}
