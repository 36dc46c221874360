package io.stoker.prompts;

import io.stoker.state.StateDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AutoClose;

/// Runs the contract on a ledger in Postgres.
final class PostgresLedgerTest extends PromptLedgerContract {

  @AutoClose private StateDatabase state;

  @Override
  PromptStore open() throws SQLException {
    state = StateDatabase.postgres(PostgresPromptsTest.emptied());
    return PromptStore.on(state);
  }
}
