package io.stoker.sessions;

import io.stoker.Time;
import javax.sql.DataSource;

/// Where sessions are kept for good: the truth. Thread-safe.
///
/// Trouble is a [StokerException], never an empty answer: an outage must not look like "nothing to
/// warm".
public interface SessionSource {

  /// Sessions in a Postgres database, by any mapping.
  ///
  /// @param dataSource hands out connections of the Postgres JDBC driver, pooled or not
  static SessionSource jdbc(DataSource dataSource, SessionMapping mapping, Time time) {
    return new JdbcSessionSource(dataSource, mapping, time);
  }

  /// Begins to read the sessions that `query` selects.
  ///
  /// @param fence taken from the target before; it goes into every entry
  SessionReading read(SessionQuery query, Fence fence);

  /// The one session with this key, if it is alive: a batch of one or none. A row that cannot
  /// become an entry is in the batch as such: the source is fine.
  ///
  /// @param fence taken from the cache before; it goes into the entry
  SessionBatch find(SessionKey key, Fence fence);

  /// Counts what [#read(SessionQuery, Fence)] would read.
  SessionEstimate estimate(SessionQuery query);
}
