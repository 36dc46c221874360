package io.stoker.prompts;

import io.stoker.prompts.WarmingState.Activity;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A conversation in memory, which is also its own timer and its queue of commands.
///
/// Its writer is whoever takes commands from it, one thread at a time; what is not said to be for
/// all is for the writer alone.
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

  /// Not read from the store yet.
  LiveConversation(String id) {
    this.id = id;
  }

  LiveConversation(Conversation conversation) {
    this.id = conversation.id();
    this.conversation = conversation;
  }

  /// What became of a command that was posted.
  enum Posted {
    /// It is handled behind the others.
    QUEUED,
    /// Nobody handles commands of this conversation; the caller has to see to it.
    FIRST,
    /// This object has left memory.
    GONE
  }

  /// For all.
  String id() {
    return id;
  }

  /// As it stands; null if it has not been read from the store. For all.
  @Nullable Conversation conversation() {
    return conversation;
  }

  /// @param next null for what is in the store
  void setConversation(@Nullable Conversation next) {
    conversation = next;
  }

  /// For all.
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

  /// The next command; null if there is none, and then the caller is the writer no more.
  synchronized @Nullable QueuedCommand next() {
    var command = commands == null ? null : commands.poll();
    if (command == null) {
      commands = null;
      gone = isIdle();
    }
    return command;
  }

  /// Whether it can leave memory: all that matters is in the store.
  private boolean isIdle() {
    var current = conversation;
    return current == null
        || (current.warming().activity() == Activity.IDLE
            && current.warming().nextWarmAt() == null
            && !unsaved
            && !awaitsUser);
  }

  /// Whether it has left memory. For all.
  synchronized boolean isGone() {
    return gone;
  }

  /// The number that timers and warms had when another process took it over; 0 if none did.
  long lostNumber() {
    return lostNumber;
  }

  void setLostNumber(long number) {
    lostNumber = number;
  }

  /// The warm in flight; null if none is. For all.
  @Nullable WarmCall call() {
    return call;
  }

  void setCall(@Nullable WarmCall next) {
    call = next;
  }

  /// Whether the store has nothing of it.
  boolean isNew() {
    return fresh;
  }

  void setNew(boolean is) {
    fresh = is;
  }

  /// Whether the store had nothing of it when something came to an end that had begun before.
  boolean isDeleted() {
    return deleted;
  }

  void setDeleted(boolean is) {
    deleted = is;
  }

  /// Whether the store does not have it as it stands. For all.
  boolean isUnsaved() {
    return unsaved;
  }

  /// Lines of the ledger that could not be written yet.
  List<LedgerEntry> unsavedLines() {
    return unsavedLines;
  }

  void setUnsaved(boolean is, List<LedgerEntry> lines) {
    unsaved = is;
    unsavedLines = lines;
  }

  /// Whether its timer is only there to notice that the user does not come back.
  boolean awaitsUser() {
    return awaitsUser;
  }

  void setAwaitsUser(boolean is) {
    awaitsUser = is;
  }

  /// Whether the turn that is going on began while the provider should have had its prompt.
  boolean turnBeganWarm() {
    return turnBeganWarm;
  }

  void setTurnBeganWarm(boolean is) {
    turnBeganWarm = is;
  }
}
