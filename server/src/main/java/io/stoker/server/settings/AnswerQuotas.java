package io.stoker.server.settings;

/// How much may be kept at the request of others, so that nobody fills the disk.
///
/// @param openBatches batches that are not over
/// @param openQuestions their questions that have not ended
/// @param documents in the corpus
/// @param corpusBytes of all texts in it
public record AnswerQuotas(
    long openBatches, long openQuestions, long documents, long corpusBytes) {}
