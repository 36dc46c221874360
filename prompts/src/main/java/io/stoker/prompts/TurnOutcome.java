package io.stoker.prompts;

import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The outcome of a turn whose request the provider accepted.
///
/// @param stop why the model stopped
/// @param tier that the request asked for
/// @param usage [Usage#NONE] if the provider did not report it
/// @param timeToFirstToken null if no answer came
record TurnOutcome(
    StopReason stop, CacheTier tier, Usage usage, @Nullable Duration timeToFirstToken) {}
