package io.stoker.answers;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The stored answers. Thread-safe; knows nothing of how long an answer may be served or by which
/// key, which is [AnswerCache]'s business.
public interface AnswerEntries {

  /// The answer under a key, or under an wording' key.
  Optional<CachedAnswer> get(String key);

  /// Puts an answer in the place of the one with its key, in one step. One that comes without
  /// wordings takes over those of the one before.
  ///
  /// @param wordingKeys keys under which it is to be found as well, unless an answer has one for
  ///   its own; of several answers the last gets it
  /// @return whether there was one before
  boolean put(CachedAnswer answer, List<String> wordingKeys);

  /// Gives the answer with a key, if there is one, these wordings instead of those it has.
  void setWordings(String key, List<String> wordings, List<String> wordingKeys);

  /// Counts hits and misses: of a question in a scope, found or not. If as many different questions
  /// are told apart as [#pruneStatistics] allows, another one is only counted in the totals.
  void recordAsks(List<Ask> asks);

  /// One ask of a question.
  ///
  /// @param normal the question in normal form
  /// @param hitKey the key of the answer that was served; null if none was
  record Ask(Instant at, String question, String normal, String scope, @Nullable String hitKey) {}

  /// Answers, the newest first.
  ///
  /// @param search only those whose question holds this text, in either case; empty for all
  /// @param scope only those of this scope; null for all
  /// @param before what the page before ended with; null for the first page
  Page<CachedAnswer> list(String search, @Nullable String scope, int limit, @Nullable Long before);

  /// Deletes answers to which all that is given applies.
  ///
  /// @param document only those that rest on this document; null for all
  /// @param scope only those of this scope; null for all
  /// @param key only the one with this key; null for all
  /// @return how many there were
  long delete(@Nullable String document, @Nullable String scope, @Nullable String key);

  /// Notes that a document has changed that the store does not hold itself. The answers that rest
  /// on it are then marked as stale, and their questions queued again in a batch for each scope, by
  /// [AnswerQueue#runJobStep()]. Those answers are served until they are replaced.
  void documentChanged(String document);

  /// Forgets what was asked before a moment, to the hour, and what was asked longest ago until
  /// `most` are left, which from now on are no more than that.
  ///
  /// @param most how many different questions an hour, over all hours
  void pruneStatistics(Instant before, long most);

  /// Deletes what has expired, then the answers least recently served until `most` are left.
  ///
  /// @return how many were deleted
  long evict(Instant now, long most);

  /// What is asked most often since the beginning of the hour that a moment is in, the most
  /// frequent first.
  List<TopQuestion> top(Instant since, int limit);

  /// A question and how often it was asked.
  ///
  /// @param expiresAt when its answer expires; null if there is none
  record TopQuestion(
      String question, String scope, long asks, long hits, @Nullable Instant expiresAt) {}

  /// What there is and how it was used, since the beginning of the hour that a moment is in.
  Totals totals(Instant since, Instant now);

  /// Numbers of the cache.
  ///
  /// @param entries answers that can be served
  /// @param stale those of them that rest on a document that has changed
  record Totals(long entries, long stale, long bytes, long asks, long hits) {}
}
