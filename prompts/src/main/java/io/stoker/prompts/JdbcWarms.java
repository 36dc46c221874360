package io.stoker.prompts;

import io.stoker.state.jdbc.JdbcConnection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The log of warms, and what a transaction adds to it. It keeps the last hundred of each
/// conversation.
final class JdbcWarms implements JdbcConnection.Deferred {

  private static final int KEPT = 100;

  private static final String INSERT =
      """
      INSERT INTO stoker.warm
             (conversation_id, started_at, took, model, manual, input_tokens, output_tokens,
              read_tokens, written_tokens, hour_tokens, trouble)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String TRIM =
      """
      DELETE FROM stoker.warm
       WHERE conversation_id = ?
         AND id <= (SELECT id FROM stoker.warm
                     WHERE conversation_id = ? ORDER BY id DESC LIMIT 1 OFFSET %d)
      """
          .formatted(KEPT);

  private static final String SELECT =
      """
      SELECT conversation_id, started_at, took, model, manual, input_tokens, output_tokens,
             read_tokens, written_tokens, hour_tokens, trouble
        FROM stoker.warm
       WHERE conversation_id = ? ORDER BY id DESC LIMIT ?
      """;

  private final List<@Nullable Object[]> rows = new ArrayList<>();
  private final TreeSet<String> conversations = new TreeSet<>();

  static void record(JdbcConnection connection, WarmRecord warm) {
    var log = connection.deferred(JdbcWarms.class, JdbcWarms::new);
    log.rows.add(row(warm));
    log.conversations.add(JdbcPromptText.encode(warm.conversationId()));
  }

  @Override
  public void write(JdbcConnection connection) throws SQLException {
    var _ = connection.batch(INSERT, rows);
    var _ =
        connection.batch(
            TRIM, conversations.stream().map(id -> new @Nullable Object[] {id, id}).toList());
  }

  private static @Nullable Object[] row(WarmRecord warm) {
    var usage = warm.usage();
    return new @Nullable Object[] {
      JdbcPromptText.encode(warm.conversationId()),
      warm.startedAt(),
      JdbcConversations.micros(warm.took()),
      JdbcPromptText.encode(warm.model()),
      warm.manual(),
      usage == null ? null : usage.inputTokens(),
      usage == null ? null : usage.outputTokens(),
      usage == null ? null : usage.cacheReadTokens(),
      usage == null ? null : usage.cacheWriteTokens(),
      usage == null ? null : usage.hourWriteTokens(),
      JdbcPromptText.encode(warm.error())
    };
  }

  static List<WarmRecord> last(JdbcConnection connection, String id, int limit)
      throws SQLException {
    return connection.list(SELECT, JdbcWarms::of, JdbcPromptText.encode(id), limit);
  }

  private static WarmRecord of(ResultSet row) throws SQLException {
    return new WarmRecord(
        JdbcPromptText.decode(row.getString(1)),
        JdbcConnection.instant(row.getLong(2)),
        JdbcConversations.length(row.getLong(3)),
        JdbcPromptText.decode(row.getString(4)),
        row.getBoolean(5),
        usage(row),
        JdbcPromptText.decode(row.getString(11)));
  }

  private static @Nullable Usage usage(ResultSet row) throws SQLException {
    long input = row.getLong(6);
    return row.wasNull()
        ? null
        : new Usage(
            input,
            row.getLong(7),
            JdbcConversations.number(row, 8),
            JdbcConversations.number(row, 9),
            row.getLong(10));
  }
}
