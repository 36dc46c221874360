package io.stoker.prompts;

import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An event in the warming of a conversation.
sealed interface WarmingEvent {

  /// A turn begins.
  record TurnStarted(CacheProfile cacheProfile) implements WarmingEvent {}

  /// A turn has ended, successfully or not, and is stored.
  ///
  /// @param touchedAt when the last request that the provider accepted began; null if it accepted
  ///   none
  /// @param outcome null if the provider accepted no request, or its outcome is unknown
  record TurnEnded(@Nullable Instant touchedAt, @Nullable TurnOutcome outcome)
      implements WarmingEvent {}

  /// The mode was changed.
  ///
  /// @param mode null for the mode of the tenant, or the server
  record SetMode(@Nullable PolicyMode mode) implements WarmingEvent {}

  /// Another input of the policy has changed, such as a budget.
  record PolicyInputChanged() implements WarmingEvent {}

  /// A hint about when the user comes back.
  ///
  /// @param stop why the model stopped; null for no hint
  /// @param focused whether the conversation has the user's focus; null for no hint
  record Hinted(@Nullable StopReason stop, @Nullable Boolean focused) implements WarmingEvent {}

  /// Warming was enabled or disabled.
  ///
  /// @param on null to toggle
  record SetEnabled(@Nullable Boolean on) implements WarmingEvent {}

  /// The interval was changed.
  record SetInterval(Duration interval) implements WarmingEvent {}

  /// Several settings were changed at once.
  ///
  /// @param parts in order; only the last one may disable warming
  record SetWarming(List<WarmingEvent> parts) implements WarmingEvent {

    /// Copies the list.
    public SetWarming {
      parts = List.copyOf(parts);
    }
  }

  /// The conversation is closed.
  record Closed() implements WarmingEvent {}

  /// A timer has fired.
  record TimerFired(long number) implements WarmingEvent {}

  /// A warm was requested.
  record WarmRequested(CacheProfile cacheProfile) implements WarmingEvent {}

  /// A warm has succeeded.
  ///
  /// @param startedAt when its request began
  /// @param cost in micro-dollars; 0 if prices are unknown
  record WarmDone(long number, Instant startedAt, Usage usage, long cost) implements WarmingEvent {}

  /// A warm was sent, and failed.
  ///
  /// @param isFinal whether a retry cannot help
  /// @param retryAfter the delay that the provider asked for; null for none
  /// @param jitter random, from 0 to 1, to spread retries
  record WarmFailed(
      long number, String error, boolean isFinal, @Nullable Duration retryAfter, double jitter)
      implements WarmingEvent {}

  /// A warm was not sent.
  record WarmRefused(long number, WarmingState.PauseReason pauseReason, String why)
      implements WarmingEvent {}

  /// The conversation was loaded from the store.
  ///
  /// @param jitter random, from 0 to 1, to spread warms
  record Restored(CacheProfile cacheProfile, double jitter) implements WarmingEvent {}

  /// The wall clock was set, or the machine was suspended.
  ///
  /// @param by how far the clock moved; negative for backwards
  record ClockJumped(Duration by) implements WarmingEvent {}
}
