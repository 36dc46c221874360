package io.stoker.sessions;

import io.stoker.Time;
import javax.sql.DataSource;

/// Where sessions are stored for good. Thread-safe.
///
/// A failure is a [StokerException], never an empty answer: an outage must not look like "nothing
/// to warm".
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
  SessionCursor read(SessionQuery query, Fence fence);

  /// The one session with this key, if it is alive: a chunk of one or none. A row that cannot
  /// become an entry is in the chunk as unreadable: the source is fine.
  ///
  /// @param fence taken from the cache before; it goes into the entry
  SessionChunk find(SessionKey key, Fence fence);

  /// Counts what [#read(SessionQuery, Fence)] would read.
  SessionEstimate estimate(SessionQuery query);
}
