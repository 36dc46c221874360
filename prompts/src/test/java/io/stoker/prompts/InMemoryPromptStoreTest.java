package io.stoker.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InMemoryPromptStoreTest extends PromptStoreContract {

  @Override
  PromptStore open() {
    return PromptStore.inMemory();
  }

  @Test
  void of_very_many_warms_the_last_hundred_are_kept() {
    IntStream.range(0, 120).forEach(i -> store().record(warm("chat", i)));

    assertThat(store().warms("chat", 5000)).hasSize(100).startsWith(warm("chat", 119));
  }
}
