package io.stoker.server.answers;

import io.stoker.CpuWorkPool;
import io.stoker.StokerException;
import io.stoker.answers.AnswerCache;
import io.stoker.answers.AnswerFeed;
import io.stoker.answers.AnswerMaintenance;
import io.stoker.answers.AnswerStore;
import io.stoker.answers.AnswerWorker;
import io.stoker.answers.QuestionList;
import io.stoker.answers.WakeSignal;
import io.stoker.server.settings.AnswerQuotas;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The parts of a running server that answer questions. Thread-safe.
///
/// @param limits size limits of uploaded lists of questions
/// @param quotas the most questions in the queue and documents in the corpus
/// @param settings can be changed at runtime
/// @param store queue, answers and documents
/// @param cache answers callers
/// @param worker processes the queue
/// @param maintenance background maintenance of cache and queue
/// @param signal wakes the workers
/// @param feed distributes events to viewers
/// @param uploadThreads parse uploads
public record AnswerServices(
    QuestionList.Limits limits,
    AnswerQuotas quotas,
    StoredAnswerSettings settings,
    AnswerStore store,
    AnswerCache cache,
    AnswerWorker worker,
    AnswerMaintenance maintenance,
    WakeSignal signal,
    AnswerFeed feed,
    CpuWorkPool uploadThreads) {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerServices.class);

  /// Wakes workers and viewers after a change.
  public void notifyChanged() {
    signal.wake();
    feed.wake();
  }

  /// Queues the questions whose answers are based on changed documents.
  public void documentsChanged() {
    maintenance.runJobs();
    notifyChanged();
  }

  /// Wakes workers and viewers after a change of batches, and stops work on cancelled or deleted
  /// ones at once.
  public void batchesChanged() {
    notifyChanged();
    try {
      worker.renewNow();
    } catch (StokerException e) {
      LOG.debug("Running questions are checked again within a second: {}", e.getMessage());
    }
  }
}
