package io.stoker.prompts;

import io.stoker.state.jdbc.JdbcConnection;
import java.sql.SQLException;
import java.util.List;

/// Deletes a conversation: first its own row, which marks its history as deleted, then the rest in
/// steps of bounded size.
final class JdbcDeletion {

  /// The maximum number of rows that a transaction deletes.
  static final int STEP = 500;

  private static final List<String> PARTS =
      List.of(some("chunk", "seq"), some("turn", "id"), some("warm", "id"));

  private static final String DELETABLE =
      """
      SELECT conversation_id FROM stoker.history WHERE deleted
      UNION ALL
      SELECT * FROM (SELECT id FROM stoker.conversation
                      WHERE used_on < TODAY - ? ORDER BY used_on LIMIT ?) AS unused
      LIMIT ?
      """;

  private JdbcDeletion() {}

  private static String some(String table, String key) {
    return """
    DELETE FROM stoker.%1$s
     WHERE conversation_id = ?
       AND %2$s IN (SELECT %2$s FROM stoker.%1$s
                     WHERE conversation_id = ? ORDER BY %2$s LIMIT ?)
    """
        .formatted(table, key);
  }

  /// The outcome of the first step.
  enum Outcome {
    /// There was nothing to delete.
    NOTHING,
    /// The rest can be deleted.
    MARKED,
    /// Another process owns the conversation.
    TAKEN
  }

  /// Deletes the conversation's row, and marks its history as deleted.
  static Outcome begin(JdbcConnection connection, String id, String owner) throws SQLException {
    int removed =
        connection.update("DELETE FROM stoker.conversation WHERE id = ? AND owner = ?", id, owner);
    if (removed == 0 && isKept(connection, id)) {
      return Outcome.TAKEN;
    }
    int marked =
        connection.update("UPDATE stoker.history SET deleted = TRUE WHERE conversation_id = ?", id);
    return removed + marked == 0 ? Outcome.NOTHING : Outcome.MARKED;
  }

  private static boolean isKept(JdbcConnection connection, String id) throws SQLException {
    return connection.number("SELECT count(*) FROM stoker.conversation WHERE id = ?", id) > 0;
  }

  /// Deletes a part of the rest.
  ///
  /// @return the number of rows
  static int some(JdbcConnection connection, String id) throws SQLException {
    for (var part : PARTS) {
      int removed = connection.update(part, id, id, STEP);
      if (removed > 0) {
        return removed;
      }
    }
    return connection.update(
        "DELETE FROM stoker.history WHERE conversation_id = ? AND deleted", id);
  }

  static List<String> deletable(JdbcConnection connection, int unusedDays, int limit)
      throws SQLException {
    return connection.list(
        DELETABLE.replace("TODAY", connection.dialect().today()),
        row -> JdbcPromptText.decode(row.getString(1)),
        unusedDays,
        limit,
        limit);
  }
}
