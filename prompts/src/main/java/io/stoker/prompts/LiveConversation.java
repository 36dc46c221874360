package io.stoker.prompts;

import io.stoker.prompts.Warming.Activity;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A conversation in memory, which is also its own timer, and its queue of events. Its writer is
/// whoever takes events from it, one thread at a time; posting and looking are for all.
final class LiveConversation extends WarmTimers.Timer {

  private final String id;
  private volatile @Nullable Conversation conversation;
  private @Nullable ArrayDeque<Mail> mails;
  private volatile @Nullable WarmCall call;
  private volatile boolean unsaved;
  private List<LedgerEntry> unsavedLines = List.of();
  private long left;
  private boolean awaited;
  private boolean warm;
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

  /// What became of an event that was posted.
  enum Posted {
    /// It is handled when its turn comes.
    QUEUED,
    /// Nobody handles events of this conversation; the caller has to see to it.
    FIRST,
    /// This object has left memory.
    GONE
  }

  String id() {
    return id;
  }

  /// As it stands; null if it has not been read from the store.
  @Nullable Conversation conversation() {
    return conversation;
  }

  synchronized Posted post(Mail mail) {
    if (gone) {
      return Posted.GONE;
    }
    boolean first = mails == null;
    if (mails == null) {
      mails = new ArrayDeque<>(2);
    }
    mails.add(mail);
    return first ? Posted.FIRST : Posted.QUEUED;
  }

  /// The next event; null if there is none, and then the caller is the writer no more.
  synchronized @Nullable Mail next() {
    var mail = mails == null ? null : mails.poll();
    if (mail == null) {
      mails = null;
      gone = isIdle();
    }
    return mail;
  }

  /// Whether it can leave memory: all that matters is in the store.
  private boolean isIdle() {
    var known = conversation;
    return known == null
        || (known.warming().activity() == Activity.IDLE
            && known.warming().nextWarmAt() == null
            && !unsaved
            && !awaited);
  }

  synchronized boolean isGone() {
    return gone;
  }

  /// @param next null for what is in the store
  void becomes(@Nullable Conversation next) {
    conversation = next;
  }

  /// The number that timers and warms had when another process took it over; 0 if none did. For the
  /// writer alone.
  long left() {
    return left;
  }

  void left(long number) {
    left = number;
  }

  /// The warm in flight; null if none is.
  @Nullable WarmCall call() {
    return call;
  }

  void calls(@Nullable WarmCall next) {
    call = next;
  }

  /// Whether the store has nothing of it. For the writer alone.
  boolean isNew() {
    return fresh;
  }

  void isNew(boolean is) {
    fresh = is;
  }

  /// Whether the store had nothing of it when something came to an end that had begun before. For
  /// the writer alone.
  boolean isDeleted() {
    return deleted;
  }

  void isDeleted(boolean is) {
    deleted = is;
  }

  boolean isUnsaved() {
    return unsaved;
  }

  void unsaved(boolean is) {
    unsaved = is;
  }

  /// Lines of the ledger that could not be written yet. For the writer alone.
  List<LedgerEntry> unsavedLines() {
    return unsavedLines;
  }

  void unsavedLines(List<LedgerEntry> lines) {
    unsavedLines = lines;
  }

  /// Whether its timer is only there to notice that the user does not come back. For the writer
  /// alone.
  boolean isAwaited() {
    return awaited;
  }

  void awaited(boolean is) {
    awaited = is;
  }

  /// Whether the turn that is going on began while the provider should have had its prompt. For the
  /// writer alone.
  boolean isWarm() {
    return warm;
  }

  void warm(boolean is) {
    warm = is;
  }
}
