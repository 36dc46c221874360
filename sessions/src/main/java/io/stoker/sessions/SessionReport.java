package io.stoker.sessions;

import io.stoker.WarmCounts;
import java.time.Duration;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// What a warm run did.
///
/// @param state how it ended
/// @param counts what became of each selected session
/// @param sampled how many of the sessions now in the cache were looked up to verify the run
/// @param found how many of those the reader's own path found
/// @param bytes size of the values that the cache acknowledged
/// @param took how long the run took, the verification included
/// @param firstAfter how long after its start the first session was warm; null if none was
/// @param message why it ended like this and what to do, for people; empty if all went well
public record SessionReport(
    RunState state,
    WarmCounts counts,
    int sampled,
    int found,
    long bytes,
    Duration took,
    @Nullable Duration firstAfter,
    String message) {

  /// The headline: the share of sampled sessions that a look-up finds, from 0 to 1; nothing if
  /// nothing was sampled.
  public OptionalDouble verifiedShare() {
    return sampled == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) found / sampled);
  }

  /// Whether at least 90 % of the sample was found.
  public boolean meetsTarget() {
    return verifiedShare().orElse(0) >= SessionRules.TARGET;
  }
}
