package io.stoker.sessions;

import java.time.Duration;

/// Which sessions to read: the most recently active ones that are alive.
///
/// @param limit how many at the most
/// @param activeWithin how long ago their last activity may be, by the source's clock
/// @param hottest how many of them come first, in order of activity; the others follow in the order
///   that is fastest to read
/// @param batchSize sessions in a batch while they come in order
/// @param bulkBatchSize sessions in a batch of the others
/// @param deadline how long the source may take for one statement
public record SessionQuery(
    long limit,
    Duration activeWithin,
    int hottest,
    int batchSize,
    int bulkBatchSize,
    Duration deadline) {}
