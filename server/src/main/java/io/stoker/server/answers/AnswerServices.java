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

/// What a server does about answers. Thread-safe.
///
/// @param limits how long lists of questions may be
/// @param quotas how much may be in the queue and in the corpus
/// @param settings what can be changed while it runs
/// @param store queue, answers and documents
/// @param cache asks and forgets
/// @param worker warms
/// @param maintenance keeps the cache in order
/// @param signal wakes workers
/// @param feed what happens, for viewers
/// @param uploadThreads reads uploads
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

  /// Tells workers and viewers that there is something new.
  public void notifyChanged() {
    signal.wake();
    feed.wake();
  }

  /// Queues again what rests on documents of the store that have changed.
  public void documentsChanged() {
    maintenance.runJobs();
    notifyChanged();
  }

  /// Tells of what is new, and answers that nobody wants any more are broken off at once.
  public void batchesChanged() {
    notifyChanged();
    try {
      worker.renewNow();
    } catch (StokerException e) {
      LOG.debug("What is in hand is looked at again within a second: {}", e.getMessage());
    }
  }
}
