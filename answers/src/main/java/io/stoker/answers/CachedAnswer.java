package io.stoker.answers;

import java.time.Instant;
import java.util.List;

/// An answer in the cache.
///
/// @param key its cache key; see [AnswerCache]
/// @param question the question as it was warmed or first asked
/// @param scope who may see it; empty for everybody
/// @param wordings other wordings of the question that find it too
/// @param storedAt when the pipeline returned it
/// @param expiresAt when it stops being served
/// @param stale whether a document it is based on has changed; it is served until it is replaced
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

  /// Copies the wordings.
  public CachedAnswer {
    wordings = List.copyOf(wordings);
  }

  /// This answer with other wordings.
  CachedAnswer with(List<String> others) {
    return new CachedAnswer(key, question, scope, others, answer, storedAt, expiresAt, stale, hits);
  }

  /// This answer with another state.
  CachedAnswer with(boolean nowStale, long nowHits) {
    return new CachedAnswer(
        key, question, scope, wordings, answer, storedAt, expiresAt, nowStale, nowHits);
  }
}
