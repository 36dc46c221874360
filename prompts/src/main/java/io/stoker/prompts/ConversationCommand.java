package io.stoker.prompts;

import io.stoker.prompts.WarmingEvent.Closed;
import io.stoker.prompts.WarmingEvent.Hinted;
import io.stoker.prompts.WarmingEvent.TurnEnded;
import io.stoker.prompts.WarmingEvent.WarmRequested;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What the writer of a conversation is to do.
sealed interface ConversationCommand {

  /// To show the conversation between two changes.
  record Show(Consumer<Conversation> viewer) implements ConversationCommand {}

  /// To see whether the conversation still belongs to this process.
  ///
  /// @param stale whether it has belonged to another one meanwhile, which may have changed it
  record CheckOwner(boolean stale) implements ConversationCommand {}

  /// To delete the conversation.
  record Delete() implements ConversationCommand {}

  /// To change the conversation.
  sealed interface Change extends ConversationCommand {

    /// What happens to its warming; null for nothing.
    @Nullable WarmingEvent event();

    /// What else changes.
    default ConversationChange change() {
      return ConversationChange.NONE;
    }

    /// Whether somebody wants it: the conversation then moves to this process, and may begin.
    default boolean isRequested() {
      return false;
    }

    /// Whether it happens even if it cannot be saved.
    default boolean mustHappen() {
      return !isRequested();
    }
  }

  /// Somebody wants something of the conversation.
  record Request(@Nullable WarmingEvent event, ConversationChange change) implements Change {

    Request(WarmingEvent event) {
      this(event, ConversationChange.NONE);
    }

    Request(ConversationChange change) {
      this(null, change);
    }

    @Override
    public boolean isRequested() {
      return true;
    }

    @Override
    public boolean mustHappen() {
      return event instanceof Closed || event instanceof Hinted;
    }
  }

  /// Somebody wants a warm now.
  ///
  /// @param model the full name of the model to ask
  /// @param call the warm that comes of it, or that was in flight already
  record RequestWarm(WarmRequested event, String model, CompletableFuture<WarmCall> call)
      implements Change {

    RequestWarm(WarmRequested event, String model) {
      this(event, model, new CompletableFuture<>());
    }

    @Override
    public boolean isRequested() {
      return true;
    }
  }

  /// Something has happened.
  record Report(WarmingEvent event) implements Change {}

  /// A turn has ended.
  ///
  /// @param last is run when all have been told, and also if it could not be handled
  record EndTurn(TurnEnded event, Runnable last) implements Change {}

  /// A warm has ended.
  record EndWarm(WarmCall call, WarmingEvent event) implements Change {}

  /// What could not be saved is tried again.
  record SaveAgain() implements Change {

    @Override
    public @Nullable WarmingEvent event() {
      return null;
    }

    @Override
    public boolean mustHappen() {
      return false;
    }
  }
}
