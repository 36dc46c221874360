package io.stoker.answers;

import java.time.Instant;

/// A worker's right to answer a query, until its lease ends.
///
/// @param token the fencing token: greater than that of every earlier claim of this query. Only the
///   holder of the newest can settle it
/// @param attempt which try this is, from 1
/// @param leaseEnds from when on another worker may claim the query
public record Claim(
    long queryId,
    long batchId,
    long token,
    String question,
    BatchOptions options,
    int attempt,
    Instant leaseEnds) {}
