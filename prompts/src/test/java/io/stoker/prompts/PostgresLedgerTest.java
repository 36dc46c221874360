package io.stoker.prompts;

import io.stoker.state.StateDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AutoClose;

/// A ledger in Postgres keeps the contract.
final class PostgresLedgerTest extends PromptLedgerContract {

  @AutoClose private StateDatabase state;

  @Override
  PromptStore open() throws SQLException {
    state = StateDatabase.postgres(PostgresPromptsTest.emptied());
    return PromptStore.on(state);
  }
}
