package io.stoker.prompts;

import io.stoker.prompts.WarmingState.RestReason;
import java.time.Instant;

/// What a policy wants of an idle conversation.
sealed interface Advice {

  /// A warm an interval after what came before.
  record ByInterval() implements Advice {}

  /// A warm at a time.
  ///
  /// @param why for people
  record At(Instant when, String why) implements Advice {}

  /// No warm until the next turn.
  ///
  /// @param why for people; empty if the rest says it all
  record Not(RestReason restReason, String why) implements Advice {}

  /// Where it comes from.
  interface Advisor {

    /// What is wanted of a conversation in which nothing is going on.
    Advice advise(WarmingState state, Instant now);
  }
}
