package io.stoker.prompts;

import io.stoker.BackgroundTask;
import io.stoker.prompts.ConversationCommand.Change;
import io.stoker.prompts.PromptProviders.Choice;
import io.stoker.prompts.PromptSchedule.Ask;
import io.stoker.prompts.PromptSchedule.Step;
import io.stoker.prompts.WarmingEvent.Restored;
import io.stoker.prompts.WarmingEvent.TurnSettled;
import io.stoker.prompts.WarmingEvent.TurnStarted;
import io.stoker.prompts.WarmingState.RestReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the schedule makes of what happens to a conversation, with the advice of the policy and the
/// terms of its provider. Neither stops a conversation by failing. Thread-safe.
final class ConversationSteps {

  private static final Logger LOG = LoggerFactory.getLogger(ConversationSteps.class);

  private final WarmerParts parts;

  ConversationSteps(WarmerParts parts) {
    this.parts = parts;
  }

  /// A conversation that nobody has done anything with.
  Conversation unknown(String id) {
    return new Conversation(id, "", "", WarmingState.off(parts.settings().interval()));
  }

  /// A conversation as the store has it; one that was never saved is unknown.
  ///
  /// @throws io.stoker.StokerException if the store does not answer
  Conversation load(String id) {
    return parts.store().find(id).map(found -> restored(found, 0)).orElseGet(() -> unknown(id));
  }

  /// A conversation that was read from the store.
  ///
  /// @param luck from 0 to 1, so that not all are warmed at the same moment
  Conversation restored(Conversation stored, double luck) {
    var event = new Restored(terms(stored, stored.model()), luck);
    return stored.with(after(stored, event, parts.time().now()).state());
  }

  /// What a change comes to.
  ///
  /// @param lines what it adds to the ledger
  /// @param isPublished whether listeners are told
  record Outcome(Conversation after, Ask ask, boolean isPublished, List<LedgerEntry> lines) {}

  /// @param askedModel the full name of the model that a warm has asked; null for the
  ///   conversation's
  Outcome outcome(Conversation before, Change change, @Nullable String askedModel, Instant now) {
    var event = change.event();
    var changed = change.change().of(before);
    var step =
        event == null ? new Step(before.warming(), Ask.NOTHING, false) : after(changed, event, now);
    var after = changed.with(step.state());
    var model = askedModel == null ? changed.model() : askedModel;
    var lines = LedgerRules.lines(changed, event, after, () -> requestedModel(changed, model), now);
    for (var line : lines) {
      after = after.with(after.money().plus(line.money()));
    }
    return new Outcome(after, step.ask(), step.isPublished(), lines);
  }

  private Step after(Conversation conversation, WarmingEvent event, Instant now) {
    return PromptSchedule.after(
        conversation.warming(), event, now, (state, at) -> advice(conversation.with(state), at));
  }

  /// A policy that fails wants nothing: a warm that nobody has thought about may cost any amount.
  private Advice advice(Conversation conversation, Instant at) {
    try {
      return parts.advisor().advise(conversation, at);
    } catch (RuntimeException | Error e) {
      LOG.error("The policy failed for conversation {}, which is not warmed", conversation.id(), e);
      return new Advice.Not(RestReason.NOT_WORTH_IT, "the policy failed; the log says why");
    }
  }

  /// When a user who has not come back counts as one who does not; null for never.
  @Nullable Instant horizon(Conversation conversation) {
    try {
      return parts.advisor().horizon(conversation);
    } catch (RuntimeException | Error e) {
      LOG.error(
          "Could not compute how long to wait for the user of conversation {}",
          conversation.id(),
          e);
      return null;
    }
  }

  private CacheTerms terms(Conversation conversation, String model) {
    var idle = conversation.warming().idle();
    try {
      return parts
          .providers()
          .find(model)
          .map(choice -> choice.terms(idle == null ? null : idle.tier()))
          .orElse(CacheTerms.UNKNOWN);
    } catch (RuntimeException | Error e) {
      LOG.error("The provider of {} does not give its cache terms", model, e);
      return CacheTerms.UNKNOWN;
    }
  }

  private LedgerRules.Model requestedModel(Conversation conversation, String model) {
    var prices = parts.providers().find(model).flatMap(Choice::prices).orElse(null);
    return new LedgerRules.Model(model, prices, terms(conversation, model).timeToLive());
  }

  /// Lets the policy learn from what has come of idle periods and of warms.
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
    } else if (event instanceof TurnSettled(_, var outcome)
        && outcome != null
        && live.turnBeganWarm()) {
      parts.advisor().requested(before, idle, idle.isGone(outcome.usage()));
    }
    if (later.settled() && !idle.settled() && before.warming().enabled()) {
      var away = Duration.between(idle.since(), now);
      parts.advisor().learn(before, idle, away, event instanceof TurnStarted);
    } else if (later.since().equals(idle.since()) && later.pings() > idle.pings()) {
      parts.advisor().pinged(before, idle, later.wrote());
    }
  }
}
