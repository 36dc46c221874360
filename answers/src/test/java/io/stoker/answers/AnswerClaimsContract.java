package io.stoker.answers;

import static io.stoker.answers.AnswerOutcome.FAILED;
import static io.stoker.answers.AnswerOutcome.LOW_CONFIDENCE;
import static io.stoker.answers.AnswerOutcome.STORED;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.answers.AnswerClaims.Claim;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract of [AnswerClaims].
abstract class AnswerClaimsContract extends AnswerStoreContract {

  // Claiming

  @Test
  void questions_are_claimed_in_the_order_of_batches_and_positions() {
    submit("a1", "a2", "a3");
    submit("b1", "b2");

    assertThat(questions(claim(2))).containsExactly("a1", "a2");
    assertThat(questions(claim(2))).containsExactly("a3", "b1");
    assertThat(questions(claim(2))).containsExactly("b2");
    assertThat(claim(2)).isEmpty();
  }

  @Test
  void probes_claim_one_question_after_another_from_anywhere_in_the_queue() {
    submit("a1", "a2");
    move(submit("paused"), BatchAction.PAUSE);
    submit("b1", "b2");
    var claimed = new ArrayList<String>();
    Claim last = null;
    for (int i = 0; i < 9; i++) {
      last = claims().claimNext(last, 0.5, LEASE, null).orElseThrow();
      claimed.add(last.question());
      settle(last, new Verdict.Release(null, "not yet"));
    }

    assertThat(claimed.subList(0, 4)).containsExactlyInAnyOrder("a1", "a2", "b1", "b2");
    assertThat(claimed.subList(4, 8)).isEqualTo(claimed.subList(0, 4));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3, 0.5, 0.9999999})
  void a_probe_finds_a_question_wherever_it_starts(double fraction) {
    submit("a");
    var done = submit("b", "c");
    claim(3).forEach(claim -> end(claim, STORED));
    submit("d");
    assertThat(now(done).state()).isEqualTo(BatchState.COMPLETED);

    assertThat(claims().claimNext(null, fraction, LEASE, null)).map(Claim::question).contains("d");
    assertThat(claims().claimNext(null, fraction, LEASE, null)).isEmpty();
  }

  @Test
  void a_probe_respects_the_rate() {
    submit("a", "b");

    assertThat(claims().claimNext(null, 0, LEASE, 1)).isPresent();
    assertThat(claims().claimNext(null, 0, LEASE, 1)).isEmpty();
  }

  @Test
  void a_claim_has_all_that_a_worker_needs() {
    var options = new BatchOptions("name", "tenant:7", false, true);
    var batch = queue().submit(new Submission(List.of("What is A?"), options, null));

    var claim = claim();

    assertThat(claim.questionId()).isEqualTo(question(batch, 0).id());
    assertThat(claim.batchId()).isEqualTo(batch.id());
    assertThat(claim.question()).isEqualTo("What is A?");
    assertThat(claim.options()).isEqualTo(options);
    assertThat(claim.attempt()).isEqualTo(1);
    assertThat(claim.leaseEnds()).isEqualTo(NOON.plus(LEASE));
  }

  @Test
  void the_first_claim_starts_the_batch() {
    var batch = submit(2);
    var other = submit(1);
    time.advance(Duration.ofSeconds(3));

    var claim = claim();

    assertThat(now(batch).state()).isEqualTo(BatchState.RUNNING);
    assertThat(now(batch).startedAt()).isEqualTo(NOON.plusSeconds(3));
    assertThat(now(claim).state()).isEqualTo(QuestionState.PROCESSING);
    assertThat(now(claim).startedAt()).isEqualTo(NOON.plusSeconds(3));
    assertThat(now(other)).isEqualTo(other);
    time.advance(Duration.ofSeconds(3));
    claim();
    assertThat(now(batch).startedAt()).isEqualTo(NOON.plusSeconds(3));
  }

  @Test
  void a_paused_batch_is_not_claimed_until_it_is_resumed() {
    var batch = submit(2);
    var other = submit("other");
    claim();

    move(batch, BatchAction.PAUSE);

    assertThat(questions(claim(10))).containsExactly("other");
    move(batch, BatchAction.RESUME);
    assertThat(questions(claim(10))).containsExactly("2?");
    assertThat(now(other).state()).isEqualTo(BatchState.RUNNING);
  }

  @Test
  void a_batch_paused_before_its_start_starts_with_its_first_claim() {
    var batch = submit(1);
    move(batch, BatchAction.PAUSE);
    move(batch, BatchAction.RESUME);
    time.advance(Duration.ofSeconds(3));
    assertThat(now(batch).state()).isEqualTo(BatchState.PENDING);
    assertThat(now(batch).startedAt()).isNull();

    claim();

    assertThat(now(batch).state()).isEqualTo(BatchState.RUNNING);
    assertThat(now(batch).startedAt()).isEqualTo(NOON.plusSeconds(3));
  }

  @Test
  void a_resumed_batch_takes_over_the_questions_of_a_lost_worker() {
    var batch = submit(1);
    var gone = claim();
    move(batch, BatchAction.PAUSE);
    time.advance(LEASE.plusSeconds(1));

    assertThat(claim(10)).isEmpty();
    move(batch, BatchAction.RESUME);

    assertThat(end(claim(), STORED)).isTrue();
    assertThat(end(gone, STORED)).isFalse();
    assertThat(now(batch).state()).isEqualTo(BatchState.COMPLETED);
  }

  @Test
  void many_workers_claim_every_question_exactly_once() throws InterruptedException {
    int many = 400;
    var batch = submit(many);
    var claimed = new ConcurrentLinkedQueue<Claim>();
    var threads =
        IntStream.range(0, 8)
            .mapToObj(worker ->
                Thread.ofVirtual()
                    .start(() -> {
                      for (var claims = claim(1 + worker % 3);
                          !claims.isEmpty();
                          claims = claim(1 + worker % 3)) {
                        claimed.addAll(claims);
                        claims.forEach(claim -> end(claim, STORED));
                      }
                    }))
            .toList();
    for (var thread : threads) {
      thread.join();
    }

    assertThat(claimed).hasSize(many);
    assertThat(claimed).extracting(Claim::questionId).doesNotHaveDuplicates();
    assertThat(now(batch).state()).isEqualTo(BatchState.COMPLETED);
    assertThat(now(batch).counts().completed()).isEqualTo(many);
  }

  // Leases

  @Test
  void a_question_is_not_claimed_twice_while_its_lease_lasts() {
    submit(1);
    claim();

    time.advance(LEASE.minusMillis(1));

    assertThat(claim(10)).isEmpty();
  }

  @Test
  void a_question_whose_lease_has_ended_is_taken_over_with_a_greater_token() {
    var batch = submit(2);
    var first = claim();

    time.advance(LEASE);
    var second = claim();

    assertThat(second.questionId()).isEqualTo(first.questionId());
    assertThat(second.token()).isGreaterThan(first.token());
    assertThat(second.leaseEnds()).isEqualTo(time.now().plus(LEASE));
    assertThat(now(batch).state()).isEqualTo(BatchState.RUNNING);
  }

  @Test
  void a_claim_counts_the_workers_that_were_lost_with_the_question() {
    submit(2);
    assertThat(claim(2)).extracting(Claim::expiredLeases).containsExactly(0, 0);
    time.advance(LEASE);

    var second = claim(2);
    settle(second.get(0), new Verdict.Release(null, "stopped"));
    settle(second.get(1), new Verdict.Retry(time.now(), "slow"));
    var third = claim(2);
    time.advance(LEASE);
    var fourth = claim(2);

    assertThat(second).extracting(Claim::expiredLeases).containsExactly(1, 1);
    assertThat(third).extracting(Claim::expiredLeases).containsExactly(1, 1);
    assertThat(fourth).extracting(Claim::expiredLeases).containsExactly(2, 2);
    assertThat(fourth).extracting(Claim::attempt).containsExactly(1, 2);
  }

  @Test
  void a_late_end_does_not_count_after_a_takeover() {
    var batch = submit(1);
    var frozen = claim();
    time.advance(LEASE);
    var taken = claim();
    long newest = log().newest();

    boolean late = end(frozen, FAILED);
    boolean inTime = end(taken, STORED);
    boolean latest = end(frozen, FAILED);

    assertThat(late).isFalse();
    assertThat(inTime).isTrue();
    assertThat(latest).isFalse();
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(1, 1, 0, 0, 0));
    assertThat(now(taken).outcome()).isEqualTo(STORED);
    assertThat(linesAfter(newest)).hasSize(2);
  }

  @Test
  void a_late_retry_or_release_does_not_affect_the_newer_claim() {
    submit(1);
    var frozen = claim();
    time.advance(LEASE);
    var taken = claim();

    assertThat(settle(frozen, new Verdict.Release(null, "stopped"))).isFalse();
    assertThat(settle(frozen, new Verdict.Retry(time.now(), "slow"))).isFalse();

    assertThat(claim(10)).isEmpty();
    assertThat(end(taken, STORED)).isTrue();
  }

  @Test
  void an_end_after_the_lease_counts_if_nobody_took_over() {
    submit(1);
    var late = claim();
    time.advance(LEASE.multipliedBy(10));

    assertThat(end(late, STORED)).isTrue();
  }

  @Test
  void a_question_with_a_renewed_lease_is_not_claimed() {
    submit(1);
    var claim = claim();
    time.advance(LEASE.minusSeconds(1));

    var lost = claims().renew(List.of(claim), LEASE);

    assertThat(lost).isEmpty();
    time.advance(LEASE.minusSeconds(1));
    assertThat(claim(10)).isEmpty();
    time.advance(Duration.ofSeconds(1));
    assertThat(claim(10)).hasSize(1);
  }

  @Test
  void renewing_reports_lost_claims_and_renews_the_rest() {
    var cancelled = submit(1);
    var deleted = submit(1);
    var kept = submit(1);
    var claims = claim(3);
    move(cancelled, BatchAction.CANCEL);
    queue().deleteBatch(deleted.id());
    time.advance(Duration.ofSeconds(30));

    var lost = claims().renew(claims, LEASE);

    assertThat(lost).containsExactlyInAnyOrder(claims.get(0), claims.get(1));
    time.advance(LEASE.minusSeconds(1));
    assertThat(claim(10)).isEmpty();
    assertThat(end(claims.get(2), STORED)).isTrue();
    assertThat(now(kept).state()).isEqualTo(BatchState.COMPLETED);
  }

  @Test
  void renewing_reports_a_takeover_and_keeps_the_newer_lease() {
    submit(1);
    var frozen = claim();
    time.advance(LEASE);
    claims().claim(1, Duration.ofSeconds(10), null);

    var lost = claims().renew(List.of(frozen), LEASE);

    assertThat(lost).containsExactly(frozen);
    time.advance(Duration.ofSeconds(10));
    assertThat(claim(10)).hasSize(1);
  }

  @Test
  void ended_questions_cannot_be_renewed() {
    submit(1);
    var claim = claim();
    end(claim, STORED);

    assertThat(claims().renew(List.of(claim), LEASE)).containsExactly(claim);
    assertThat(claims().renew(List.of(), LEASE)).isEmpty();
  }

  @Test
  void an_expired_lease_that_nobody_took_can_be_renewed() {
    submit(1);
    var claim = claim();
    time.advance(LEASE.plusSeconds(1));

    assertThat(claims().renew(List.of(claim), LEASE)).isEmpty();
    assertThat(claim(10)).isEmpty();
  }

  // Settling

  @ParameterizedTest
  @EnumSource(AnswerOutcome.class)
  void an_outcome_ends_the_question_in_its_state_and_is_counted_there(AnswerOutcome outcome) {
    var batch = submit(1);
    var claim = claim();
    time.advance(Duration.ofSeconds(7));

    boolean counted = settle(claim, new Verdict.End(outcome, "why"));

    var question = now(claim);
    assertThat(counted).isTrue();
    assertThat(question.state()).isEqualTo(outcome.state());
    assertThat(question.outcome()).isEqualTo(outcome);
    assertThat(question.detail()).isEqualTo("why");
    assertThat(question.attempts()).isEqualTo(1);
    assertThat(question.startedAt()).isEqualTo(NOON);
    assertThat(question.endedAt()).isEqualTo(NOON.plusSeconds(7));
    assertThat(now(batch).state())
        .isEqualTo(outcome == FAILED ? BatchState.COMPLETED_WITH_ERRORS : BatchState.COMPLETED);
    assertThat(now(batch).endedAt()).isEqualTo(NOON.plusSeconds(7));
    assertThat(now(batch).counts().processed()).isEqualTo(1);
  }

  @Test
  void the_last_question_ends_the_batch() {
    var batch = submit(3);
    var claims = claim(3);

    end(claims.get(2), STORED);
    end(claims.get(0), LOW_CONFIDENCE);
    assertThat(now(batch).state()).isEqualTo(BatchState.RUNNING);
    end(claims.get(1), STORED);

    assertThat(now(batch).state()).isEqualTo(BatchState.COMPLETED);
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(3, 2, 0, 1, 0));
  }

  @Test
  void settlements_of_several_batches_are_answered_in_their_order() {
    var one = submit(2);
    var two = submit(2);
    var claims = claim(4);
    end(claims.get(1), STORED);
    queue().deleteQuestion(claims.get(2).questionId());

    var counted =
        claims()
            .settle(
                claims.stream()
                    .map(claim -> new Settlement(claim, new Verdict.End(STORED, "")))
                    .toList());

    assertThat(counted).containsExactly(true, false, false, true);
    assertThat(now(one).counts()).isEqualTo(new Batch.Counts(2, 2, 0, 0, 0));
    assertThat(now(two).counts()).isEqualTo(new Batch.Counts(1, 1, 0, 0, 0));
    assertThat(claims().settle(List.of())).isEmpty();
  }

  @Test
  void the_same_claim_counts_once_however_often_it_is_settled() {
    var batch = submit(2);
    var claim = claim();
    var end = new Settlement(claim, new Verdict.End(STORED, ""));

    var counted = claims().settle(List.of(end, end));

    assertThat(counted).containsExactly(true, false);
    assertThat(end(claim, STORED)).isFalse();
    assertThat(now(batch).counts().completed()).isEqualTo(1);
  }

  @Test
  void a_counted_attempt_is_followed_by_the_next_at_its_time() {
    var batch = submit(1);
    var first = claim();

    settle(first, new Verdict.Retry(NOON.plusSeconds(30), "slow"));

    assertThat(now(first).state()).isEqualTo(QuestionState.PENDING);
    assertThat(now(first).attempts()).isEqualTo(1);
    assertThat(now(first).detail()).isEqualTo("slow");
    assertThat(now(first).notBefore()).isEqualTo(NOON.plusSeconds(30));
    assertThat(now(batch).counts().open()).isEqualTo(1);
    time.advance(Duration.ofSeconds(30).minusMillis(1));
    assertThat(claim(10)).isEmpty();
    time.advance(Duration.ofMillis(1));
    var second = claim();
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(second.token()).isGreaterThan(first.token());
    end(second, FAILED);
    assertThat(now(second).attempts()).isEqualTo(2);
  }

  @Test
  void a_waiting_question_does_not_block_later_ones() {
    submit(3);
    settle(claim(), new Verdict.Retry(NOON.plusSeconds(30), "slow"));

    assertThat(questions(claim(1))).containsExactly("2?");
    time.advance(Duration.ofSeconds(30));
    assertThat(questions(claim(2))).containsExactly("1?", "3?");
  }

  @Test
  void a_released_claim_counts_no_attempt_and_can_be_claimed_at_once() {
    submit(1);
    settle(claim(), new Verdict.Retry(NOON, "slow"));
    var claim = claim();

    boolean counted = settle(claim, new Verdict.Release(null, "the worker stopped"));

    assertThat(counted).isTrue();
    assertThat(now(claim).state()).isEqualTo(QuestionState.PENDING);
    assertThat(now(claim).attempts()).isEqualTo(1);
    assertThat(now(claim).detail()).isEqualTo("the worker stopped");
    var next = claim();
    assertThat(next.attempt()).isEqualTo(2);
    assertThat(next.token()).isGreaterThan(claim.token());
    assertThat(end(claim, STORED)).isFalse();
  }

  @Test
  void a_deferred_claim_counts_no_attempt_and_is_not_claimed_before_its_time() {
    submit(1);
    var claim = claim();

    settle(claim, new Verdict.Release(time.now().plusSeconds(60), "one too many"));

    assertThat(now(claim).attempts()).isZero();
    assertThat(claims().nextDue()).contains(time.now().plusSeconds(60));
    assertThat(claim(1)).isEmpty();
    time.advance(Duration.ofSeconds(60));
    assertThat(claim().attempt()).isEqualTo(1);
  }

  @Test
  void an_end_after_a_cancel_does_not_count_even_if_the_question_is_tried_again() {
    var batch = submit(1);
    var before = claim();
    move(batch, BatchAction.CANCEL);

    assertThat(end(before, STORED)).isFalse();
    move(batch, BatchAction.RETRY_SKIPPED);
    assertThat(end(before, STORED)).isFalse();
    var after = claim();
    assertThat(end(before, STORED)).isFalse();

    assertThat(after.token()).isGreaterThan(before.token());
    assertThat(end(after, STORED)).isTrue();
  }

  // Due times

  @Test
  void nothing_is_due_in_an_empty_queue() {
    assertThat(claims().nextDue()).isEmpty();
    submit(1);
    assertThat(claims().nextDue()).isEmpty();
    end(claim(), STORED);
    assertThat(claims().nextDue()).isEmpty();
  }

  @Test
  void the_next_is_due_at_the_earliest_wait_or_end_of_a_lease() {
    submit(3);
    var claims = claim(3);
    assertThat(claims().nextDue()).contains(NOON.plus(LEASE));

    settle(claims.get(0), new Verdict.Retry(NOON.plusSeconds(30), ""));
    settle(claims.get(1), new Verdict.Retry(NOON.plusSeconds(20), ""));
    assertThat(claims().nextDue()).contains(NOON.plusSeconds(20));

    time.advance(Duration.ofSeconds(20));
    assertThat(claims().nextDue()).contains(NOON.plusSeconds(30));
  }

  @Test
  void nothing_of_a_paused_or_cancelled_batch_is_due() {
    var paused = submit(1);
    var cancelled = submit(1);
    claim(2);

    move(paused, BatchAction.PAUSE);
    move(cancelled, BatchAction.CANCEL);

    assertThat(claims().nextDue()).isEmpty();
  }

  // The shared rate

  @Test
  void a_rate_is_spread_evenly() {
    submit(100);

    assertThat(claims().claim(10, LEASE, 30)).hasSize(1);
    assertThat(claims().claim(10, LEASE, 30)).isEmpty();
    time.advance(Duration.ofSeconds(2).minusMillis(1));
    assertThat(claims().claim(10, LEASE, 30)).isEmpty();
    time.advance(Duration.ofMillis(1));
    assertThat(claims().claim(10, LEASE, 30)).hasSize(1);
  }

  @Test
  void the_burst_of_a_rate_is_at_most_one_second() {
    submit(1000);
    assertThat(claims().claim(100, LEASE, 600)).hasSize(10);

    time.advance(Duration.ofMinutes(5));
    assertThat(claims().claim(100, LEASE, 600)).hasSize(10);
    assertThat(claims().claim(100, LEASE, 600)).isEmpty();
    time.advance(Duration.ofMillis(200));
    assertThat(claims().claim(100, LEASE, 600)).hasSize(2);
  }

  @Test
  void all_workers_together_get_the_rate_of_a_minute() {
    submit(1000);
    claims().claim(1, LEASE, 90);

    int claimed = 0;
    for (int i = 0; i < 600; i++) {
      time.advance(Duration.ofMillis(100));
      claimed += claims().claim(100, LEASE, 90).size();
    }

    assertThat(claimed).isEqualTo(90);
  }

  @Test
  void an_empty_claim_does_not_count_for_the_rate() {
    assertThat(claims().claim(10, LEASE, 1)).isEmpty();
    submit(2);

    assertThat(claims().claim(10, LEASE, 1)).hasSize(1);
    assertThat(claims().claim(10, LEASE, 1)).isEmpty();
    assertThat(claims().claim(10, LEASE, null)).hasSize(1);
  }
}
