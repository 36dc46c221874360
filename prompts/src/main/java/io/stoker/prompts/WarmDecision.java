package io.stoker.prompts;

import io.stoker.prompts.WarmingState.PauseReason;
import java.time.Instant;

/// When an idle conversation is warmed next, and why.
sealed interface WarmDecision {

  /// Warm in one interval, counted from the event that is being handled.
  record ByInterval() implements WarmDecision {}

  /// Warm at a time.
  ///
  /// @param why in words for users
  record At(Instant when, String why) implements WarmDecision {}

  /// Do not warm until the next turn.
  ///
  /// @param why in words for users; empty if the reason says it all
  record Pause(PauseReason reason, String why) implements WarmDecision {}

  /// Decides when a conversation is warmed next.
  interface Decider {

    /// The decision for a conversation that is not busy.
    WarmDecision decide(WarmingState state, Instant now);
  }
}
