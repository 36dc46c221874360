package io.stoker.prompts;

/// Runs the contract on a store in memory.
final class InMemoryPromptStoreTest extends PromptStoreContract {

  @Override
  PromptStore open() {
    return PromptStore.inMemory();
  }
}
