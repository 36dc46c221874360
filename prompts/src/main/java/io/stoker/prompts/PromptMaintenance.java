package io.stoker.prompts;

import io.stoker.BackgroundLoop;
import io.stoker.BackgroundTask;
import io.stoker.StokerException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a warmer does every second, whatever happens to conversations: it looks at the clock and at
/// other processes, saves what could not be saved, and deletes what nobody uses. Thread-safe.
final class PromptMaintenance implements AutoCloseable {

  /// How exact timers are.
  static final Duration TICK = Duration.ofMillis(20);

  private static final Logger LOG = LoggerFactory.getLogger(PromptMaintenance.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /// After how many rounds what was learned is saved, and what other processes have spent is looked
  /// up.
  private static final int ROUNDS_UNTIL_LEARNED_IS_SAVED = 30;

  /// After how many rounds unused conversations are deleted, and how many at a time.
  private static final int ROUNDS_UNTIL_DELETION = 60;

  private static final int MAX_DELETED = 500;

  /// How far the wall clock may move by itself between two rounds.
  private static final Duration DRIFT = Duration.ofMillis(500);

  private final WarmerContext context;
  private final ConversationWriter writer;
  private final Consumer<String> deletion;
  private final ReentrantLock deleting = new ReentrantLock();
  private final BackgroundLoop loop;

  // Confined to the loop.
  private int rounds;
  private Duration offset = Duration.ZERO;

  /// @param deletion deletes a conversation
  PromptMaintenance(WarmerContext context, ConversationWriter writer, Consumer<String> deletion) {
    this.context = context;
    this.writer = writer;
    this.deletion = deletion;
    this.loop = BackgroundLoop.virtual("stoker-prompts", this::round);
  }

  void start() {
    offset = offset();
    loop.start();
  }

  /// What fails in a round keeps nothing else in it from being done.
  private void round() throws InterruptedException {
    context.time().pause(PAUSE);
    rounds++;
    var _ = BackgroundTask.attempt("Letting warms through", writer.calls()::openGate);
    var _ = BackgroundTask.attempt("Sharing conversations", writer.sharing()::round);
    if (rounds % ROUNDS_UNTIL_LEARNED_IS_SAVED == 0) {
      var _ = BackgroundTask.attempt("Saving what was learned", this::saveLearned);
      var _ = BackgroundTask.attempt("Looking at budgets", this::refreshBudgets);
    }
    if (rounds % ROUNDS_UNTIL_DELETION == 0) {
      // Beside the rounds, for it can take longer than a lease.
      BackgroundTask.start("stoker-prompts-deletion", this::deleteUnused);
    }
    checkClock();
  }

  void saveLearned() {
    var learned = context.policy().changed();
    try {
      if (!learned.isEmpty()) {
        context.store().saveLearned(learned);
      }
    } catch (RuntimeException | Error e) {
      context.policy().markChanged(learned);
      LOG.warn("What the policy has learned was not saved: {}", e.getMessage());
    }
  }

  private void refreshBudgets() {
    try {
      if (writer.sharing().isShared()) {
        context.budgets().refresh();
      }
    } catch (StokerException e) {
      LOG.debug("What other servers have spent cannot be read: {}", e.getMessage());
    }
  }

  private void deleteUnused() {
    if (!deleting.tryLock()) {
      return; // the last time takes long
    }
    try {
      var unusedDays = context.settings().limits().unusedDays();
      for (var id : context.store().deletable(unusedDays, MAX_DELETED)) {
        deleteUnused(id);
      }
    } catch (StokerException e) {
      LOG.warn("Unused conversations are deleted later: {}", e.getMessage());
    } finally {
      deleting.unlock();
    }
  }

  private void deleteUnused(String id) {
    try {
      deletion.accept(id);
      LOG.info("Conversation {} was deleted, because nobody has used it", id);
    } catch (TurnInProgressException | ConversationTakenException e) {
      LOG.debug("Conversation {} is not deleted: {}", id, e.getMessage());
    }
  }

  private void checkClock() {
    var drifted = offset().minus(offset);
    offset = offset.plus(drifted);
    if (drifted.abs().compareTo(DRIFT) > 0) {
      writer.moveClock(drifted);
    } else {
      writer.saveUnsaved();
    }
  }

  /// How far the wall clock is ahead of the clock that never jumps. Both are read within a moment,
  /// or a thread that is held up in between would see a jump where there is none.
  private Duration offset() {
    var time = context.time();
    while (true) {
      var before = time.ticks();
      var now = time.now();
      if (time.ticks().minus(before).compareTo(TICK) < 0) {
        return Duration.between(Instant.EPOCH, now).minus(before);
      }
    }
  }

  /// Ends the rounds.
  @Override
  public void close() {
    loop.close();
  }
}
