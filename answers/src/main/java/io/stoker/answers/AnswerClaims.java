package io.stoker.answers;

import io.stoker.TextRules;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The queue as seen by the workers of all processes: claim questions, renew the leases, settle the
/// claims. Thread-safe.
///
/// All methods throw [io.stoker.StokerException] with `SOURCE_UNREACHABLE` or `SOURCE_REFUSED` if
/// the database fails.
public interface AnswerClaims {

  /// Claims questions of pending and running batches, in the order of batches and positions:
  /// pending ones whose `notBefore` has passed, and those whose lease has expired. The first claim
  /// of a batch makes it running. The list is shorter than the limit only if there are no more
  /// questions, or the rate allows no more.
  ///
  /// @param limit the most claims
  /// @param lease how long they last unless renewed
  /// @param perMinute the most claims of all workers per minute, spread evenly; null for no limit
  List<Claim> claim(int limit, Duration lease, @Nullable Integer perMinute);

  /// Claims one question from anywhere in the queue, to probe the pipeline with a different
  /// question each time: never attempted ones first, and of those the next one after the last
  /// claim, in the order of batches and positions, or the first one again after the end. Otherwise
  /// like [#claim].
  ///
  /// @param last the claim to continue after; null to start at a place given by the fraction
  /// @param fraction where in the queue to start, from 0 to below 1
  Optional<Claim> claimNext(
      @Nullable Claim last, double fraction, Duration lease, @Nullable Integer perMinute);

  /// Extends leases from now.
  ///
  /// @return the claims that are lost: taken over, cancelled or deleted. Their work should be
  ///   stopped
  Set<Claim> renew(List<Claim> claims, Duration lease);

  /// Settles claims, each only if it is the newest one of its question and the question is still
  /// processing. The same transaction updates the batch's counts, ends the batch with its last
  /// question, and adds the events to the log.
  ///
  /// @return for each settlement, in order, whether it was applied
  List<Boolean> settle(List<Settlement> settlements);

  /// When the next question becomes claimable: the earliest future `notBefore` or end of a lease;
  /// empty if there is none.
  Optional<Instant> nextDue();

  /// The end of a claim.
  ///
  /// @param verdict what happens to the question
  record Settlement(Claim claim, Verdict verdict) {}

  /// A worker's exclusive right to answer a question, until its lease ends.
  ///
  /// @param token the fencing token: greater than that of every earlier claim of this question.
  ///   Only the newest claim can be settled
  /// @param wordings other wordings that should find the answer too
  /// @param attempt number of this attempt, from 1
  /// @param expiredLeases how many earlier claims expired, since their workers died or froze
  /// @param leaseEnds when other workers may claim the question
  record Claim(
      long questionId,
      long batchId,
      long token,
      String question,
      List<String> wordings,
      BatchOptions options,
      int attempt,
      int expiredLeases,
      Instant leaseEnds) {

    /// Copies the wordings.
    public Claim {
      wordings = List.copyOf(wordings);
    }
  }

  /// What happens to a question when its claim is settled.
  sealed interface Verdict {

    /// The question has ended.
    ///
    /// @param detail the reason; empty for none
    record End(AnswerOutcome outcome, String detail) implements Verdict {

      /// Replaces characters that cannot be stored.
      public End {
        detail = TextRules.sanitized(detail);
      }
    }

    /// The attempt counts, and the question is retried.
    ///
    /// @param detail the error
    record Retry(Instant notBefore, String detail) implements Verdict {

      /// Replaces characters that cannot be stored.
      public Retry {
        detail = TextRules.sanitized(detail);
      }
    }

    /// The question is released as if it had not been claimed, and no attempt counts: the worker is
    /// stopping, or the pipeline is down or rate limited.
    ///
    /// @param notBefore when it can be claimed again; null for any time
    /// @param detail the reason
    record Release(@Nullable Instant notBefore, String detail) implements Verdict {

      /// Replaces characters that cannot be stored.
      public Release {
        detail = TextRules.sanitized(detail);
      }
    }
  }
}
