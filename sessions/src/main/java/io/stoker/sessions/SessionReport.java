package io.stoker.sessions;

import io.stoker.WarmCounts;
import java.time.Duration;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// The result of a warm run.
///
/// @param state how the run ended
/// @param counts the outcomes of the selected sessions
/// @param total the number of sessions to warm: the selected ones after a complete run; null after
///   one that stopped early, unless it was counted separately
/// @param sampled how many of the selected sessions were looked up to verify the run, failed and
///   unreadable ones included
/// @param found how many of those a reader would find
/// @param bytes the total size of the acknowledged values
/// @param took how long the run took, including the verification
/// @param firstAfter the time from the start to the first warm session; null if there was none
/// @param message why it ended so and what to do, for operators; empty if all went well at once
public record SessionReport(
    RunState state,
    WarmCounts counts,
    @Nullable Long total,
    int sampled,
    int found,
    long bytes,
    Duration took,
    @Nullable Duration firstAfter,
    String message) {

  /// The share of the sessions to warm that a reader would find, from 0 to 1: the share of the
  /// sample, with the sessions that the run did not reach counted as not found. Empty if nothing
  /// was sampled, or if the number of sessions to warm is unknown.
  public OptionalDouble verifiedShare() {
    if (sampled == 0 || total == null) {
      return OptionalDouble.empty();
    }
    double reached = total == 0 ? 1 : Math.min(1, (double) counts.selected() / total);
    return OptionalDouble.of(reached * found / sampled);
  }

  /// Whether the run is complete, and at least 90 % of the sample was found or every selected
  /// session has ended in the cache since it was migrated.
  public boolean meetsTarget() {
    return state.isComplete()
        && (verifiedShare().orElse(0) >= SessionRules.TARGET || haveAllEnded());
  }

  /// The same report of a run that stopped early, with the number of sessions to warm.
  ///
  /// @param counted as estimated by [SessionWarmer#estimate]; null if unknown
  public SessionReport withTotal(@Nullable Long counted) {
    if (total != null || counted == null) {
      return this;
    }
    long atLeast = Math.max(counted, counts.selected());
    return new SessionReport(
        state, counts, atLeast, sampled, found, bytes, took, firstAfter, message);
  }

  /// Whether the run ended before it reached all sessions to warm.
  public boolean stoppedEarly() {
    return total == null || counts.selected() < total;
  }

  private boolean haveAllEnded() {
    long ended = counts.skipped().getOrDefault(SessionRules.ENDED.reason(), 0L);
    return ended > 0 && ended == counts.selected();
  }
}
