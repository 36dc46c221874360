package io.stoker.prompts;

import io.stoker.prompts.WarmingState.PauseReason;
import java.time.Instant;

/// What a policy wants of an idle conversation.
sealed interface WarmDecision {

  /// A warm an interval after what came before.
  record ByInterval() implements WarmDecision {}

  /// A warm at a time.
  ///
  /// @param why for people
  record At(Instant when, String why) implements WarmDecision {}

  /// No warm until the next turn.
  ///
  /// @param why for people; empty if the rest says it all
  record Not(PauseReason pauseReason, String why) implements WarmDecision {}

  /// Where it comes from.
  interface Decider {

    /// What is wanted of a conversation in which nothing is going on.
    WarmDecision decide(WarmingState state, Instant now);
  }
}
