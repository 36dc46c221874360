package io.stoker.answers.minilm;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import io.stoker.CpuWorkPool;
import io.stoker.answers.Encoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/// The embedding model all-MiniLM-L6-v2, for English, run in this process by LangChain4j.
/// Thread-safe.
///
/// Loading takes about a second and happens at the first text; after that a passage takes about 30
/// ms of a core.
public final class MiniLm implements Encoder {

  /// Most paraphrases of short questions are above it, but so are many questions that differ in one
  /// essential word: use it only with further rules.
  private static final double THRESHOLD = 0.85;

  private static final int MOST_WAITING = 10_000;

  /// Native calls would pin the carriers of virtual threads.
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

  /// Loads the model with the first text.
  private static final class Loaded {

    static final EmbeddingModel MODEL = model();

    private static EmbeddingModel model() {
      // Disables the telemetry of the tokenizer library.
      System.setProperty("OPT_OUT_TRACKING", "true");
      // On the calling thread, since the pool limits concurrency already.
      return new AllMiniLmL6V2EmbeddingModel(Runnable::run);
    }
  }
}
