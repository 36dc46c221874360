package io.stoker.sessions;

import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.WarmOutcome;
import java.time.Instant;
import java.util.List;

/// A chunk of sessions from the source, the most recently active first.
///
/// @param entries the sessions to warm; empty if none have arrived yet
/// @param unreadable an outcome for each selected session that cannot be warmed
/// @param asOf the source's clock when the chunk was read, which TTLs are computed from
public record SessionChunk(
    List<SessionEntry> entries, List<WarmOutcome.Failed> unreadable, Instant asOf) {

  /// Copies the lists.
  public SessionChunk {
    entries = List.copyOf(entries);
    unreadable = List.copyOf(unreadable);
  }

  /// Throws if any row could not be read.
  ///
  /// @throws StokerException with the reason of the first such row
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
