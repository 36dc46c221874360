package io.stoker.answers;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The queue as its owner sees it: submit, steer, look. Thread-safe.
///
/// Each call that changes something is one transaction, together with the events it adds to the
/// [log][AnswerLog]; when it returns, the change is durable. Only where a change is of all
/// questions of a batch do these follow in transactions of bounded size, before the call returns,
/// or, if its process dies, by [#runJobStep()] in another one. All throw
/// [io.stoker.StokerException] with `SOURCE_UNREACHABLE` or `SOURCE_REFUSED` if the database does
/// not do its part.
public interface AnswerQueue {

  /// Queues a batch. A submission with an idempotency key that was seen before answers with the
  /// batch it made then, and changes nothing.
  Batch submit(Submission submission);

  /// Adds questions to the end of a batch that is not over; nothing if there is no such batch.
  ///
  /// @param wordings other wordings of a question, by the question word for word
  /// @throws IllegalActionException if the batch is over
  Optional<Batch> add(long batch, List<String> questions, Map<String, List<String>> wordings);

  /// The same without other wordings.
  ///
  /// @throws IllegalActionException if the batch is over
  default Optional<Batch> add(long batch, List<String> questions) {
    return add(batch, questions, Map.of());
  }

  /// Makes a move, if [BatchRules] allows it. Cancelling ends what is pending or processing at once
  /// as cancelled. A retry makes what it takes up pending again, with no attempts counted.
  ///
  /// @param reason what for, kept in the batch's history; empty for nothing
  /// @return the batch after the move; nothing if there is no such batch
  /// @throws IllegalActionException if the move makes no sense now
  Optional<Batch> apply(long batch, BatchAction action, String reason);

  /// Makes one failed, skipped or cancelled question pending again, and its batch with it if that
  /// was over; nothing if there is no such question.
  ///
  /// @throws IllegalActionException if the question is in another state
  Optional<Question> retry(long question);

  /// Takes a question out of its batch, whatever its state. False if there is none.
  boolean deleteQuestion(long question);

  /// Takes a batch out with its questions, whatever its state. False if there is none.
  boolean deleteBatch(long batch);

  /// Does a bounded part of what was begun and is not done: of changes of documents, whose answers
  /// become stale and are queued again, and of changes of batches in which a process died. One
  /// transaction. False if nothing is left to do.
  boolean runJobStep();

  /// Deletes the batch that has been over for longest, if its end was before a moment. False if
  /// there is none.
  boolean deleteEnded(Instant before);

  /// What is not over.
  Open open();

  /// What is not over, by the state of the batches. Read by one statement, however much there is.
  record Open(Map<BatchState, OpenBatches> byState) {

    /// Keeps a copy.
    public Open {
      byState = Map.copyOf(byState);
    }

    /// The batches in a state.
    public OpenBatches in(BatchState state) {
      return byState.getOrDefault(state, OpenBatches.NONE);
    }

    /// All of them.
    public OpenBatches all() {
      return byState.values().stream().reduce(OpenBatches.NONE, OpenBatches::plus);
    }
  }

  /// Batches that are not over.
  ///
  /// @param batches how many
  /// @param counts of their questions, all together
  record OpenBatches(long batches, Batch.Counts counts) {

    private static final OpenBatches NONE = new OpenBatches(0, new Batch.Counts(0, 0, 0, 0, 0));

    private OpenBatches plus(OpenBatches other) {
      return new OpenBatches(batches + other.batches, counts.plus(other.counts));
    }
  }

  /// The batch that was submitted with an idempotency key, if there is one.
  Optional<Batch> submitted(String idempotencyKey);

  /// A batch.
  Optional<Batch> batch(long id);

  /// Batches, the newest first.
  ///
  /// @param state only these; null for all
  /// @param before the key that the page before ended with; null for the first page
  Page<Batch> batches(@Nullable BatchState state, int limit, @Nullable Long before);

  /// A question.
  Optional<Question> question(long id);

  /// A batch's questions in their order. Empty if there is no such batch.
  ///
  /// @param state only these; null for all
  /// @param after the [Question#position()] that the page before ended with; null for the first
  ///   page
  Page<Question> questions(
      long batch, @Nullable QuestionState state, int limit, @Nullable Long after);

  /// What was done to a batch, the oldest first.
  List<Batch.Change> history(long batch);
}
