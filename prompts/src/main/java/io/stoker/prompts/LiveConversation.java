package io.stoker.prompts;

import io.stoker.prompts.WarmingState.Activity;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A conversation in memory, with its timer and its command queue in the same object.
///
/// The thread that takes commands from the queue is its writer; there is one at a time. Only
/// methods marked as thread-safe may be called by others.
final class LiveConversation extends WarmTimers.Timer {

  private final String id;
  private volatile @Nullable Conversation conversation;
  private @Nullable ArrayDeque<QueuedCommand> commands;
  private volatile @Nullable WarmCall call;
  private volatile boolean unsaved;
  private List<LedgerEntry> unsavedLines = List.of();
  private long lostNumber;
  private boolean awaitsUser;
  private boolean turnBeganWarm;
  private boolean fresh;
  private boolean deleted;
  private boolean gone;

  /// A conversation that has not been loaded yet.
  LiveConversation(String id) {
    this.id = id;
  }

  LiveConversation(Conversation conversation) {
    this.id = conversation.id();
    this.conversation = conversation;
  }

  /// The result of posting a command.
  enum Posted {
    /// It is queued behind others.
    QUEUED,
    /// It is the first, and the caller has to start a writer.
    FIRST,
    /// This object has been removed from memory.
    GONE
  }

  String id() {
    return id;
  }

  /// The current state; null if it has not been loaded. Thread-safe.
  @Nullable Conversation conversation() {
    return conversation;
  }

  /// @param next null to load it again
  void setConversation(@Nullable Conversation next) {
    conversation = next;
  }

  /// Thread-safe.
  synchronized Posted post(QueuedCommand command) {
    if (gone) {
      return Posted.GONE;
    }
    boolean first = commands == null;
    if (commands == null) {
      commands = new ArrayDeque<>(2);
    }
    commands.add(command);
    return first ? Posted.FIRST : Posted.QUEUED;
  }

  /// The next command; null if there is none, which ends the caller's role as writer.
  synchronized @Nullable QueuedCommand next() {
    var command = commands == null ? null : commands.poll();
    if (command == null) {
      commands = null;
      gone = isIdle();
    }
    return command;
  }

  /// Whether it can be removed from memory, because the store has all of its state.
  private boolean isIdle() {
    var current = conversation;
    return current == null
        || (current.warming().activity() == Activity.IDLE
            && current.warming().nextWarmAt() == null
            && !unsaved
            && !awaitsUser);
  }

  /// Whether it was removed from memory. Thread-safe.
  synchronized boolean isGone() {
    return gone;
  }

  /// The highest number of timers and warms before another process took it over; 0 if none did.
  long lostNumber() {
    return lostNumber;
  }

  void setLostNumber(long number) {
    lostNumber = number;
  }

  /// The warm in flight; null if there is none. Thread-safe.
  @Nullable WarmCall call() {
    return call;
  }

  void setCall(@Nullable WarmCall next) {
    call = next;
  }

  /// Whether it is not in the store yet.
  boolean isNew() {
    return fresh;
  }

  void setNew(boolean is) {
    fresh = is;
  }

  /// Whether it was no longer in the store when an operation that had begun earlier ended.
  boolean isDeleted() {
    return deleted;
  }

  void setDeleted(boolean is) {
    deleted = is;
  }

  /// Whether the current state is not saved. Thread-safe.
  boolean isUnsaved() {
    return unsaved;
  }

  /// Lines of the ledger that are not saved.
  List<LedgerEntry> unsavedLines() {
    return unsavedLines;
  }

  void setUnsaved(boolean is, List<LedgerEntry> lines) {
    unsaved = is;
    unsavedLines = lines;
  }

  /// Whether its timer only marks the time at which the user counts as gone.
  boolean awaitsUser() {
    return awaitsUser;
  }

  void setAwaitsUser(boolean is) {
    awaitsUser = is;
  }

  /// Whether the current turn began while its prompt should have been cached.
  boolean turnBeganWarm() {
    return turnBeganWarm;
  }

  void setTurnBeganWarm(boolean is) {
    turnBeganWarm = is;
  }
}
