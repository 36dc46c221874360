package io.stoker.prompts;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Decides which of the processes that share a store owns a conversation, and so warms it.
/// Thread-safe.
///
/// The owner is the process with the last request for the conversation. A process without a
/// heartbeat for the length of a [#LEASE] loses its conversations to the others. Leases are
/// measured by the store's clock, so the clocks of processes may differ.
///
/// All methods throw [io.stoker.StokerException] if the store does not answer; nothing has changed
/// then.
public interface PromptLeases {

  /// How long a process counts as alive after a heartbeat.
  Duration LEASE = Duration.ofSeconds(10);

  /// Whether other processes can use the same store.
  boolean isShared();

  /// Takes a conversation over. Later saves by the previous owner are rejected.
  ///
  /// @param evenInTurn whether to take it even from a living owner with a turn in progress
  /// @return whether this process owns it now
  boolean take(String id, boolean evenInTurn);

  /// Whether this process owns a conversation, or it is not stored yet.
  boolean has(String id);

  /// Sends a heartbeat.
  ///
  /// @return what other processes have taken over since the last one
  Renewal renew();

  /// The result of a heartbeat.
  ///
  /// @param lapsed whether the lease had ended, so that any conversation may have been taken over
  /// @param taken conversations that others have taken over
  record Renewal(boolean lapsed, List<String> taken) {

    static final Renewal NOTHING = new Renewal(false, List.of());

    /// Copies the list.
    public Renewal {
      taken = List.copyOf(taken);
    }
  }

  /// Takes over all conversations with warming enabled and no living owner; at first, and after
  /// [#release()], also those of this process. Visits each, in no particular order.
  void adopt(Consumer<Conversation> visitor);

  /// Releases all conversations to other processes at once.
  void release();
}
