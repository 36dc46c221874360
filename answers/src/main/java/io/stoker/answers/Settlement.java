package io.stoker.answers;

/// How a claim ends.
///
/// @param verdict what is to become of the question
public record Settlement(Claim claim, Verdict verdict) {}
