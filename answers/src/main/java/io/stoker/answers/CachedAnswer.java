package io.stoker.answers;

import java.time.Instant;
import java.util.List;

/// An answer in the cache.
///
/// @param key what it is found by: see [AnswerCache]
/// @param question in the words in which it was warmed or first asked
/// @param scope whose answer it is; empty for everybody's
/// @param wordings other wordings of the same question, under which it is found as well
/// @param storedAt when the pipeline gave it
/// @param expiresAt when it is not served any more
/// @param stale whether a document it rests on has changed since; it is served until it is replaced
/// @param hits how often it was served
public record CachedAnswer(
    String key,
    String question,
    String scope,
    List<String> wordings,
    Answer answer,
    Instant storedAt,
    Instant expiresAt,
    boolean stale,
    long hits) {

  /// Keeps a copy.
  public CachedAnswer {
    wordings = List.copyOf(wordings);
  }

  /// The same with other wordings.
  CachedAnswer with(List<String> others) {
    return new CachedAnswer(key, question, scope, others, answer, storedAt, expiresAt, stale, hits);
  }

  /// The same in another state.
  CachedAnswer with(boolean nowStale, long nowHits) {
    return new CachedAnswer(
        key, question, scope, wordings, answer, storedAt, expiresAt, nowStale, nowHits);
  }
}
