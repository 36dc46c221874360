package io.stoker.prompts;

import io.stoker.BackgroundTask;
import io.stoker.StokerException;
import io.stoker.prompts.ConversationCommand.EndTurn;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A command in the queue of a conversation.
///
/// @param reply completed with the conversation after the command
record QueuedCommand(ConversationCommand command, CompletableFuture<Conversation> reply) {

  QueuedCommand(ConversationCommand command) {
    this(command, new CompletableFuture<>());
  }

  /// Completes it.
  ///
  /// @param error why the conversation could not be saved; null if it was
  void finish(Conversation after, @Nullable StokerException error) {
    runLast();
    if (error == null) {
      reply.complete(after);
    } else {
      reply.completeExceptionally(error);
    }
  }

  /// Completes it exceptionally.
  void fail(Throwable why) {
    if (!reply.isDone()) {
      runLast();
      reply.completeExceptionally(why);
    }
  }

  private void runLast() {
    if (command instanceof EndTurn(_, var last)) {
      var _ = BackgroundTask.attempt("What follows the end of a turn", last);
    }
  }
}
