package io.stoker.prompts;

/// A store in memory keeps the contract.
final class InMemoryPromptStoreTest extends PromptStoreContract {

  @Override
  PromptStore open() {
    return PromptStore.inMemory();
  }
}
