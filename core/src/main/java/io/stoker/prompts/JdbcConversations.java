package io.stoker.prompts;

import io.stoker.prompts.Warming.Activity;
import io.stoker.prompts.Warming.LastWarm;
import io.stoker.state.jdbc.JdbcLink;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Rows of conversations, and those that a transaction saves: only the last of each, all in one go
/// and in the order of their ids, so that two processes do not get in each other's way.
final class JdbcConversations implements JdbcLink.Gathered {

  static final String SELECT =
      """
      SELECT id, model, cwd, enabled, warm_every, next_warm_at, touched_at, last_warm_at,
             cache_percent, retention_percent, failures, trouble, rest
        FROM stoker.conversation
      """;

  private static final String SAVE =
      """
      INSERT INTO stoker.conversation
             (id, model, cwd, enabled, warm_every, next_warm_at, touched_at, last_warm_at,
              cache_percent, retention_percent, failures, trouble, rest)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE
         SET model = excluded.model, cwd = excluded.cwd, enabled = excluded.enabled,
             warm_every = excluded.warm_every, next_warm_at = excluded.next_warm_at,
             touched_at = excluded.touched_at, last_warm_at = excluded.last_warm_at,
             cache_percent = excluded.cache_percent,
             retention_percent = excluded.retention_percent, failures = excluded.failures,
             trouble = excluded.trouble, rest = excluded.rest
      """;

  private final TreeMap<String, @Nullable Object[]> rows = new TreeMap<>();

  static void save(JdbcLink link, Conversation conversation) {
    var row = row(conversation);
    link.gathered(JdbcConversations.class, JdbcConversations::new).rows.put(conversation.id(), row);
  }

  @Override
  public void write(JdbcLink link) throws SQLException {
    var _ = link.batch(SAVE, new ArrayList<>(rows.values()));
  }

  private static @Nullable Object[] row(Conversation conversation) {
    var warming = conversation.warming();
    var last = warming.lastWarm();
    return new @Nullable Object[] {
      JdbcPromptText.in(conversation.id()),
      JdbcPromptText.in(conversation.model()),
      JdbcPromptText.in(conversation.cwd()),
      warming.enabled(),
      micros(warming.interval()),
      warming.nextWarmAt(),
      warming.touchedAt(),
      last == null ? null : last.at(),
      last == null ? null : last.cachePercent(),
      last == null ? null : last.retentionPercent(),
      warming.failures(),
      JdbcPromptText.in(warming.trouble()),
      JdbcPromptNumbers.RESTS.number(warming.rest())
    };
  }

  static Conversation of(ResultSet row) throws SQLException {
    return new Conversation(
        JdbcPromptText.out(row.getString(1)),
        JdbcPromptText.out(row.getString(2)),
        JdbcPromptText.out(row.getString(3)),
        new Warming(
            row.getBoolean(4),
            length(row.getLong(5)),
            Activity.IDLE,
            0,
            JdbcLink.instant(row, 6),
            JdbcLink.instant(row, 7),
            lastWarm(row, JdbcLink.instant(row, 8)),
            row.getInt(11),
            JdbcPromptText.out(row.getString(12)),
            JdbcPromptNumbers.RESTS.at(row.getInt(13)),
            CacheTerms.UNKNOWN));
  }

  private static @Nullable LastWarm lastWarm(ResultSet row, @Nullable Instant at)
      throws SQLException {
    return at == null ? null : new LastWarm(at, row.getInt(9), row.getInt(10));
  }

  static long micros(Duration length) {
    return TimeUnit.MICROSECONDS.convert(length);
  }

  static Duration length(long micros) {
    return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(micros));
  }
}
