package io.stoker.sessions;

import java.time.Duration;

/// Which sessions to read: the most recently active ones that are alive.
///
/// @param limit how many at the most
/// @param activeWithin how long ago their last activity may be, by the source's clock
/// @param hottest how many of them come first, in order of activity; the others follow in the order
///   that is fastest to read
/// @param chunkSize sessions in a chunk while they come in order
/// @param bulkChunkSize sessions in a chunk of the others
/// @param deadline how long the source may take for one statement
public record SessionQuery(
    long limit,
    Duration activeWithin,
    int hottest,
    int chunkSize,
    int bulkChunkSize,
    Duration deadline) {}
