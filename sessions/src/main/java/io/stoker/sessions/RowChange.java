package io.stoker.sessions;

import org.jspecify.annotations.Nullable;

/// A row of a followed table that has changed, as Postgres reports it after the commit.
///
/// @param table which table
/// @param kind what happened to the row
/// @param oldKey the key that the row had before, if it had another one or is gone
/// @param newKey the key that the row has now; null if it is gone
record RowChange(Table table, Kind kind, @Nullable String oldKey, @Nullable String newKey) {

  /// Which of the followed tables.
  enum Table {
    SESSION,
    USER
  }

  /// What happened to a row, or to all of them.
  enum Kind {
    INSERT,
    UPDATE,
    DELETE,
    TRUNCATE,
    /// Postgres has not said to which row, since the table's replica identity lacks the key.
    UNKNOWN
  }
}
