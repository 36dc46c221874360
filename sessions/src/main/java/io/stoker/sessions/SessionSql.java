package io.stoker.sessions;

import java.util.List;

/// The statements that read a mapping's sessions.
///
/// COPY takes no parameters, and values are never concatenated into SQL: they are set as settings
/// of the transaction ([#SETTINGS]), which the statements read with `current_setting`. Wrapped in a
/// subselect, a setting is read once per statement rather than once per row.
///
/// The bulk's bounds are the exception. The planner must see them, or it estimates a million
/// sessions as five thousand and joins their users one by one; so Postgres quotes them itself
/// ([#BOUNDS]).
final class SessionSql {

  /// Sets, for the current transaction: the window's start, the numbers of sessions in order and in
  /// total, the key to look up, the statement timeout, and the time zone, which drivers set to that
  /// of their process. Returns the source's clock.
  static final String SETTINGS =
      """
      SELECT now(),
             set_config('stoker.since', (now() - make_interval(secs => ?))::text, true),
             set_config('stoker.hottest', ?, true),
             set_config('stoker.limit', ?, true),
             set_config('stoker.key', ?, true),
             set_config('statement_timeout', ?, true),
             set_config('jit', 'off', true),
             set_config('TimeZone', 'UTC', true)
      """;

  /// Sets, for the current transaction, the bulk's upper bound. A separate statement, since a
  /// mapping may contain question marks.
  static final String TO = "SELECT set_config('stoker.to', ?, true)";

  /// Sets, for the current transaction, how many sessions are left to reach the limit.
  static final String REST = "SELECT set_config('stoker.rest', ?, true)";

  /// The bulk's bounds as literals, quoted by Postgres.
  static final String BOUNDS =
      """
      SELECT quote_literal(current_setting('stoker.from')::timestamptz::text),
             quote_literal(current_setting('stoker.to')::timestamptz::text)
      """;

  private static final String ONE_MICROSECOND = "interval '1 microsecond'";
  private static final String TO_STDOUT = ") TO STDOUT (FORMAT binary)";
  private static final String SINCE = setting("since", "timestamptz");
  private static final String KEY = setting("key", "text");
  private static final String ALIVE = "session.expires_at > now()";

  /// Includes rows without an expiry, which a run counts as failed.
  private static final String NOT_EXPIRED = "(" + ALIVE + " OR session.expires_at IS NULL)";

  private static final String ELIGIBLE = NOT_EXPIRED + " AND session.last_activity_at >= " + SINCE;

  private final String from;
  private final String isWanted;

  SessionSql(SessionMapping mapping) {
    // The line break ends a comment on the mapping's last line.
    this.from = " FROM (" + mapping.sql() + "\n) AS session ";
    this.isWanted =
        switch (mapping.layout()) {
          // Keys are in lower case; an index serves both spellings, but not lower(token_hash).
          case TOKENS -> "session.token_hash IN (" + KEY + ", upper(" + KEY + "))";
          case SPRING_SESSION -> "session.session_id = " + KEY;
        };
  }

  /// Selects no rows, for their metadata.
  String describe() {
    return "SELECT *" + from + "LIMIT 0";
  }

  /// The most recently active sessions, in that order, including ties with the last, but never more
  /// than the limit. Their activity is the last column.
  String hottest(List<String> columns) {
    return "COPY (SELECT * FROM ("
        + select(columns, ELIGIBLE)
        + " ORDER BY session.last_activity_at DESC FETCH FIRST "
        + setting("hottest", "bigint")
        + " ROWS WITH TIES) AS hottest LIMIT "
        + setting("limit", "bigint")
        + TO_STDOUT;
  }

  /// Sets the bulk's lower bound: just above the activity of the last session within the limit, or
  /// the window's start if there are fewer.
  String boundWithinLimit() {
    return "SELECT set_config('stoker.from', coalesce((SELECT (session.last_activity_at + "
        + ONE_MICROSECOND
        + ")::text"
        + from
        + "WHERE "
        + ELIGIBLE
        + " ORDER BY session.last_activity_at DESC LIMIT 1 OFFSET "
        + setting("limit", "bigint")
        + " - 1), current_setting('stoker.since')), true)";
  }

  /// Sets the bulk's lower bound where every eligible session is within the limit.
  static String boundByWindow() {
    return "SELECT set_config('stoker.from', current_setting('stoker.since'), true)";
  }

  /// The sessions from one bound, inclusive, to the other, exclusive, unordered, with their
  /// activity as the last column.
  String bulk(List<String> columns, Bounds bounds) {
    return "COPY ("
        + select(
            columns,
            NOT_EXPIRED
                + " AND session.last_activity_at >= timestamptz "
                + bounds.from
                + " AND session.last_activity_at < timestamptz "
                + bounds.to)
        + TO_STDOUT;
  }

  /// Two timestamps as SQL literals, as [#BOUNDS] returns them.
  record Bounds(String from, String to) {}

  /// Sessions just below the bulk, as many as are left to reach the limit: all tie with the last
  /// one within the limit, and there may be more than fit.
  String last(List<String> columns) {
    return "COPY ("
        + select(
            columns,
            ELIGIBLE
                + " AND session.last_activity_at = "
                + setting("from", "timestamptz")
                + " - "
                + ONE_MICROSECOND)
        + " LIMIT "
        + setting("rest", "bigint")
        + TO_STDOUT;
  }

  /// The number of sessions that are alive and have no activity, up to those left to reach the
  /// limit. An index on the activity serves it.
  String countWithoutActivity() {
    return "SELECT count(*) FROM (SELECT 1"
        + from
        + "WHERE "
        + ALIVE
        + " AND session.last_activity_at IS NULL LIMIT "
        + setting("rest", "bigint")
        + ") AS uncertain";
  }

  /// The session with the key that was set.
  String one(List<String> columns) {
    return "COPY (" + select(columns, ALIVE + " AND " + isWanted) + TO_STDOUT;
  }

  /// The sessions whose column has one of the values that were set, as an array of `type`.
  String changed(List<String> columns, String column, String values, String type) {
    // The cast stands outside of the subselect, since ANY takes a subselect for rows.
    var array = "(" + setting(values, "text") + "::" + type + "[])";
    return "COPY ("
        + select(columns, ALIVE + " AND session." + column + " = ANY " + array)
        + TO_STDOUT;
  }

  /// The number of eligible sessions.
  String count() {
    return "SELECT count(*)" + from + "WHERE " + ELIGIBLE;
  }

  /// One row if there is any session, eligible or not.
  String any() {
    return "SELECT 1" + from + "LIMIT 1";
  }

  private String select(List<String> columns, String conditions) {
    return "SELECT "
        + String.join(", ", columns)
        + ", session.last_activity_at::timestamptz"
        + from
        + "WHERE "
        + conditions;
  }

  private static String setting(String name, String type) {
    return "(SELECT current_setting('stoker." + name + "')::" + type + ")";
  }
}
