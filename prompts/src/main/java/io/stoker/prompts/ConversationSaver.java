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

/// Saves conversations as they change, with what that adds to the ledger. Thread-safe for writers
/// of different conversations.
final class ConversationSaver {

  private static final Logger LOG = LoggerFactory.getLogger(ConversationSaver.class);

  private final PromptStore store;
  private final ConversationQuota quota;
  private final AtomicReference<LedgerSums> sums = new AtomicReference<>(LedgerSums.NONE);

  ConversationSaver(WarmerContext context) {
    this.store = context.store();
    this.quota = new ConversationQuota(store, context.settings().limits(), context.time());
  }

  /// Saves what must survive. That a warm has begun must not: a process that finds its timer's time
  /// passed does what is right.
  ///
  /// If the change must happen, all goes on without, as the schedule would be dead otherwise; it is
  /// saved again and again until it works.
  ///
  /// @return why it could not be saved; null if it was
  /// @throws ConversationTakenException if it belongs to another process; lines of what has
  ///   happened are then left for [#addLate(LiveConversation)]
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
      LOG.warn("Conversation {} goes on, but was not saved: {}", target.id(), e.getMessage());
      target.setUnsaved(true, List.copyOf(all));
      count(lines);
      return e;
    }
  }

  private void count(List<LedgerEntry> lines) {
    lines.forEach(line -> sums.accumulateAndGet(LedgerSums.of(line), LedgerSums::plus));
  }

  /// What this process has added to the ledger, in sum.
  LedgerSums sums() {
    return sums.get();
  }

  private void save(
      LiveConversation target, Conversation after, List<LedgerEntry> lines, Change change) {
    if (target.isDeleted() && !change.isRequested()) {
      addLate(lines); // it was deleted, and nothing brings it back
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

  /// Adds what could not be saved with a conversation that has gone to another process: what has
  /// been spent has been spent.
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
      LOG.warn("{} ledger lines were not saved: {}", lines.size(), e.getMessage());
    }
  }
}
