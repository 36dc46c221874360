package io.stoker.prompts;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A warm that was tried, for the books.
///
/// @param startedAt when the request began
/// @param took until it was answered
/// @param model the full name
/// @param manual whether somebody asked for it
/// @param usage what it cost; null if it failed
/// @param error why it failed; empty if it did not
public record WarmRecord(
    String conversationId,
    Instant startedAt,
    Duration took,
    String model,
    boolean manual,
    @Nullable Usage usage,
    String error) {}
