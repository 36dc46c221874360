package io.stoker.prompts;

import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that happens to a conversation's warming.
sealed interface WarmingEvent {

  /// A turn begins.
  record TurnStarted(CacheProfile cacheProfile) implements WarmingEvent {}

  /// A turn has ended, well or not, and is kept.
  ///
  /// @param touchedAt when the last request began that the provider took; null if it took none
  /// @param outcome what it came to; null if the provider took none, or did not say
  record TurnEnded(@Nullable Instant touchedAt, @Nullable TurnOutcome outcome)
      implements WarmingEvent {}

  /// Somebody wants another mode.
  ///
  /// @param mode null for as its tenant wants it, or all
  record SetMode(@Nullable PolicyMode mode) implements WarmingEvent {}

  /// Something else has changed that a policy looks at.
  record PolicyInputChanged() implements WarmingEvent {}

  /// Somebody knows more about when the user comes back.
  ///
  /// @param stop why the model stopped; null if that is not said
  /// @param focused whether the user looks at the conversation; null if that is not said
  record Hinted(@Nullable StopReason stop, @Nullable Boolean focused) implements WarmingEvent {}

  /// Somebody wants warming, or does not.
  ///
  /// @param on null for the other of what it is
  record SetEnabled(@Nullable Boolean on) implements WarmingEvent {}

  /// Somebody wants another interval.
  record SetInterval(Duration interval) implements WarmingEvent {}

  /// Somebody wants several of these at once.
  ///
  /// @param parts in their order; only the last one may end warming
  record SetWarming(List<WarmingEvent> parts) implements WarmingEvent {

    /// Copies the list.
    public SetWarming {
      parts = List.copyOf(parts);
    }
  }

  /// The conversation is closed.
  record Closed() implements WarmingEvent {}

  /// A timer has rung.
  record TimerFired(long number) implements WarmingEvent {}

  /// Somebody wants a warm now.
  record WarmRequested(CacheProfile cacheProfile) implements WarmingEvent {}

  /// A warm is done.
  ///
  /// @param startedAt when its request began
  /// @param cost in micro-dollars; 0 if nothing is known of prices
  record WarmDone(long number, Instant startedAt, Usage usage, long cost) implements WarmingEvent {}

  /// A warm was tried, and failed.
  ///
  /// @param isFinal whether trying again cannot help
  /// @param retryAfter how long the provider is rate limited; null if it did not say
  /// @param jitter from 0 to 1, so that many do not try again at the same moment
  record WarmFailed(
      long number, String error, boolean isFinal, @Nullable Duration retryAfter, double jitter)
      implements WarmingEvent {}

  /// A warm could not be tried.
  record WarmRefused(long number, WarmingState.PauseReason pauseReason, String why)
      implements WarmingEvent {}

  /// The conversation was read from the store by a process that knows nothing of it.
  ///
  /// @param jitter from 0 to 1, so that not all are warmed at the same moment
  record Restored(CacheProfile cacheProfile, double jitter) implements WarmingEvent {}

  /// The wall clock was set, or the machine slept.
  ///
  /// @param by how much later it is than it should be; negative if earlier
  record ClockJumped(Duration by) implements WarmingEvent {}
}
