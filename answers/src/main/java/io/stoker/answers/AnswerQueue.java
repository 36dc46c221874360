package io.stoker.answers;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The queue as seen by its operators: submit batches, control them, read them. Thread-safe.
///
/// Each change is one transaction that also adds its events to the [log][AnswerLog]; it is durable
/// when the call returns. A change to all questions of a batch updates them in further transactions
/// of bounded size, before the call returns; if the process dies in between, [#runJobStep()] of
/// another process continues. All methods throw [io.stoker.StokerException] with
/// `SOURCE_UNREACHABLE` or `SOURCE_REFUSED` if the database fails.
public interface AnswerQueue {

  /// Queues a batch. If the idempotency key was used before, returns the batch that was created
  /// then, and changes nothing.
  Batch submit(Submission submission);

  /// Appends questions to an open batch; empty if there is no such batch.
  ///
  /// @param wordings other wordings, by the exact text of their question
  /// @throws IllegalActionException if the batch has ended
  Optional<Batch> add(long batch, List<String> questions, Map<String, List<String>> wordings);

  /// Appends questions without other wordings.
  ///
  /// @throws IllegalActionException if the batch has ended
  default Optional<Batch> add(long batch, List<String> questions) {
    return add(batch, questions, Map.of());
  }

  /// Applies an action, if [BatchRules] allows it. Cancelling ends all pending and processing
  /// questions at once. A retry makes questions pending again, with no attempts counted.
  ///
  /// @param reason recorded in the batch's history; empty for none
  /// @return the batch afterwards; empty if there is no such batch
  /// @throws IllegalActionException if the state does not allow the action
  Optional<Batch> apply(long batch, BatchAction action, String reason);

  /// Makes one failed, skipped or cancelled question pending again, and reopens its batch if that
  /// has ended; empty if there is no such question.
  ///
  /// @throws IllegalActionException if the question is in another state
  Optional<Question> retry(long question);

  /// Deletes a question in any state. False if there is none.
  boolean deleteQuestion(long question);

  /// Deletes a batch with its questions in any state. False if there is none.
  boolean deleteBatch(long batch);

  /// Runs one bounded step of the oldest background job, in one transaction. Jobs mark the answers
  /// of a changed document as stale and queue their questions, or finish changes to batches whose
  /// process died. False if there is no job.
  boolean runJobStep();

  /// Deletes the batch that ended first, if it ended before this time. False if there is none.
  boolean deleteEnded(Instant before);

  /// The open batches and questions, counted by one statement.
  Open open();

  /// The open batches, by state.
  record Open(Map<BatchState, OpenBatches> byState) {

    /// Copies the map.
    public Open {
      byState = Map.copyOf(byState);
    }

    /// The batches in a state.
    public OpenBatches in(BatchState state) {
      return byState.getOrDefault(state, OpenBatches.NONE);
    }

    /// All open batches.
    public OpenBatches all() {
      return byState.values().stream().reduce(OpenBatches.NONE, OpenBatches::plus);
    }
  }

  /// A number of open batches.
  ///
  /// @param counts of all their questions
  record OpenBatches(long batches, Batch.Counts counts) {

    private static final OpenBatches NONE = new OpenBatches(0, new Batch.Counts(0, 0, 0, 0, 0));

    private OpenBatches plus(OpenBatches other) {
      return new OpenBatches(batches + other.batches, counts.plus(other.counts));
    }
  }

  /// The batch that was submitted with an idempotency key, if any.
  Optional<Batch> submitted(String idempotencyKey);

  /// A batch.
  Optional<Batch> batch(long id);

  /// Batches, newest first.
  ///
  /// @param state only batches in this state; null for all
  /// @param before the cursor of the page; null for the first page
  Page<Batch> batches(@Nullable BatchState state, int limit, @Nullable Long before);

  /// A question.
  Optional<Question> question(long id);

  /// The questions of a batch, by position. Empty if there is no such batch.
  ///
  /// @param state only questions in this state; null for all
  /// @param after the cursor of the page; null for the first page
  Page<Question> questions(
      long batch, @Nullable QuestionState state, int limit, @Nullable Long after);

  /// The history of a batch, oldest first.
  List<Batch.Change> history(long batch);
}
