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

/// The periodic tasks of a warmer, run every second: checks the clock, coordinates with other
/// processes, retries failed saves, and deletes unused conversations. Thread-safe.
final class PromptMaintenance implements AutoCloseable {

  /// The resolution of timers.
  static final Duration TICK = Duration.ofMillis(20);

  private static final Logger LOG = LoggerFactory.getLogger(PromptMaintenance.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /// How often the policy is saved and the budgets are refreshed.
  private static final int RUNS_BETWEEN_SAVES = 30;

  /// How often unused conversations are deleted, and how many at a time.
  private static final int RUNS_BETWEEN_DELETIONS = 60;

  private static final int MAX_DELETED = 500;

  /// The largest drift of the wall clock between two runs that is not a jump.
  private static final Duration DRIFT = Duration.ofMillis(500);

  private final WarmerContext context;
  private final ConversationWriter writer;
  private final Consumer<String> deletion;
  private final ReentrantLock deleting = new ReentrantLock();
  private final BackgroundLoop loop;

  // Confined to the loop.
  private int runs;
  private Duration offset = Duration.ZERO;

  PromptMaintenance(WarmerContext context, ConversationWriter writer, Consumer<String> deletion) {
    this.context = context;
    this.writer = writer;
    this.deletion = deletion;
    this.loop = BackgroundLoop.virtual("stoker-prompts", this::run);
  }

  void start() {
    offset = offset();
    loop.start();
  }

  /// Each task fails on its own.
  private void run() throws InterruptedException {
    context.time().pause(PAUSE);
    runs++;
    var _ = BackgroundTask.attempt("Releasing waiting warms", writer.calls()::openGate);
    var _ = BackgroundTask.attempt("Coordinating servers", writer.cluster()::heartbeat);
    if (runs % RUNS_BETWEEN_SAVES == 0) {
      var _ = BackgroundTask.attempt("Saving what was learned", this::saveLearned);
      var _ = BackgroundTask.attempt("Refreshing budgets", this::refreshBudgets);
    }
    if (runs % RUNS_BETWEEN_DELETIONS == 0) {
      // On a thread of its own, since it can take longer than a lease.
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
      LOG.warn("The policy was not saved; next try in 30 s: {}", e.getMessage());
    }
  }

  private void refreshBudgets() {
    try {
      if (writer.cluster().isShared()) {
        context.budgets().refresh();
      }
    } catch (StokerException e) {
      LOG.debug("Budgets were not refreshed: {}", e.getMessage());
    }
  }

  private void deleteUnused() {
    if (!deleting.tryLock()) {
      return; // the previous deletion is still running
    }
    try {
      var unusedDays = context.settings().limits().unusedDays();
      for (var id : context.store().deletable(unusedDays, MAX_DELETED)) {
        deleteUnused(id);
      }
    } catch (StokerException e) {
      LOG.warn("Unused conversations were not deleted; next try in 1 min: {}", e.getMessage());
    } finally {
      deleting.unlock();
    }
  }

  private void deleteUnused(String id) {
    try {
      deletion.accept(id);
      LOG.info("Deleted unused conversation {}", id);
    } catch (TurnInProgressException | ConversationTakenException e) {
      LOG.debug("Conversation {} was not deleted: {}", id, e.getMessage());
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

  /// The offset of the wall clock from the monotonic clock. Both are read within one tick, since a
  /// thread that is paused between the readings would see a jump that did not happen.
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

  @Override
  public void close() {
    loop.close();
  }
}
