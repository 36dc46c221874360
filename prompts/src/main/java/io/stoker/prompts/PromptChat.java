package io.stoker.prompts;

import io.stoker.BackgroundTask;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.prompts.ChatEvent.Done;
import io.stoker.prompts.ChatEvent.Failed;
import io.stoker.prompts.ChatEvent.TurnSealed;
import io.stoker.prompts.ChatEvent.UserMessage;
import io.stoker.prompts.WarmingEvent.TurnEnded;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// Runs the turns of conversations, and streams their events to watchers.
///
/// Each conversation has one turn at a time, on a thread of its own. The last event of a turn is
/// published after it is stored and the warmer has handled its end. Thread-safe.
public final class PromptChat implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PromptChat.class);

  private static final String OTHER = "other";

  /// The time for storing a turn when it is aborted or everything is closed.
  private static final long MAX_SEAL_SECONDS = 5;

  /// Finish reasons, by which turns are counted; any other counts as `other`.
  public static final List<String> REASONS =
      List.of("stop", "length", "tool-calls", "content-filter", "aborted", "error", OTHER);

  private final PromptWarmer warmer;
  private final PromptStore store;
  private final PromptProviders providers;
  private final PromptSettings settings;
  private final Time time;
  private final ConcurrentHashMap<String, ChatChannel> channels = new ConcurrentHashMap<>();
  private final AtomicInteger running = new AtomicInteger();
  private final Semaphore seals = new Semaphore(0);
  private final ConcurrentHashMap<String, LongAdder> ended = new ConcurrentHashMap<>();

  /// Runs turns, and notifies the warmer of them.
  public PromptChat(
      PromptWarmer warmer,
      PromptStore store,
      PromptProviders providers,
      PromptSettings settings,
      Time time) {
    this.warmer = warmer;
    this.store = store;
    this.providers = providers;
    this.settings = settings;
    this.time = time;
    warmer.listen(new TakeoverListener());
  }

  /// Aborts turns of conversations that another process has taken over.
  private final class TakeoverListener implements PromptWarmer.Listener {

    @Override
    public void changed(Conversation conversation) {
      // Turns do not depend on warming.
    }

    @Override
    public void lost(String id) {
      var _ = abort(id);
    }
  }

  /// Receives the events of a conversation.
  public interface Watcher {

    /// Must not block. A watcher that throws gets no more events.
    void on(ChatEvent event);
  }

  /// A subscription to the events of a conversation.
  public interface Watch extends AutoCloseable {

    /// Unsubscribes.
    @Override
    void close();
  }

  /// A requested turn.
  ///
  /// @param began false if it failed at once: its only events are the user's message and the
  ///   failure
  public record Turn(String turnId, boolean began) {}

  /// Starts a turn. Its events go to the watchers.
  ///
  /// @param text the user's message
  /// @param model the full name; null for the conversation's
  /// @param cwd null to keep the conversation's
  /// @throws TurnInProgressException if one is going on
  public Turn start(String id, String text, @Nullable String model, @Nullable String cwd) {
    return start(id, text, model, cwd, null);
  }

  /// Starts a turn of a tenant's conversation.
  ///
  /// @param tenant null to keep the conversation's
  /// @throws TurnInProgressException if one is going on
  /// @throws PromptLimitException if the limit of conversations is reached, or this one is full
  public Turn start(
      String id,
      String text,
      @Nullable String model,
      @Nullable String cwd,
      @Nullable String tenant) {
    var turnId = UUID.randomUUID().toString();
    try {
      requireRoom(id, text);
      var fullName = model == null || model.isEmpty() ? warmer.conversation(id).model() : model;
      var choice = providers.find(fullName);
      if (choice.isEmpty()) {
        var failure = new Failed(id, turnId, "unknown model: " + fullName, "unknown-model");
        return failedBeforeStart(text, failure);
      }
      var tier = warmer.tier(id, choice.get(), text.length());
      warmer.turnStarted(id, choice.get(), tier, cwd, tenant);
      return begun(id, new ChatTurn(id, turnId, text, choice.get(), tier, time));
    } catch (StokerException e) {
      return failedBeforeStart(
          text, new Failed(id, turnId, String.valueOf(e.getMessage()), "store"));
    }
  }

  private void requireRoom(String id, String text) {
    var limits = settings.limits();
    if (limits.parts() == 0 && limits.characters() == 0) {
      return;
    }
    var size = store.size(id);
    boolean tooMany = limits.parts() > 0 && size.parts() >= limits.parts();
    boolean tooLong =
        limits.characters() > 0 && size.characters() + text.length() > limits.characters();
    if (tooMany || tooLong) {
      throw new PromptLimitException(
          PromptLimitException.Code.CONVERSATION_FULL,
          "This conversation has %d parts with %d characters, and may have at most %d with %d. Begin"
                  .formatted(size.parts(), size.characters(), limits.parts(), limits.characters())
              + " another one, or delete it");
    }
  }

  private Turn begun(String id, ChatTurn turn) {
    running.incrementAndGet();
    boolean begun = false;
    while (!begun) {
      var channel = channel(id);
      var thread = BackgroundTask.virtual("stoker-turn", () -> run(turn, channel));
      begun = channel.begin(thread, turn.userMessage());
      if (begun) {
        thread.start();
      } else {
        channels.remove(id, channel);
      }
    }
    return new Turn(turn.turnId(), true);
  }

  private Turn failedBeforeStart(String text, Failed failure) {
    var id = failure.conversationId();
    if (warmer.isGenerating(id)) {
      throw new TurnInProgressException();
    }
    var channel = channels.get(id);
    if (channel != null) {
      channel.publish(new UserMessage(id, failure.turnId(), text));
      channel.publish(failure);
    }
    return new Turn(failure.turnId(), false);
  }

  private void run(ChatTurn turn, ChatChannel channel) {
    try (var _ = MDC.putCloseable("conversation", turn.conversationId())) {
      var _ =
          BackgroundTask.attempt(
              "A turn", () -> turn.run(() -> request(turn), event -> publish(channel, event)));
      store(turn, channel);
    } finally {
      warmer.turnEnded(turn.conversationId(), ended(turn), () -> seal(turn, channel));
    }
  }

  /// Even if the provider cannot report the outcome, the turn ends.
  private static TurnEnded ended(ChatTurn turn) {
    var outcome = new AtomicReference<@Nullable TurnOutcome>();
    var _ =
        BackgroundTask.attempt("Reading the outcome of a turn", () -> outcome.set(turn.outcome()));
    return new TurnEnded(turn.touchedAt(), outcome.get());
  }

  private void publish(ChatChannel channel, ChatEvent event) {
    if (event instanceof Done done) {
      var reason = REASONS.contains(done.reason()) ? done.reason() : OTHER;
      ended.computeIfAbsent(reason, _ -> new LongAdder()).increment();
    }
    channel.publish(event);
  }

  private PromptRequest request(ChatTurn turn) {
    var id = turn.conversationId();
    return PromptRequest.of(
        id, turn.choice(), settings.system(), store.history(id, 0), turn.text(), turn.tier());
  }

  private void store(ChatTurn turn, ChatChannel channel) {
    var id = turn.conversationId();
    try {
      if (!store.appendTurn(id, turn.messages(), turn.metrics())) {
        channel.publish(new Failed(id, turn.turnId(), "this conversation was deleted", "deleted"));
      }
    } catch (RuntimeException | Error e) {
      if (!(e instanceof StokerException)) {
        LOG.error("A turn of conversation {} was not stored", id, e);
      }
      var message = "this turn was not stored: " + e.getMessage();
      channel.publish(new Failed(id, turn.turnId(), message, "store"));
    }
  }

  private void seal(ChatTurn turn, ChatChannel channel) {
    channel.end(new TurnSealed(turn.conversationId(), turn.turnId()));
    running.decrementAndGet();
    seals.release();
    leave(turn.conversationId(), channel);
  }

  /// Subscribes to a conversation: first the events of the current turn so far, then each new one,
  /// without a gap.
  public Watch watch(String id, Watcher watcher) {
    while (true) {
      var channel = channel(id);
      if (channel.addWatcher(watcher)) {
        return () -> {
          channel.removeWatcher(watcher);
          leave(id, channel);
        };
      }
      channels.remove(id, channel);
    }
  }

  /// Disables warming, and aborts the current turn. Does not wait for its last event.
  ///
  /// @return whether there was a turn
  /// @throws StokerException if disabling could not be saved; both are done nevertheless
  public boolean close(String id) {
    boolean aborted;
    try {
      warmer.closed(id);
    } finally {
      aborted = abort(id);
    }
    return aborted;
  }

  /// Disables warming, aborts the current turn, and deletes the conversation when the turn has
  /// ended. Its lines in the ledger contain no text and stay.
  ///
  /// @return whether there was one
  /// @throws TurnInProgressException if its turn does not end, or another one has begun meanwhile
  /// @throws StokerException if it was not deleted, or only in part; calling again continues
  public boolean delete(String id) throws InterruptedException {
    if (store.find(id).isEmpty() && store.size(id).parts() == 0) {
      return false;
    }
    var sealed = new CountDownLatch(1);
    Watcher untilSealed =
        event -> {
          if (event instanceof TurnSealed) {
            sealed.countDown();
          }
        };
    try (var _ = watch(id, untilSealed)) {
      if (close(id) && !sealed.await(MAX_SEAL_SECONDS, TimeUnit.SECONDS)) {
        throw new TurnInProgressException(
            "the turn did not end within " + MAX_SEAL_SECONDS + " s; try again");
      }
    }
    warmer.delete(id);
    return true;
  }

  private boolean abort(String id) {
    var channel = channels.get(id);
    return channel != null && channel.abort();
  }

  /// Whether a turn is not sealed yet.
  public boolean isRunning(String id, String turnId) {
    var channel = channels.get(id);
    return channel != null && channel.isRunning(turnId);
  }

  /// The number of turns in progress.
  public int running() {
    return running.get();
  }

  /// The number of conversations with watchers or a turn in progress.
  int channels() {
    return channels.size();
  }

  /// The number of turns that have ended since the start of this process.
  ///
  /// @param reason one of [#REASONS]
  public long ended(String reason) {
    var count = ended.get(reason);
    return count == null ? 0 : count.sum();
  }

  private ChatChannel channel(String id) {
    return channels.computeIfAbsent(id, _ -> new ChatChannel());
  }

  private void leave(String id, ChatChannel channel) {
    if (channel.closeIfUnused()) {
      channels.remove(id, channel);
    }
  }

  /// Aborts all turns, and waits until they are stored, unless the store does not respond.
  @Override
  public void close() {
    seals.drainPermits();
    channels.values().forEach(ChatChannel::abort);
    try {
      boolean goesOn = true;
      while (goesOn && running.get() > 0) {
        goesOn = seals.tryAcquire(MAX_SEAL_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
