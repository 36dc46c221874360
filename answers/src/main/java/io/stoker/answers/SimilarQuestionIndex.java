package io.stoker.answers;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// An index of cached questions by their embeddings, which finds an answer for a similar question
/// of the same scope, subject to the encoder's threshold and the [ParaphraseRules]. Thread-safe.
///
/// Holds the embeddings of the newest answers in memory, and compares with all of the scope.
/// Answers are added by [#refreshIndex]; deleted ones are removed when the store no longer has
/// them.
final class SimilarQuestionIndex {

  /// The most questions in memory.
  private static final int MOST = 10_000;

  private static final int PAGE_SIZE = 100;

  private final Encoder encoder;
  private final Map<String, Candidate> candidates = new ConcurrentHashMap<>();

  // Confined to the thread of refreshIndex.
  private String version = "";

  /// Cursor of the older answers that were not read yet; null if there are none.
  private @Nullable Long older;

  SimilarQuestionIndex(Encoder encoder) {
    this.encoder = encoder;
  }

  /// A question that has an answer.
  private static final class Candidate {
    final String key;
    final String question;
    final String scope;
    final Instant storedAt;
    final float[] vector;

    Candidate(CachedAnswer answer, float[] vector) {
      this.key = answer.key();
      this.question = answer.question();
      this.scope = answer.scope();
      this.storedAt = answer.storedAt();
      this.vector = vector;
    }
  }

  /// A similar question that has an answer.
  ///
  /// @param key the key of its answer
  /// @param score cosine similarity of the questions
  record Match(String key, double score) {}

  /// The most similar question whose answer may be served.
  ///
  /// @param isCurrent whether a question's answer has this key with the current version of the
  ///   pipeline
  Optional<Match> find(String question, String scope, BiPredicate<String, String> isCurrent) {
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    var vector = encoder.encode(question);
    return candidates.values().stream()
        .filter(other -> other.scope.equals(scope))
        .map(other -> new Scored(other, cosine(vector, other.vector)))
        .filter(scored -> scored.score >= encoder.threshold())
        .filter(scored -> ParaphraseRules.mayShareAnswer(question, scored.other.question))
        .filter(scored -> isCurrent.test(scored.other.question, scored.other.key))
        .max(Comparator.comparingDouble(Scored::score))
        .map(scored -> new Match(scored.other.key, scored.score));
  }

  private record Scored(Candidate other, double score) {}

  void remove(String key) {
    candidates.remove(key);
  }

  /// Adds the newest page of answers, and one page of older ones until all were read. Starts over
  /// when the version of the pipeline changes.
  void refreshIndex(AnswerEntries entries, String pipelineVersion) {
    if (!version.equals(pipelineVersion)) {
      version = pipelineVersion;
      candidates.clear();
    }
    var newest = entries.list("", null, PAGE_SIZE, null);
    int added = addAll(newest.items());
    if (added == newest.items().size()) {
      older = newest.next(); // all are new, so the next page may be too
    }
    if (older != null && candidates.size() < MOST) {
      var page = entries.list("", null, PAGE_SIZE, older);
      addAll(page.items());
      older = page.next();
    }
  }

  /// How many of these were new.
  private int addAll(List<CachedAnswer> answers) {
    var unknown = answers.stream().filter(answer -> !candidates.containsKey(answer.key())).toList();
    long over = candidates.size() + unknown.size() - (long) MOST;
    if (over > 0) {
      candidates.values().stream()
          .sorted(Comparator.comparing(candidate -> candidate.storedAt))
          .limit(over)
          .toList()
          .forEach(oldest -> remove(oldest.key));
    }
    unknown.forEach(answer ->
        candidates.put(answer.key(), new Candidate(answer, encoder.encode(answer.question()))));
    return unknown.size();
  }

  private static double cosine(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
