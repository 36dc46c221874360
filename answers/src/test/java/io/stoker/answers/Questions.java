package io.stoker.answers;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Thousands of distinct questions.
final class Questions {

  private Questions() {}

  /// Batches of different sizes, the small ones first.
  static List<Submission> batches(int... sizes) {
    var batches = new ArrayList<Submission>();
    for (int i = 0; i < sizes.length; i++) {
      batches.add(batch("batch " + i, sizes[i]));
    }
    return batches;
  }

  /// A batch of questions about something.
  static Submission batch(String about, int size) {
    var questions =
        IntStream.range(0, size).mapToObj(i -> "What of " + about + " is number " + i + "?");
    return new Submission(questions.toList(), BatchOptions.STANDARD, null);
  }
}
