package io.stoker.sessions;

import java.time.Duration;

/// A query for the most recently active unexpired sessions.
///
/// @param limit the most sessions to read
/// @param activeWithin how recent a session's last activity must be, by the source's clock
/// @param hottest how many to read first, in order of activity; the rest (the bulk) follows in
///   whatever order is fastest
/// @param chunkSize sessions in a chunk of the hottest
/// @param bulkChunkSize sessions in a chunk of the bulk
/// @param deadline how long one statement may take
public record SessionQuery(
    long limit,
    Duration activeWithin,
    int hottest,
    int chunkSize,
    int bulkChunkSize,
    Duration deadline) {}
