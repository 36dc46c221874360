package io.stoker.prompts;

/// A ledger in memory keeps the contract.
final class InMemoryLedgerTest extends PromptLedgerContract {

  @Override
  PromptStore open() {
    return PromptStore.inMemory();
  }
}
