package io.stoker.answers.rag;

import io.stoker.answers.AnswerDocuments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// Sample documents about caching and Stoker, to try the pipeline with.
public final class SampleCorpus {

  private static final List<String> FILES =
      List.of(
          "answer-cache",
          "cache-basics",
          "confidence",
          "documents",
          "hit-rate",
          "leases",
          "prompt-caching",
          "queue",
          "retries",
          "session-warming",
          "stampede",
          "time-to-live");

  private SampleCorpus() {}

  /// Adds the documents for everybody, with ids that begin with `sample-`. Idempotent.
  ///
  /// @return how many documents there are
  public static int addTo(AnswerDocuments documents) {
    for (var file : FILES) {
      var read = read(file);
      var _ = documents.put("sample-" + file, read.title(), "", read.text());
    }
    return FILES.size();
  }

  private static DocumentText read(String file) {
    var name = "corpus/" + file + ".md";
    try (var in = SampleCorpus.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return DocumentText.read(name, in);
    } catch (IOException e) {
      throw new UncheckedIOException("reading the resource " + name, e);
    }
  }
}
