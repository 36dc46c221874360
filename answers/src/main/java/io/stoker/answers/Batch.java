package io.stoker.answers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A batch of questions as it stands.
///
/// @param id its key, which grows with time
/// @param startedAt when its first question was claimed; null if none was
/// @param endedAt when it was over; null while it is not
/// @param reason what the last move was made for; empty if nobody said
public record Batch(
    long id,
    BatchState state,
    BatchCounts counts,
    BatchOptions options,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    String reason) {}
