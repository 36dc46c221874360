package io.stoker.answers;

import java.time.Instant;

/// Something that was done to a batch.
///
/// @param what `submitted`, `added`, or a [BatchMove#label()]
/// @param reason what for; empty if nobody said
/// @param state the batch's state afterwards
public record BatchChange(Instant at, String what, String reason, BatchState state) {}
