package io.stoker.answers;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// Finds an answer that was stored for another wording of a question: scope first, then the
/// encoder's threshold, then [ParaphraseRules]. Thread-safe.
///
/// Holds the vectors of the newest answers in memory and compares with each of its scope. Learns of
/// answers by [#refreshIndex]; of those that are gone when the store does not have them.
final class SimilarQuestionIndex {

  /// How many answers have their vectors in memory.
  private static final int MOST = 10_000;

  private static final int PAGE = 100;

  private final Encoder encoder;
  private final Map<String, Candidate> candidates = new ConcurrentHashMap<>();

  // Confined to the thread that catches up.
  private String version = "";

  /// The cursor of the older answers that were not read yet; null if there are none.
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

  /// An answer for another wording.
  ///
  /// @param score the cosine of the two questions
  record Match(String key, double score) {}

  /// The most similar question whose answer may be served.
  ///
  /// @param isCurrent whether a question's answer has this key at present; it has another one once
  ///   the pipeline has another version
  Optional<Match> find(String question, String scope, BiPredicate<String, String> isCurrent) {
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    var vector = encoder.encode(question);
    return candidates.values().stream()
        .filter(other -> other.scope.equals(scope))
        .map(other -> new Scored(other, cosine(vector, other.vector)))
        .filter(scored -> scored.score >= encoder.threshold())
        .filter(scored -> ParaphraseRules.mayMatch(question, scored.other.question))
        .filter(scored -> isCurrent.test(scored.other.question, scored.other.key))
        .max(Comparator.comparingDouble(Scored::score))
        .map(scored -> new Match(scored.other.key, scored.score));
  }

  private record Scored(Candidate other, double score) {}

  void forget(String key) {
    candidates.remove(key);
  }

  /// Learns of answers: of the newest page, and of one page of the older ones until all were read.
  /// Begins again when the pipeline's version is another one.
  void refreshIndex(AnswerEntries entries, String pipelineVersion) {
    if (!version.equals(pipelineVersion)) {
      version = pipelineVersion;
      candidates.clear();
    }
    var newest = entries.list("", null, PAGE, null);
    int learned = learn(newest.items());
    if (learned == newest.items().size()) {
      older = newest.next(); // there may be more that are new behind a page of which all are
    }
    if (older != null && candidates.size() < MOST) {
      var page = entries.list("", null, PAGE, older);
      learn(page.items());
      older = page.next();
    }
  }

  /// How many of these were new.
  private int learn(List<CachedAnswer> answers) {
    var unknown = answers.stream().filter(answer -> !candidates.containsKey(answer.key())).toList();
    long over = candidates.size() + unknown.size() - (long) MOST;
    if (over > 0) {
      candidates.values().stream()
          .sorted(Comparator.comparing(candidate -> candidate.storedAt))
          .limit(over)
          .toList()
          .forEach(oldest -> forget(oldest.key));
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
