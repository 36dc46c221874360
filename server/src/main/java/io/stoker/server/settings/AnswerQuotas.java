package io.stoker.server.settings;

/// Limits on what clients may store, against filling up the disk.
///
/// @param openBatches batches that have not ended
/// @param openQuestions unanswered questions of open batches
/// @param documents documents in the corpus
/// @param corpusBytes total size of their texts
public record AnswerQuotas(
    long openBatches, long openQuestions, long documents, long corpusBytes) {}
