package io.stoker.prompts;

import io.stoker.state.StateDatabase;
import io.stoker.testing.RealPostgres;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AutoClose;

/// Runs the contract on a store in Postgres.
final class PostgresPromptsTest extends PromptStoreContract {

  private static final RealPostgres POSTGRES = RealPostgres.shared();
  private static final DataSource DATABASE = POSTGRES.dataSource(POSTGRES.newDatabase());

  @AutoClose private StateDatabase state;

  @Override
  PromptStore open() throws SQLException {
    state = StateDatabase.postgres(emptied());
    return PromptStore.on(state);
  }

  /// A database whose tables are emptied, which is faster than creating new ones.
  static DataSource emptied() throws SQLException {
    try (var connection = DATABASE.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(
          """
          DO $$
          BEGIN
            IF to_regclass('stoker.conversation') IS NOT NULL THEN
              TRUNCATE stoker.conversation, stoker.history, stoker.chunk, stoker.turn, stoker.warm,
                       stoker.ledger, stoker.learned;
            END IF;
          END $$
          """);
    }
    return DATABASE;
  }
}
