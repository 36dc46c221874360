package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.Time;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import org.junit.jupiter.api.Test;

/// What is said to those who have left out the SDK.
class OptionalSdkTest {

  @Test
  void without_its_sdk_anthropic_says_what_it_needs() {
    assertThatThrownBy(
            () -> {
              var here = new WithoutSdk();
              var settings = here.load("AnthropicSettings");
              var facts = here.load("ProviderFacts");
              try {
                var _ =
                    here.load("PromptProvider")
                        .getMethod("anthropic", settings, facts, Time.class)
                        .invoke(
                            null,
                            settings.getConstructor(String.class).newInstance("key"),
                            facts.getMethod("standard").invoke(null),
                            Time.system());
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            })
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("com.anthropic:anthropic-java-core");
  }

  /// Loads this package anew, in a world without the SDK.
  private static final class WithoutSdk extends ClassLoader {

    private static final String PACKAGE = "io.stoker.prompts.";

    private WithoutSdk() {
      super(OptionalSdkTest.class.getClassLoader());
    }

    private Class<?> load(String name) throws ClassNotFoundException {
      return loadClass(PACKAGE + name);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("com.anthropic.")) {
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
