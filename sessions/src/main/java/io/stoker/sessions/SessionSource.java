package io.stoker.sessions;

import io.stoker.Time;
import javax.sql.DataSource;

/// The system of record for sessions. Thread-safe.
///
/// Failures are [StokerException]s, never empty results: an outage must not look like "nothing to
/// warm".
public interface SessionSource {

  /// A source that reads a Postgres database by a mapping.
  ///
  /// @param dataSource provides connections of the Postgres JDBC driver, pooled or not
  static SessionSource jdbc(DataSource dataSource, SessionMapping mapping, Time time) {
    return new JdbcSessionSource(dataSource, mapping, time);
  }

  /// Starts to read the sessions of a query.
  ///
  /// @param fence taken from the target beforehand; becomes part of every entry
  SessionCursor read(SessionQuery query, Fence fence);

  /// Finds the session with a key, if it has not expired: a chunk of one or none. A row that cannot
  /// become an entry is in the chunk as unreadable, since the source itself is fine.
  ///
  /// @param fence taken from the cache beforehand; becomes part of the entry
  SessionChunk find(SessionKey key, Fence fence);

  /// Counts what [#read(SessionQuery, Fence)] would read.
  SessionEstimate estimate(SessionQuery query);
}
