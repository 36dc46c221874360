package io.stoker.sessions;

import java.util.List;

/// Maps rows to entries of one layout. Confined to one thread.
interface RowMapper {

  /// The expressions to select, in the order that [#map(CopyRow)] expects.
  List<String> selected();

  /// Maps the current row.
  ///
  /// @throws UnreadableRowException if the row cannot become an entry
  SessionEntry map(CopyRow row) throws UnreadableRowException;
}
