package io.stoker.prompts;

import io.stoker.prompts.WarmingEvent.Closed;
import io.stoker.prompts.WarmingEvent.Hinted;
import io.stoker.prompts.WarmingEvent.TurnEnded;
import io.stoker.prompts.WarmingEvent.WarmRequested;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A command for the [ConversationWriter].
sealed interface ConversationCommand {

  /// Show the conversation between two changes.
  record Show(Consumer<Conversation> viewer) implements ConversationCommand {}

  /// Check whether this process still owns the conversation.
  ///
  /// @param stale whether another process has owned it since, and may have changed it
  record CheckOwner(boolean stale) implements ConversationCommand {}

  /// Delete the conversation.
  record Delete() implements ConversationCommand {}

  /// Change the conversation.
  sealed interface Change extends ConversationCommand {

    /// The event in its warming; null for none.
    @Nullable WarmingEvent event();

    /// Changes besides its warming.
    default ConversationChange change() {
      return ConversationChange.NONE;
    }

    /// Whether it is a request: then this process takes the conversation over, and may create it.
    default boolean isRequested() {
      return false;
    }

    /// Whether it takes effect even if it cannot be saved.
    default boolean mustHappen() {
      return !isRequested();
    }
  }

  /// A request for the conversation.
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

  /// A request for a warm.
  ///
  /// @param model the full name
  /// @param call completed with the new warm, or the one already in flight
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

  /// An event that was not requested.
  record Report(WarmingEvent event) implements Change {}

  /// A turn has ended.
  ///
  /// @param last runs after listeners were notified, or if the command fails
  record EndTurn(TurnEnded event, Runnable last) implements Change {}

  /// A warm has ended.
  record EndWarm(WarmCall call, WarmingEvent event) implements Change {}

  /// A retry of a failed save.
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
