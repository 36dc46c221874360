package io.stoker.prompts;

import io.stoker.StokerException;
import io.stoker.Task;
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
import io.stoker.prompts.WarmingEvent.WarmDone;
import io.stoker.prompts.WarmingEvent.WarmFailed;
import io.stoker.prompts.WarmingEvent.WarmRefused;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An event on its way to a conversation, and whoever waits until it is handled.
final class Mail {

  private final @Nullable WarmingEvent event;
  private final @Nullable String model;
  private final ConversationChange change;
  private final @Nullable Runnable last;
  private final @Nullable Consumer<Conversation> viewer;
  private final Review review;
  private final CompletableFuture<Conversation> done = new CompletableFuture<>();
  private @Nullable WarmCall call;

  /// @param event null for none: the conversation is only saved
  /// @param model the full name of the model that a warm is to ask; null for the conversation's
  /// @param change what else is different about the conversation from now on
  /// @param last what to do when all have been told; null for nothing
  Mail(
      @Nullable WarmingEvent event,
      @Nullable String model,
      ConversationChange change,
      @Nullable Runnable last) {
    this.event = event;
    this.model = model;
    this.change = change;
    this.last = last;
    this.viewer = null;
    this.review = Review.NONE;
  }

  /// No event at all: somebody wants to see the conversation between two of them.
  Mail(Consumer<Conversation> viewer) {
    this.event = null;
    this.model = null;
    this.change = ConversationChange.NONE;
    this.last = null;
    this.viewer = viewer;
    this.review = Review.NONE;
  }

  private Mail(Review review) {
    this.event = null;
    this.model = null;
    this.change = ConversationChange.NONE;
    this.last = null;
    this.viewer = null;
    this.review = review;
  }

  /// No event either: it is to be seen whether the conversation still belongs to this process.
  ///
  /// @param stale whether it has belonged to another one meanwhile
  static Mail review(boolean stale) {
    return new Mail(stale ? Review.STALE : Review.PERHAPS);
  }

  /// The conversation is to be deleted.
  static Mail deletion() {
    return new Mail(Review.DELETION);
  }

  boolean isDeletion() {
    return review == Review.DELETION;
  }

  private enum Review {
    NONE,
    DELETION,
    PERHAPS,
    STALE
  }

  boolean isReview() {
    return review == Review.PERHAPS || review == Review.STALE;
  }

  boolean isStale() {
    return review == Review.STALE;
  }

  Mail(WarmingEvent event) {
    this(event, null, ConversationChange.NONE, null);
  }

  /// What a warm came to.
  Mail(WarmingEvent outcome, WarmCall call) {
    this(outcome);
    this.call = call;
  }

  @Nullable WarmingEvent event() {
    return event;
  }

  @Nullable String model() {
    return model;
  }

  /// The warm that it comes from, or that comes of it; null for none.
  @Nullable WarmCall call() {
    return call;
  }

  void join(WarmCall joined) {
    call = joined;
  }

  /// Shows the conversation to whoever only wants to see it.
  ///
  /// @return whether that was all
  boolean isShown(Conversation conversation) {
    if (viewer == null) {
      return false;
    }
    viewer.accept(conversation);
    done.complete(conversation);
    return true;
  }

  CompletableFuture<Conversation> done() {
    return done;
  }

  /// Whether somebody wants something of the conversation, and so wants it to belong to this
  /// process.
  boolean isWish() {
    return switch (event) {
      case null -> !change.equals(ConversationChange.NONE);
      case SetEnabled _,
          SetInterval _,
          SetMode _,
          LookAgain _,
          Hinted _,
          Closed _,
          TurnStarted _,
          WarmAsked _ ->
          true;
      case TurnSettled _,
          TimerRang _,
          WarmDone _,
          WarmFailed _,
          WarmRefused _,
          Restored _,
          ClockJumped _ ->
          false;
    };
  }

  /// Whether it breaks a turn off that is going on elsewhere.
  boolean endsTurns() {
    return event instanceof Closed;
  }

  /// Whether it must be handled even if nothing can be saved: all but wishes.
  boolean mustHappen() {
    return switch (event) {
      case null -> false;
      case SetEnabled _, SetInterval _, SetMode _, LookAgain _, TurnStarted _, WarmAsked _ -> false;
      default -> true;
    };
  }

  /// The conversation with what this changes in it beside its warming.
  Conversation changed(Conversation before) {
    return change.equals(ConversationChange.NONE) ? before : change.of(before);
  }

  /// Ends it for whoever waits.
  ///
  /// @param trouble why it could not be saved; null if it was
  void finish(Conversation after, @Nullable StokerException trouble) {
    doLast();
    if (trouble == null) {
      done.complete(after);
    } else {
      done.completeExceptionally(trouble);
    }
  }

  /// Ends it for whoever waits: it could not be handled.
  void fail(Throwable why) {
    if (!done.isDone()) {
      doLast();
      done.completeExceptionally(why);
    }
  }

  private void doLast() {
    if (last != null) {
      var _ = Task.attempt("What follows an event of a conversation", last);
    }
  }
}
