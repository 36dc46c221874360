package io.stoker.answers;

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
  /// @param last the question to begin after; null to begin at a place that `luck` chooses
  /// @param luck from 0 to below 1
  Optional<Claim> claimNext(
      @Nullable Claim last, double luck, Duration lease, @Nullable Integer perMinute);

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
}
