package io.stoker.prompts;

/// Runs the contract on a ledger in memory.
final class InMemoryLedgerTest extends PromptLedgerContract {

  @Override
  PromptStore open() {
    return PromptStore.inMemory();
  }
}
