package io.stoker.prompts;

import io.stoker.state.StateDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;

/// Runs the contract on a ledger in a file.
final class SqliteLedgerTest extends PromptLedgerContract {

  @TempDir private Path folder;
  @AutoClose private StateDatabase state;

  @Override
  PromptStore open() {
    state = StateDatabase.sqlite(folder.resolve("stoker.db"));
    return PromptStore.on(state);
  }
}
