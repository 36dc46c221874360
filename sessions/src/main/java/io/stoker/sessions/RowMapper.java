package io.stoker.sessions;

import java.util.List;

/// Turns rows into entries of one layout. Confined to one thread.
interface RowMapper {

  /// What to select, in the order in which [#write(CopyRow)] expects it.
  List<String> selected();

  /// The entry of the row that the COPY has come to.
  ///
  /// @throws UnreadableRowException if this row cannot become an entry
  SessionEntry write(CopyRow row) throws UnreadableRowException;
}
