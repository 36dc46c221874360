package io.stoker.prompts;

import io.stoker.BackgroundTask;
import io.stoker.prompts.ConversationCommand.Change;
import io.stoker.prompts.PromptProviders.Choice;
import io.stoker.prompts.PromptSchedule.ProviderAction;
import io.stoker.prompts.PromptSchedule.Transition;
import io.stoker.prompts.WarmingEvent.Restored;
import io.stoker.prompts.WarmingEvent.TurnEnded;
import io.stoker.prompts.WarmingEvent.TurnStarted;
import io.stoker.prompts.WarmingState.PauseReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Computes the next state of a conversation with [PromptSchedule], the policy and the cache
/// profile of its provider. A failure of the policy or the provider does not fail the command.
/// Thread-safe.
final class ConversationTransitions {

  private static final Logger LOG = LoggerFactory.getLogger(ConversationTransitions.class);

  private final WarmerContext context;

  ConversationTransitions(WarmerContext context) {
    this.context = context;
  }

  /// The state of a conversation without any request.
  Conversation unknown(String id) {
    return new Conversation(id, "", "", WarmingState.off(context.settings().interval()));
  }

  /// A stored conversation, or an unknown one.
  ///
  /// @throws io.stoker.StokerException if the store does not answer
  Conversation load(String id) {
    return context.store().find(id).map(found -> restored(found, 0)).orElseGet(() -> unknown(id));
  }

  /// A conversation that was loaded from the store.
  ///
  /// @param jitter random, from 0 to 1, to spread warms
  Conversation restored(Conversation stored, double jitter) {
    var event = new Restored(cacheProfile(stored, stored.model()), jitter);
    return stored.with(after(stored, event, context.time().now()).state());
  }

  /// The result of a change.
  ///
  /// @param lines new lines of the ledger
  /// @param isPublished whether listeners are notified
  record Outcome(
      Conversation after, ProviderAction action, boolean isPublished, List<LedgerEntry> lines) {}

  /// @param askedModel the full name of the model of a warm; null for the conversation's
  Outcome outcome(Conversation before, Change change, @Nullable String askedModel, Instant now) {
    var event = change.event();
    var changed = change.change().of(before);
    var transition =
        event == null
            ? new Transition(before.warming(), ProviderAction.NOTHING, false)
            : after(changed, event, now);
    var after = changed.with(transition.state());
    var model = askedModel == null ? changed.model() : askedModel;
    var lines = LedgerRules.lines(changed, event, after, () -> requestedModel(changed, model), now);
    for (var line : lines) {
      after = after.with(after.costs().plus(line.costs()));
    }
    return new Outcome(after, transition.action(), transition.isPublished(), lines);
  }

  private Transition after(Conversation conversation, WarmingEvent event, Instant now) {
    return PromptSchedule.after(
        conversation.warming(), event, now, (state, at) -> decision(conversation.with(state), at));
  }

  /// A failing policy means no warm, since its cost would be unknown.
  private WarmDecision decision(Conversation conversation, Instant at) {
    try {
      return context.decider().decide(conversation, at);
    } catch (RuntimeException | Error e) {
      LOG.error("The policy failed for conversation {}, which is not warmed", conversation.id(), e);
      return new WarmDecision.Pause(
          PauseReason.NOT_WORTH_IT, "the policy failed; the log says why");
    }
  }

  /// When a user who has not come back counts as gone; null for never.
  @Nullable Instant horizon(Conversation conversation) {
    try {
      return context.decider().horizon(conversation);
    } catch (RuntimeException | Error e) {
      LOG.error(
          "Could not compute how long to wait for the user of conversation {}",
          conversation.id(),
          e);
      return null;
    }
  }

  private CacheProfile cacheProfile(Conversation conversation, String model) {
    var idle = conversation.warming().idle();
    try {
      return context
          .providers()
          .find(model)
          .map(choice -> choice.cacheProfile(idle == null ? null : idle.tier()))
          .orElse(CacheProfile.UNKNOWN);
    } catch (RuntimeException | Error e) {
      LOG.error("The provider of {} does not give its cache terms", model, e);
      return CacheProfile.UNKNOWN;
    }
  }

  private LedgerRules.Model requestedModel(Conversation conversation, String model) {
    var prices = context.providers().find(model).flatMap(Choice::prices).orElse(null);
    return new LedgerRules.Model(model, prices, cacheProfile(conversation, model).timeToLive());
  }

  /// Lets the policy learn from the ends of idle periods and from warms.
  void learn(
      LiveConversation live,
      Conversation before,
      @Nullable WarmingEvent event,
      Conversation after,
      Instant now) {
    var _ = BackgroundTask.attempt("Learning", () -> learnFrom(live, before, event, after, now));
  }

  private void learnFrom(
      LiveConversation live,
      Conversation before,
      @Nullable WarmingEvent event,
      Conversation after,
      Instant now) {
    var idle = before.warming().idle();
    var later = after.warming().idle();
    if (idle == null || later == null) {
      return;
    }
    if (event instanceof TurnStarted) {
      live.setTurnBeganWarm(
          before.model().equals(after.model())
              && before.warming().coldAt().filter(now::isBefore).isPresent());
    } else if (event instanceof TurnEnded(_, var outcome)
        && outcome != null
        && live.turnBeganWarm()) {
      context.decider().requested(before, idle, idle.isMiss(outcome.usage()));
    }
    if (later.resolved() && !idle.resolved() && before.warming().enabled()) {
      var away = Duration.between(idle.since(), now);
      context.decider().learn(before, idle, away, event instanceof TurnStarted);
    } else if (later.since().equals(idle.since()) && later.warms() > idle.warms()) {
      context.decider().warmed(before, idle, later.wrote());
    }
  }
}
