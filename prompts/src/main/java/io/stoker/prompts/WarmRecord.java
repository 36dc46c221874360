package io.stoker.prompts;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A log entry of a warm that was sent.
///
/// @param startedAt when the request began
/// @param took the duration of the request
/// @param model the full name
/// @param manual whether a user requested it
/// @param usage null if it failed
/// @param error empty if it succeeded
public record WarmRecord(
    String conversationId,
    Instant startedAt,
    Duration took,
    String model,
    boolean manual,
    @Nullable Usage usage,
    String error) {}
