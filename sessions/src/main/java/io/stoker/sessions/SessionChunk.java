package io.stoker.sessions;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.WarmOutcome;
import java.time.Instant;
import java.util.List;

/// Some sessions as they come from the source, hottest first.
///
/// @param entries sessions to warm; empty if nothing has arrived yet
/// @param unreadable sessions that were selected and cannot be warmed, one outcome each
/// @param asOf the source's clock when the chunk was read, which lifetimes are counted from
public record SessionChunk(
    List<SessionEntry> entries, List<WarmOutcome.Failed> unreadable, Instant asOf) {

  /// Keeps copies of the lists.
  public SessionChunk {
    entries = List.copyOf(entries);
    unreadable = List.copyOf(unreadable);
  }

  /// Refuses rows that cannot become entries.
  ///
  /// @throws StokerException with the reason, if there is such a row
  public void requireReadable() {
    if (!unreadable.isEmpty()) {
      throw new StokerException(
          Code.SOURCE_REFUSED,
          "The session's row cannot be used: "
              + unreadable.getFirst().reason()
              + ". Correct the row or the mapping's SELECT",
          null);
    }
  }
}
