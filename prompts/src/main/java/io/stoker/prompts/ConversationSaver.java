package io.stoker.prompts;

import io.stoker.StokerException;
import io.stoker.prompts.ConversationCommand.Change;
import io.stoker.prompts.WarmingState.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Saves conversations and their new lines of the ledger. Thread-safe for writers of different
/// conversations.
final class ConversationSaver {

  private static final Logger LOG = LoggerFactory.getLogger(ConversationSaver.class);

  private final PromptStore store;
  private final ConversationQuota quota;
  private final AtomicReference<LedgerSums> sums = new AtomicReference<>(LedgerSums.NONE);

  ConversationSaver(WarmerContext context) {
    this.store = context.store();
    this.quota = new ConversationQuota(store, context.settings().limits(), context.time());
  }

  /// Saves a change, unless it is only that a warm has begun: after a crash, the overdue timer is
  /// handled correctly anyway.
  ///
  /// A change that [must happen][Change#mustHappen()] is kept in memory if it cannot be saved, and
  /// saved again until that works, since the schedule would stop otherwise.
  ///
  /// @return why it could not be saved; null if it was
  /// @throws ConversationTakenException if another process owns it; lines of past events are then
  ///   left for [#addLate(LiveConversation)]
  @Nullable StokerException save(
      LiveConversation target,
      Conversation before,
      Conversation after,
      List<LedgerEntry> lines,
      Change change) {
    boolean warms = after.warming().activity() == Activity.WARMING;
    boolean same = before.isInTurn() == after.isInTurn() && before.stored().equals(after.stored());
    if (!target.isUnsaved() && lines.isEmpty() && (warms || same)) {
      return null;
    }
    var all = new ArrayList<>(target.unsavedLines());
    all.addAll(lines);
    try {
      save(target, after, List.copyOf(all), change);
      count(lines);
      return null;
    } catch (ConversationTakenException e) {
      if (!change.isRequested()) {
        target.setUnsaved(target.isUnsaved(), List.copyOf(all));
      }
      throw e;
    } catch (StokerException e) {
      if (!change.mustHappen()) {
        throw e;
      }
      LOG.warn("Conversation {} was not saved; next try in 1 s: {}", target.id(), e.getMessage());
      target.setUnsaved(true, List.copyOf(all));
      count(lines);
      return e;
    }
  }

  private void count(List<LedgerEntry> lines) {
    lines.forEach(line -> sums.accumulateAndGet(LedgerSums.of(line), LedgerSums::plus));
  }

  /// The sum of what this process has added to the ledger.
  LedgerSums sums() {
    return sums.get();
  }

  private void save(
      LiveConversation target, Conversation after, List<LedgerEntry> lines, Change change) {
    if (target.isDeleted() && !change.isRequested()) {
      addLate(lines); // must not create a deleted conversation again
      return;
    }
    if (target.isNew()) {
      quota.require(after.tenant());
      store.save(after, lines);
    } else {
      store.update(after, lines);
    }
    target.setNew(false);
    target.setDeleted(false);
    target.setUnsaved(false, List.of());
  }

  /// Adds unsaved lines of a conversation that another process has taken over, since their costs
  /// have been incurred.
  void addLate(LiveConversation target) {
    addLate(target.unsavedLines());
    target.setUnsaved(false, List.of());
  }

  private void addLate(List<LedgerEntry> lines) {
    try {
      if (!lines.isEmpty()) {
        store.add(lines);
      }
    } catch (StokerException e) {
      LOG.warn("{} ledger lines were lost: {}", lines.size(), e.getMessage());
    }
  }
}
