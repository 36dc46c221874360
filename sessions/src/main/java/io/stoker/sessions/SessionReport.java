package io.stoker.sessions;

import io.stoker.WarmCounts;
import java.time.Duration;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// The result of a warm run.
///
/// @param state how the run ended
/// @param counts the outcomes of the selected sessions
/// @param sampled how many of the cached sessions were looked up to verify the run
/// @param found how many of those a reader would find
/// @param bytes the total size of the acknowledged values
/// @param took how long the run took, including the verification
/// @param firstAfter the time from the start to the first warm session; null if there was none
/// @param message why it ended so and what to do, for operators; empty if all went well at once
public record SessionReport(
    RunState state,
    WarmCounts counts,
    int sampled,
    int found,
    long bytes,
    Duration took,
    @Nullable Duration firstAfter,
    String message) {

  /// The share of the sampled sessions that were found, from 0 to 1; empty if none were sampled.
  public OptionalDouble verifiedShare() {
    return sampled == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) found / sampled);
  }

  /// Whether at least 90 % of the sample was found, or every selected session has ended in the
  /// cache since it was migrated.
  public boolean meetsTarget() {
    return verifiedShare().orElse(0) >= SessionRules.TARGET || haveAllEnded();
  }

  private boolean haveAllEnded() {
    long ended = counts.skipped().getOrDefault(SessionRules.ENDED.reason(), 0L);
    return ended > 0 && ended == counts.selected();
  }
}
