package io.stoker.prompts;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// Which of the processes that share a store warms which conversation. Thread-safe.
///
/// A conversation belongs to the process that was told of it last. A process that has not said for
/// as long as a [#LEASE] that it is alive has lost all that it had to whoever adopts it; by the
/// store's clock, so that those of the processes may differ.
///
/// All methods throw [io.stoker.StokerException] if the store does not answer; nothing has changed
/// then.
public interface PromptLeases {

  /// For how long a process counts as alive after it has said so.
  Duration LEASE = Duration.ofSeconds(10);

  /// Whether other processes can use the same store.
  boolean isShared();

  /// Takes a conversation over from whoever has it. What that one saves of it from now on is
  /// refused.
  ///
  /// @param evenInTurn whether to take it also from a living process that has a turn of it going on
  /// @return whether it belongs to this process now
  boolean take(String id, boolean evenInTurn);

  /// Whether a conversation belongs to this process, or has never been saved.
  boolean has(String id);

  /// Says that this process is alive.
  ///
  /// @return what others have taken from it since it last said so
  Renewal renew();

  /// What a process learns when it says that it is alive.
  ///
  /// @param lapsed whether its lease had ended, so that anything may belong to others by now
  /// @param taken conversations that others have taken
  record Renewal(boolean lapsed, List<String> taken) {

    static final Renewal NOTHING = new Renewal(false, List.of());

    /// Copies the list.
    public Renewal {
      taken = List.copyOf(taken);
    }
  }

  /// Takes over all conversations whose warming is wanted and that no living process has; at first,
  /// and after [#release()], also its own. Visits each, in no particular order.
  void adopt(Consumer<Conversation> visitor);

  /// Leaves all to others, at once.
  void release();
}
