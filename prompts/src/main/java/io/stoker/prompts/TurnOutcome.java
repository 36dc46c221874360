package io.stoker.prompts;

import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.StopReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a turn came to whose request the provider took.
///
/// @param stop why the model stopped
/// @param tier of the cache that the request asked for
/// @param usage what was used; [Usage#NONE] if the provider did not say
/// @param timeToFirstToken until the first piece of the answer; null if none came
record TurnOutcome(
    StopReason stop, CacheTier tier, Usage usage, @Nullable Duration timeToFirstToken) {}
