package io.stoker.prompts;

import io.stoker.prompts.JdbcConversations.Saved;
import io.stoker.state.jdbc.JdbcLink;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows of the ledger, and those that a transaction adds, in their order.
final class JdbcLedgerLines implements JdbcLink.Gathered {

  /// What [#of(ResultSet)] reads.
  static final String COLUMNS =
      """
      at, conversation_id, tenant, model, kind, input_tokens, output_tokens, read_tokens,
      written_tokens, hour_tokens, cost, saved, wasted, priced, idle, pings, first_token_after
      """;

  private static final String INSERT =
      "INSERT INTO stoker.ledger ("
          + COLUMNS
          + ", provider) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private final List<Part> parts = new ArrayList<>();

  /// Lines that belong together.
  ///
  /// @param with what they are only added with; null to add them in any case
  private record Part(List<LedgerEntry> lines, @Nullable Saved with) {

    boolean counts() {
      return with == null || !with.isRefused();
    }
  }

  /// @param with the conversation that they are only added with; null to add them in any case
  static void add(JdbcLink link, List<LedgerEntry> lines, @Nullable Saved with) {
    if (!lines.isEmpty()) {
      var _ = JdbcConversations.in(link); // is written first
      link.gathered(JdbcLedgerLines.class, JdbcLedgerLines::new).parts.add(new Part(lines, with));
    }
  }

  @Override
  public void write(JdbcLink link) throws SQLException {
    var rows =
        parts.stream()
            .filter(Part::counts)
            .flatMap(part -> part.lines().stream())
            .map(JdbcLedgerLines::row)
            .toList();
    var _ = link.batch(INSERT, rows);
  }

  private static @Nullable Object[] row(LedgerEntry line) {
    var usage = line.usage();
    return new @Nullable Object[] {
      line.at(),
      JdbcPromptText.in(line.conversationId()),
      JdbcPromptText.in(line.tenant()),
      JdbcPromptText.in(line.model()),
      JdbcConversations.KINDS.number(line.kind()),
      usage.inputTokens(),
      usage.outputTokens(),
      usage.cacheReadTokens(),
      usage.cacheWriteTokens(),
      usage.hourWriteTokens(),
      line.cost(),
      line.saved(),
      line.wasted(),
      line.priced(),
      micros(line.idle()),
      line.pings(),
      micros(line.firstTokenAfter()),
      JdbcPromptText.in(line.provider())
    };
  }

  private static @Nullable Long micros(@Nullable Duration length) {
    return length == null ? null : Long.valueOf(JdbcConversations.micros(length));
  }

  static LedgerEntry of(ResultSet row) throws SQLException {
    return new LedgerEntry(
        JdbcLink.instant(row.getLong(1)),
        JdbcPromptText.out(row.getString(2)),
        JdbcPromptText.out(row.getString(3)),
        JdbcPromptText.out(row.getString(4)),
        JdbcConversations.KINDS.at(row.getInt(5)),
        new Usage(
            row.getLong(6),
            row.getLong(7),
            JdbcConversations.number(row, 8),
            JdbcConversations.number(row, 9),
            row.getLong(10)),
        row.getLong(11),
        row.getLong(12),
        row.getLong(13),
        row.getBoolean(14),
        length(row, 15),
        row.getInt(16),
        length(row, 17));
  }

  private static @Nullable Duration length(ResultSet row, int column) throws SQLException {
    var micros = JdbcConversations.number(row, column);
    return micros == null ? null : JdbcConversations.length(micros);
  }
}
