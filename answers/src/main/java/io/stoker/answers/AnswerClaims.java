package io.stoker.answers;

import io.stoker.TextRules;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The queue as a worker sees it. Thread-safe; shared by the workers of all processes.
///
/// Throws [io.stoker.StokerException] with `SOURCE_UNREACHABLE` or `SOURCE_REFUSED` if the database
/// does not do its part.
public interface AnswerClaims {

  /// Claims questions in the order of batches and positions: those that are pending and whose
  /// `notBefore` has come, and those whose lease has ended, of batches that are pending or running.
  /// A batch's first claim makes it running. Claims lost to another worker are made up for: the
  /// list is shorter than `most` only if there is no more, or the rate allows no more.
  ///
  /// @param most how many at the most
  /// @param lease how long they are ours unless renewed
  /// @param perMinute how many claims all workers together may make in a minute, spread evenly;
  ///   null for any number
  List<Claim> claim(int most, Duration lease, @Nullable Integer perMinute);

  /// Claims one question from anywhere in the queue: one that was never tried if there is any, and
  /// of those the one that follows another in the order of batches and positions, or the first if
  /// none follows. So a worker that tries one question after the other has had all before it has
  /// one again. The rules are those of [#claim].
  ///
  /// @param last the question to begin after; null to begin at a place that `fraction` chooses
  /// @param fraction from 0 to below 1
  Optional<Claim> claimNext(
      @Nullable Claim last, double fraction, Duration lease, @Nullable Integer perMinute);

  /// Makes leases last from now on again.
  ///
  /// @return those that are not ours any more: taken over, cancelled or deleted. Their work should
  ///   be broken off
  Set<Claim> renew(List<Claim> claims, Duration lease);

  /// Settles questions, each only if its claim is the newest and the question is still processing.
  /// In the same transaction the batch's counts change, the batch ends if it was the last question,
  /// and the log gets its events.
  ///
  /// @return for each settlement, in the same order, whether it counted
  List<Boolean> settle(List<Settlement> settlements);

  /// When the next question can be claimed that cannot be claimed now: the earliest `notBefore` or
  /// end of a lease; nothing if there is none.
  Optional<Instant> nextDue();

  /// How a claim ends.
  ///
  /// @param verdict what is to become of the question
  record Settlement(Claim claim, Verdict verdict) {}

  /// A worker's right to answer a question, until its lease ends.
  ///
  /// @param token the fencing token: greater than that of every earlier claim of this question.
  ///   Only the holder of the newest can settle it
  /// @param wordings other wordings under which the answer is to be found as well
  /// @param attempt which try this is, from 1
  /// @param lost how often its lease ended with another worker, and so the worker with it
  /// @param leaseEnds from when on another worker may claim the question
  record Claim(
      long questionId,
      long batchId,
      long token,
      String question,
      List<String> wordings,
      BatchOptions options,
      int attempt,
      int lost,
      Instant leaseEnds) {

    /// Keeps a copy.
    public Claim {
      wordings = List.copyOf(wordings);
    }
  }

  /// What is to become of a claimed question.
  sealed interface Verdict {

    /// It has ended.
    ///
    /// @param detail why, in few words; empty for nothing
    record End(AnswerOutcome outcome, String detail) implements Verdict {

      /// Replaces what keeps the detail from being whole.
      public End {
        detail = TextRules.sanitized(detail);
      }
    }

    /// It is to be tried again, and this try counted.
    ///
    /// @param detail what was wrong with this one
    record Retry(Instant notBefore, String detail) implements Verdict {

      /// Replaces what keeps the detail from being whole.
      public Retry {
        detail = TextRules.sanitized(detail);
      }
    }

    /// It is to be tried again as if it had not been claimed: the worker stops, or whom it would
    /// have asked could not be reached or wants to be left alone.
    ///
    /// @param notBefore until when others are asked instead; null for no such time
    /// @param detail why
    record Release(@Nullable Instant notBefore, String detail) implements Verdict {

      /// Replaces what keeps the detail from being whole.
      public Release {
        detail = TextRules.sanitized(detail);
      }
    }
  }
}
