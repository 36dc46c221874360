package io.stoker.answers.minilm;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import io.stoker.CpuWorkPool;
import io.stoker.answers.Encoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/// all-MiniLM-L6-v2 for English, run in this process by LangChain4j. Thread-safe.
///
/// Nothing is loaded before the first text, which takes about a second; after that a passage takes
/// some 30 ms of a core.
public final class MiniLm implements Encoder {

  /// Most paraphrases of short questions are above it, and so are many questions that differ in one
  /// telling word: it is of use only together with guards.
  private static final double THRESHOLD = 0.85;

  private static final int MOST_WAITING = 10_000;

  /// The library's native code never lets go of the thread that it is called on.
  private static final CpuWorkPool THREADS =
      new CpuWorkPool(
          "stoker-encode",
          Runtime.getRuntime().availableProcessors(),
          MOST_WAITING,
          Duration.ofMinutes(1));

  @Override
  public String id() {
    return "all-minilm-l6-v2";
  }

  @Override
  public double threshold() {
    return THRESHOLD;
  }

  @Override
  public float[] encode(String text) {
    // LangChain4j refuses blanks.
    var words = text.isBlank() ? "." : text;
    try {
      return THREADS.run(() -> Loaded.MODEL.embed(words).content().vector());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Loaded with the first text.
  private static final class Loaded {

    static final EmbeddingModel MODEL = model();

    private static EmbeddingModel model() {
      // The tokenizer's library would otherwise tell its makers that it was loaded.
      System.setProperty("OPT_OUT_TRACKING", "true");
      // On the calling thread: callers are as many as the settings allow already.
      return new AllMiniLmL6V2EmbeddingModel(Runnable::run);
    }
  }
}
