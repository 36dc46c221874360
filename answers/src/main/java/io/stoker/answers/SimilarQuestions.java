package io.stoker.answers;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Finds an answer that was stored for another wording of a question: scope first, then the
/// encoder's threshold, then [MatchRules]. Thread-safe.
///
/// Keeps the vectors of the newest answers in memory and compares with each of its scope. Learns of
/// answers by [#catchUp(AnswerEntries)]; of those that are gone when the store does not have them.
final class SimilarQuestions {

  private static final int MOST = 10_000;
  private static final int AT_ONCE = 100;

  private final AnswerEncoder encoder;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  SimilarQuestions(AnswerEncoder encoder) {
    this.encoder = encoder;
  }

  private static final class Known {
    final String key;
    final String question;
    final String scope;
    final float[] vector;

    Known(CachedAnswer answer, float[] vector) {
      this.key = answer.key();
      this.question = answer.question();
      this.scope = answer.scope();
      this.vector = vector;
    }
  }

  /// An answer for another wording.
  ///
  /// @param score the cosine of the two questions
  record Match(String key, double score) {}

  /// The most similar question whose answer may be served.
  Optional<Match> find(String question, String scope) {
    if (known.isEmpty()) {
      return Optional.empty();
    }
    var vector = encoder.encode(question);
    return known.values().stream()
        .filter(other -> other.scope.equals(scope))
        .map(other -> new Scored(other, cosine(vector, other.vector)))
        .filter(scored -> scored.score >= encoder.threshold())
        .filter(scored -> MatchRules.mayMatch(question, scored.known.question))
        .max(Comparator.comparingDouble(Scored::score))
        .map(scored -> new Match(scored.known.key, scored.score));
  }

  private record Scored(Known known, double score) {}

  void forget(String key) {
    known.remove(key);
  }

  /// Learns of answers that are new, a few at a time.
  void catchUp(AnswerEntries entries) {
    int learned = 0;
    Long before = null;
    int seen = 0;
    do {
      var page = entries.list("", null, AT_ONCE, before);
      for (var entry : page.items()) {
        if (!known.containsKey(entry.key()) && known.size() < MOST) {
          known.put(entry.key(), new Known(entry, encoder.encode(entry.question())));
          learned++;
        }
      }
      seen += page.items().size();
      before = page.next();
    } while (before != null && learned > 0 && learned < AT_ONCE && seen < MOST);
  }

  private static double cosine(float[] one, float[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }
}
