package io.stoker.answers;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The stored answers and their usage statistics. Knows nothing of cache keys and TTLs, which
/// [AnswerCache] decides. Thread-safe.
public interface AnswerEntries {

  /// The answer with this key, or with this key for one of its wordings.
  Optional<CachedAnswer> get(String key);

  /// Stores an answer, and atomically replaces the one with the same key. An answer without
  /// wordings takes over those of the answer it replaces.
  ///
  /// @param wordingKeys keys of its wordings. A key that another answer has as its own stays with
  ///   that one; a wording of several answers belongs to the last one stored
  /// @return whether it replaced an answer
  boolean put(CachedAnswer answer, List<String> wordingKeys);

  /// Replaces the wordings of the answer with this key, if there is one.
  void setWordings(String key, List<String> wordings, List<String> wordingKeys);

  /// The other wordings of the answers with these keys of their own, by key, read by one statement
  /// for every 200. Empty for a key without an answer or without wordings.
  Map<String, List<String>> wordings(Collection<String> keys);

  /// Counts asks, in total and by question. Once there are as many different questions as
  /// [#pruneStatistics] allows, a new one counts only in the totals.
  void recordAsks(List<Ask> asks);

  /// One ask of a question by a caller.
  ///
  /// @param normal the normal form of the question
  /// @param hitKey the key of the answer that was served; null if none was
  record Ask(Instant at, String question, String normal, String scope, @Nullable String hitKey) {}

  /// Answers, newest first.
  ///
  /// @param search only answers whose question contains this text, ignoring case; empty for all
  /// @param scope only answers of this scope; null for all
  /// @param before the cursor of the page; null for the first page
  Page<CachedAnswer> list(String search, @Nullable String scope, int limit, @Nullable Long before);

  /// Deletes the answers that match all criteria.
  ///
  /// @param document only answers based on this document; null for all
  /// @param scope only answers of this scope; null for all
  /// @param key only the answer with this key; null for all
  /// @return how many were deleted
  long delete(@Nullable String document, @Nullable String scope, @Nullable String key);

  /// Records the change of a document that the store does not hold. [AnswerQueue#runJobStep()] then
  /// marks the answers based on it as stale, and queues their questions in one batch per scope.
  /// Stale answers are served until they are replaced.
  void documentChanged(String document);

  /// Deletes statistics from before this time, to the hour, and the oldest ones beyond a maximum,
  /// which also applies to statistics recorded later.
  ///
  /// @param max the most rows, one for each question and hour
  void pruneStatistics(Instant before, long max);

  /// Deletes expired answers, then the least recently served ones beyond a maximum.
  ///
  /// @return how many were deleted
  long evict(Instant now, long max);

  /// The most frequently asked questions since the beginning of the hour of this time, most
  /// frequent first.
  List<TopQuestion> top(Instant since, int limit);

  /// A question and how often it was asked.
  ///
  /// @param expiresAt when its answer expires; null if it has none
  record TopQuestion(
      String question, String scope, long asks, long hits, @Nullable Instant expiresAt) {}

  /// Size of the cache, and its usage since the beginning of the hour of this time.
  Totals totals(Instant since, Instant now);

  /// Size and usage of the cache.
  ///
  /// @param entries answers that can be served
  /// @param stale those of them that are based on a changed document
  record Totals(long entries, long stale, long bytes, long asks, long hits) {}
}
