package io.stoker.answers;

import static io.stoker.answers.AnswerOutcome.ALREADY_FRESH;
import static io.stoker.answers.AnswerOutcome.FAILED;
import static io.stoker.answers.AnswerOutcome.NOT_CACHEABLE;
import static io.stoker.answers.AnswerOutcome.REFRESHED;
import static io.stoker.answers.AnswerOutcome.STORED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stoker.answers.AnswerClaims.Claim;
import io.stoker.answers.AnswerClaims.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The contract of [AnswerQueue].
abstract class AnswerQueueContract extends AnswerStoreContract {

  private static final BatchOptions OPTIONS = new BatchOptions("name", "tenant:7", true, true);

  // Submitting

  @Test
  void a_submitted_batch_is_pending_with_its_questions_in_order() {
    var batch =
        queue().submit(new Submission(List.of("What is A?", "Was ist ß? 😀"), OPTIONS, null));

    assertThat(batch.state()).isEqualTo(BatchState.PENDING);
    assertThat(batch.counts()).isEqualTo(new Batch.Counts(2, 0, 0, 0, 0));
    assertThat(batch.options()).isEqualTo(OPTIONS);
    assertThat(batch.createdAt()).isEqualTo(NOON);
    assertThat(batch.startedAt()).isNull();
    assertThat(batch.endedAt()).isNull();
    assertThat(batch.reason()).isEmpty();
    assertThat(now(batch)).isEqualTo(batch);
    var first = question(batch, 0);
    assertThat(first)
        .isEqualTo(
            new Question(
                first.id(),
                batch.id(),
                0,
                "What is A?",
                List.of(),
                QuestionState.PENDING,
                null,
                "",
                0,
                null,
                null,
                null));
    assertThat(question(batch, 1).text()).isEqualTo("Was ist ß? 😀");
    assertThat(question(batch, 1).position()).isEqualTo(1);
  }

  @Test
  void other_wordings_stay_with_their_question_in_every_state() {
    var ofA = List.of("A is \"what\", 'ß' 😀?", "a\\n\nb\r\n\tc\\", " ");
    var wordings = Map.of("What is A?", ofA, "nobody's", List.of("x"));

    var batch =
        queue()
            .submit(new Submission(List.of("What is A?", "What is B?"), wordings, OPTIONS, null));
    queue().add(batch.id(), List.of("What is C?"), Map.of("What is C?", List.of("C?")));

    assertThat(questions(batch))
        .extracting(Question::wordings)
        .containsExactly(ofA, List.of(), List.of("C?"));
    var claim = claim();
    assertThat(claim.wordings()).isEqualTo(ofA);
    settle(claim, new Verdict.End(FAILED, "no"));
    assertThat(queue().retry(claim.questionId()).orElseThrow().wordings()).isEqualTo(ofA);
    assertThat(claim().wordings()).isEqualTo(ofA);
  }

  @Test
  void the_same_question_twice_is_two_questions() {
    var batch = submit("Same?", "Same?");

    assertThat(questions(batch)).extracting(Question::text).containsExactly("Same?", "Same?");
  }

  @Test
  void ten_thousand_questions_make_one_batch() {
    var batch = submit(10_000);

    assertThat(batch.counts().total()).isEqualTo(10_000);
    assertThat(questions(batch)).extracting(Question::text).isEqualTo(numbered(1, 10_000));
  }

  @Test
  void a_submission_that_was_sent_twice_makes_one_batch() {
    var submission = new Submission(List.of("What is A?"), OPTIONS, "key-1");
    var first = queue().submit(submission);
    var claim = claim();
    long newest = log().newest();

    var second = queue().submit(submission);

    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second).isEqualTo(now(first));
    assertThat(second.state()).isEqualTo(BatchState.RUNNING);
    assertThat(allBatches()).hasSize(1);
    assertThat(questions(first)).hasSize(1);
    assertThat(log().newest()).isEqualTo(newest);
    assertThat(end(claim, STORED)).isTrue();
  }

  @Test
  void other_keys_and_no_keys_make_batches_of_their_own() {
    var questions = List.of("What is A?");
    var one = queue().submit(new Submission(questions, OPTIONS, "key-1"));
    var two = queue().submit(new Submission(questions, OPTIONS, "key-2"));
    var three = queue().submit(new Submission(questions, OPTIONS, null));
    var four = queue().submit(new Submission(questions, OPTIONS, null));

    assertThat(Stream.of(one, two, three, four).map(Batch::id)).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void a_submission_sent_by_many_at_once_makes_one_batch() throws InterruptedException {
    var submission = new Submission(List.of("What is A?"), OPTIONS, "key-1");
    var threads =
        IntStream.range(0, 8)
            .mapToObj(_ -> Thread.ofVirtual().start(() -> queue().submit(submission)))
            .toList();
    for (var thread : threads) {
      thread.join();
    }

    assertThat(allBatches()).hasSize(1);
    assertThat(questions(allBatches().getFirst())).hasSize(1);
  }

  // Adding

  @Test
  void questions_are_added_at_the_end_while_the_batch_runs() {
    var batch = submit(2);
    var first = claim();

    var grown = queue().add(batch.id(), List.of("3?", "4?")).orElseThrow();

    assertThat(grown.counts().total()).isEqualTo(4);
    assertThat(grown.state()).isEqualTo(BatchState.RUNNING);
    assertThat(questions(batch)).extracting(Question::text).isEqualTo(numbered(1, 4));
    assertThat(end(first, STORED)).isTrue();
    assertThat(questions(claim(10))).containsExactly("2?", "3?", "4?");
  }

  @Test
  void questions_are_added_to_a_pending_and_to_a_paused_batch() {
    var batch = submit(1);
    queue().add(batch.id(), List.of("2?"));
    move(batch, BatchAction.PAUSE);

    var grown = queue().add(batch.id(), List.of("3?")).orElseThrow();

    assertThat(grown.state()).isEqualTo(BatchState.PAUSED);
    assertThat(grown.counts().total()).isEqualTo(3);
  }

  @Test
  void nothing_is_added_to_an_ended_or_missing_batch() {
    var over = ended(STORED);

    var refused =
        catchThrowableOfType(
            IllegalActionException.class, () -> queue().add(over.id(), List.of("2?")));

    assertThat(refused.state()).isEqualTo("completed");
    assertThat(now(over)).isEqualTo(over);
    assertThat(queue().add(over.id() + 1, List.of("2?"))).isEmpty();
  }

  @Test
  void adding_no_questions_changes_nothing_and_needs_an_open_batch() {
    var over = ended(STORED);
    var batch = submit(1);
    long newest = log().newest();

    assertThat(queue().add(batch.id(), List.of())).contains(batch);
    assertThatThrownBy(() -> queue().add(over.id(), List.of()))
        .isInstanceOf(IllegalActionException.class);
    assertThat(queue().add(batch.id() + 1, List.of())).isEmpty();

    assertThat(log().newest()).isEqualTo(newest);
    assertThat(queue().history(batch.id())).hasSize(1);
  }

  // Actions

  static Stream<Arguments> everyStateAndMove() {
    return Stream.of(BatchState.values())
        .flatMap(
            state -> Stream.of(BatchAction.values()).map(action -> Arguments.of(state, action)));
  }

  @ParameterizedTest
  @MethodSource("everyStateAndMove")
  void an_action_on_a_batch_follows_the_table(BatchState state, BatchAction action) {
    var batch = batchIn(state);
    var bystander = submit(1);
    boolean takesUp =
        questions(batch).stream().anyMatch(question -> action.retries(question.state()));
    var next =
        BatchRules.next(state, batch.startedAt() != null, action)
            .filter(_ -> takesUp || !action.isRetry() || !state.isOver());
    long newest = log().newest();
    var history = queue().history(batch.id());

    if (next.isEmpty()) {
      var refused =
          catchThrowableOfType(
              IllegalActionException.class, () -> queue().apply(batch.id(), action, "why"));
      assertThat(refused.state()).isEqualTo(state.label());
      assertThat(now(batch)).isEqualTo(batch);
    } else {
      var moved = queue().apply(batch.id(), action, "why").orElseThrow();
      assertThat(moved.state()).isEqualTo(next.get());
      assertThat(now(batch)).isEqualTo(moved);
    }

    boolean changes = next.isPresent() && (action.isRetry() ? takesUp : next.get() != state);
    if (changes) {
      assertThat(now(batch).reason()).isEqualTo("why");
      assertThat(linesAfter(newest)).extracting(AnswerLog.Event::batchId).containsOnly(batch.id());
      assertThat(queue().history(batch.id()))
          .startsWith(history.toArray(Batch.Change[]::new))
          .endsWith(new Batch.Change(time.now(), action.label(), "why", next.get()));
    } else {
      assertThat(now(batch)).isEqualTo(batch);
      assertThat(log().newest()).isEqualTo(newest);
      assertThat(queue().history(batch.id())).isEqualTo(history);
    }
    assertThat(now(bystander)).isEqualTo(bystander);
  }

  private Batch batchIn(BatchState state) {
    return switch (state) {
      case PENDING -> submit(3);
      case RUNNING -> running();
      case PAUSED -> move(running(), BatchAction.PAUSE);
      case COMPLETED -> ended(STORED, ALREADY_FRESH);
      case COMPLETED_WITH_ERRORS -> ended(STORED, FAILED);
      case CANCELLED -> move(running(), BatchAction.CANCEL);
    };
  }

  /// With a failed, a claimed and a pending question.
  private Batch running() {
    var batch = submit(3);
    end(claim(2).getFirst(), FAILED);
    return now(batch);
  }

  @Test
  void an_action_on_a_missing_batch_returns_nothing() {
    for (var action : BatchAction.values()) {
      assertThat(queue().apply(7, action, "")).isEmpty();
    }
  }

  @Test
  void an_action_applies_to_exactly_one_batch() {
    var before = submit(2);
    var meant = submit(2);
    var after = submit(2);

    move(meant, BatchAction.PAUSE);
    move(after, BatchAction.CANCEL);

    assertThat(now(before).state()).isEqualTo(BatchState.PENDING);
    assertThat(now(meant).state()).isEqualTo(BatchState.PAUSED);
    assertThat(now(after).state()).isEqualTo(BatchState.CANCELLED);
    assertThat(claim(10)).extracting(Claim::batchId).containsOnly(before.id());
  }

  @Test
  void claimed_questions_of_a_paused_batch_are_finished_and_counted() {
    var batch = submit(2);
    var inFlight = claim();

    move(batch, BatchAction.PAUSE);
    boolean counted = end(inFlight, STORED);

    assertThat(counted).isTrue();
    assertThat(now(batch).state()).isEqualTo(BatchState.PAUSED);
    assertThat(now(batch).counts().completed()).isEqualTo(1);
  }

  @Test
  void a_paused_batch_ends_with_its_last_claimed_question() {
    var batch = submit(1);
    var inFlight = claim();
    move(batch, BatchAction.PAUSE);

    end(inFlight, STORED);

    assertThat(now(batch).state()).isEqualTo(BatchState.COMPLETED);
  }

  @Test
  void a_cancel_ends_pending_and_claimed_questions_at_once_and_keeps_ended_ones() {
    var batch = submit(4);
    var claims = claim(2);
    end(claims.get(0), STORED);
    time.advance(Duration.ofSeconds(5));

    var cancelled = queue().apply(batch.id(), BatchAction.CANCEL, "wrong list").orElseThrow();

    assertThat(cancelled.state()).isEqualTo(BatchState.CANCELLED);
    assertThat(cancelled.counts()).isEqualTo(new Batch.Counts(4, 1, 0, 0, 3));
    assertThat(cancelled.reason()).isEqualTo("wrong list");
    assertThat(cancelled.endedAt()).isEqualTo(time.now());
    assertThat(questions(batch))
        .extracting(Question::state)
        .containsExactly(
            QuestionState.COMPLETED,
            QuestionState.CANCELLED,
            QuestionState.CANCELLED,
            QuestionState.CANCELLED);
    assertThat(end(claims.get(1), STORED)).isFalse();
    assertThat(claim(10)).isEmpty();
  }

  // Retrying

  @Test
  void a_retry_of_failed_questions_takes_only_those() {
    var batch = ended(STORED, FAILED, NOT_CACHEABLE);

    var again = move(batch, BatchAction.RETRY_FAILED);

    assertThat(again.state()).isEqualTo(BatchState.PENDING);
    assertThat(again.endedAt()).isNull();
    assertThat(again.counts()).isEqualTo(new Batch.Counts(3, 1, 0, 1, 0));
    var claims = claim(10);
    assertThat(questions(claims)).containsExactly("2?");
    assertThat(claims.getFirst().attempt()).isEqualTo(1);
    end(claims.getFirst(), REFRESHED);
    assertThat(now(batch).state()).isEqualTo(BatchState.COMPLETED);
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(3, 2, 0, 1, 0));
  }

  @Test
  void a_retry_of_skipped_questions_takes_cancelled_ones_too() {
    var batch = submit(4);
    var claims = claim(2);
    end(claims.get(0), FAILED);
    end(claims.get(1), NOT_CACHEABLE);
    move(batch, BatchAction.CANCEL);

    var again = move(batch, BatchAction.RETRY_SKIPPED);

    assertThat(again.state()).isEqualTo(BatchState.PENDING);
    assertThat(again.counts()).isEqualTo(new Batch.Counts(4, 0, 1, 0, 0));
    assertThat(questions(claim(10))).containsExactly("2?", "3?", "4?");
  }

  @Test
  void a_retry_of_both_takes_all_questions_without_an_answer() {
    var batch = ended(STORED, FAILED, NOT_CACHEABLE, ALREADY_FRESH);

    var again = move(batch, BatchAction.RETRY_ALL);

    assertThat(again.counts()).isEqualTo(new Batch.Counts(4, 1, 0, 0, 0));
    assertThat(questions(claim(10))).containsExactly("2?", "3?", "4?");
  }

  @Test
  void a_retried_question_starts_afresh() {
    var batch = submit(1);
    settle(claim(), new Verdict.Retry(time.now(), "slow"));
    settle(claim(), new Verdict.End(FAILED, "too slow"));

    move(batch, BatchAction.RETRY_FAILED);

    var question = question(batch, 0);
    assertThat(question.state()).isEqualTo(QuestionState.PENDING);
    assertThat(question.outcome()).isNull();
    assertThat(question.detail()).isEmpty();
    assertThat(question.attempts()).isZero();
    assertThat(question.notBefore()).isNull();
    assertThat(question.endedAt()).isNull();
    assertThat(claim().attempt()).isEqualTo(1);
  }

  @Test
  void a_retried_question_that_lost_its_workers_starts_afresh_too() {
    var batch = submit(2);
    claim(2);
    time.advance(LEASE);
    claim(2).forEach(claim -> end(claim, FAILED));

    queue().retry(question(batch, 0).id());
    move(batch, BatchAction.RETRY_FAILED);

    assertThat(claim(2)).extracting(Claim::expiredLeases).containsExactly(0, 0);
  }

  @Test
  void a_retry_in_a_running_batch_keeps_it_running() {
    var batch = submit(2);
    end(claim(), FAILED);

    var again = move(batch, BatchAction.RETRY_FAILED);

    assertThat(again.state()).isEqualTo(BatchState.RUNNING);
    assertThat(questions(claim(10))).containsExactly("1?", "2?");
  }

  @Test
  void a_retry_in_a_paused_batch_waits_for_its_resumption() {
    var batch = submit(2);
    end(claim(), FAILED);
    move(batch, BatchAction.PAUSE);

    move(batch, BatchAction.RETRY_ALL);

    assertThat(claim(10)).isEmpty();
    move(batch, BatchAction.RESUME);
    assertThat(questions(claim(10))).containsExactly("1?", "2?");
  }

  @Test
  void a_retry_of_one_question_reopens_its_batch() {
    var batch = ended(STORED, FAILED, FAILED);

    var again = queue().retry(question(batch, 1).id()).orElseThrow();

    assertThat(again.state()).isEqualTo(QuestionState.PENDING);
    assertThat(again.outcome()).isNull();
    assertThat(again.attempts()).isZero();
    assertThat(now(batch).state()).isEqualTo(BatchState.PENDING);
    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(3, 1, 1, 0, 0));
    end(claim(), STORED);
    assertThat(now(batch).state()).isEqualTo(BatchState.COMPLETED_WITH_ERRORS);
  }

  @Test
  void skipped_and_cancelled_questions_can_be_retried_one_by_one() {
    var batch = submit(3);
    end(claim(), NOT_CACHEABLE);
    move(batch, BatchAction.CANCEL);

    assertThat(queue().retry(question(batch, 0).id())).isPresent();
    assertThat(queue().retry(question(batch, 2).id())).isPresent();

    assertThat(now(batch).state()).isEqualTo(BatchState.PENDING);
    assertThat(questions(claim(10))).containsExactly("1?", "3?");
  }

  @Test
  void an_open_or_completed_question_is_not_retried() {
    var batch = submit(3);
    var claims = claim(2);
    end(claims.getFirst(), STORED);
    var before = questions(batch);

    for (var question : before) {
      assertThatThrownBy(() -> queue().retry(question.id()))
          .isInstanceOfSatisfying(
              IllegalActionException.class,
              e -> assertThat(e.state()).isEqualTo(question.state().label()));
    }

    assertThat(questions(batch)).isEqualTo(before);
    assertThat(queue().retry(before.getLast().id() + 1)).isEmpty();
  }

  // Deleting

  @Test
  void a_deleted_question_is_gone_and_no_longer_counted() {
    var batch = submit(5);
    var claims = claim(4);
    end(claims.get(0), STORED);
    end(claims.get(1), FAILED);
    end(claims.get(2), NOT_CACHEABLE);

    for (var question : questions(batch).subList(0, 4)) {
      assertThat(queue().deleteQuestion(question.id())).isTrue();
      assertThat(queue().question(question.id())).isEmpty();
      assertThat(queue().deleteQuestion(question.id())).isFalse();
    }

    assertThat(now(batch).counts()).isEqualTo(new Batch.Counts(1, 0, 0, 0, 0));
    assertThat(now(batch).state()).isEqualTo(BatchState.RUNNING);
    assertThat(end(claims.get(3), STORED)).isFalse();
    assertThat(questions(claim(10))).containsExactly("5?");
  }

  @Test
  void a_batch_ends_when_its_last_open_question_is_deleted() {
    var batch = submit(2);
    end(claim(), STORED);
    long newest = log().newest();

    queue().deleteQuestion(question(batch, 1).id());

    assertThat(now(batch).state()).isEqualTo(BatchState.COMPLETED);
    assertThat(linesAfter(newest))
        .extracting(AnswerLog.Event::kind)
        .containsExactly(AnswerLog.Event.Kind.CHANGED, AnswerLog.Event.Kind.COMPLETE);
  }

  @Test
  void positions_after_a_deleted_question_stay() {
    var batch = submit(3);

    queue().deleteQuestion(question(batch, 1).id());
    queue().add(batch.id(), List.of("4?"));

    assertThat(questions(batch)).extracting(Question::position).containsExactly(0, 2, 3);
  }

  @Test
  void a_deleted_batch_is_gone_with_its_questions_and_nothing_else() {
    var other = submit(1);
    var batch = submit(2);
    var ids = questions(batch).stream().map(Question::id).toList();
    var claims = claim(2);

    assertThat(queue().deleteBatch(batch.id())).isTrue();

    assertThat(queue().deleteBatch(batch.id())).isFalse();
    assertThat(queue().batch(batch.id())).isEmpty();
    assertThat(queue().questions(batch.id(), null, 10, null))
        .isEqualTo(new Page<>(List.of(), null));
    assertThat(queue().history(batch.id())).isEmpty();
    assertThat(ids).allSatisfy(id -> assertThat(queue().question(id)).isEmpty());
    assertThat(end(claims.get(1), STORED)).isFalse();
    assertThat(end(claims.get(0), STORED)).isTrue();
    assertThat(allBatches()).extracting(Batch::id).containsExactly(other.id());
    assertThat(submit(1).id()).isGreaterThan(batch.id());
  }

  // Reading

  @Test
  void missing_answers_are_not_found() {
    assertThat(queue().batch(7)).isEmpty();
    assertThat(queue().question(7)).isEmpty();
    assertThat(queue().batches(null, 10, null)).isEqualTo(new Page<>(List.of(), null));
    assertThat(queue().questions(7, null, 10, null)).isEqualTo(new Page<>(List.of(), null));
    assertThat(queue().history(7)).isEmpty();
    assertThat(queue().deleteBatch(7)).isFalse();
    assertThat(queue().deleteQuestion(7)).isFalse();
  }

  @Test
  void batches_are_listed_newest_first_and_pages_stay_put_while_others_come() {
    var ids = IntStream.range(0, 5).mapToObj(_ -> submit(1).id()).toList().reversed();

    var seen = new ArrayList<Long>();
    var page = queue().batches(null, 2, null);
    page.items().forEach(batch -> seen.add(batch.id()));
    while (page.next() != null) {
      submit(1);
      page = queue().batches(null, 2, page.next());
      page.items().forEach(batch -> seen.add(batch.id()));
    }

    assertThat(seen).isEqualTo(ids);
  }

  @Test
  void a_page_without_more_items_is_the_last() {
    var batch = submit(2);
    submit(2);

    assertThat(queue().batches(null, 2, null).next()).isNull();
    assertThat(queue().questions(batch.id(), null, 2, null).next()).isNull();
    assertThat(queue().questions(batch.id(), null, 1, null).next()).isEqualTo(0);
  }

  @Test
  void batches_are_listed_by_state() {
    var done = ended(STORED);
    var failed = ended(FAILED);
    var paused = move(submit(1), BatchAction.PAUSE);
    var pending = submit(1);

    assertThat(queue().batches(BatchState.COMPLETED, 10, null).items()).containsExactly(done);
    assertThat(queue().batches(BatchState.COMPLETED_WITH_ERRORS, 10, null).items())
        .containsExactly(failed);
    assertThat(queue().batches(BatchState.PAUSED, 10, null).items()).containsExactly(paused);
    assertThat(queue().batches(BatchState.PENDING, 10, null).items()).containsExactly(pending);
    assertThat(queue().batches(BatchState.CANCELLED, 10, null).items()).isEmpty();
  }

  @Test
  void questions_are_listed_by_state_in_pages_while_others_are_added() {
    var batch = submit(6);
    var claims = claim(6);
    for (int i = 0; i < 6; i += 2) {
      end(claims.get(i), FAILED);
    }

    var first = queue().questions(batch.id(), QuestionState.FAILED, 2, null);
    queue().add(batch.id(), List.of("7?"));
    end(claims.get(5), FAILED);
    var second = queue().questions(batch.id(), QuestionState.FAILED, 2, first.next());

    assertThat(first.items()).extracting(Question::text).containsExactly("1?", "3?");
    assertThat(second.items()).extracting(Question::text).containsExactly("5?", "6?");
    assertThat(second.next()).isNull();
  }

  @Test
  void every_question_is_on_one_page_while_others_are_added() {
    var batch = submit(5);

    var seen = new ArrayList<String>();
    var page = queue().questions(batch.id(), null, 2, null);
    page.items().forEach(question -> seen.add(question.text()));
    queue().add(batch.id(), List.of("6?", "7?"));
    while (page.next() != null) {
      page = queue().questions(batch.id(), null, 2, page.next());
      page.items().forEach(question -> seen.add(question.text()));
    }

    assertThat(seen).isEqualTo(numbered(1, 7));
  }

  @Test
  void the_history_of_a_batch_has_all_actions_with_their_reasons() {
    var batch = submit(2);
    time.advance(Duration.ofMinutes(1));
    queue().apply(batch.id(), BatchAction.PAUSE, "budget");
    time.advance(Duration.ofMinutes(1));
    queue().add(batch.id(), List.of("3?"));
    queue().apply(batch.id(), BatchAction.RESUME, "");
    queue().apply(batch.id(), BatchAction.CANCEL, "wrong");
    queue().apply(batch.id(), BatchAction.RETRY_ALL, "right after all");

    assertThat(queue().history(batch.id()))
        .containsExactly(
            new Batch.Change(NOON, "submitted", "", BatchState.PENDING),
            new Batch.Change(NOON.plusSeconds(60), "pause", "budget", BatchState.PAUSED),
            new Batch.Change(NOON.plusSeconds(120), "added", "", BatchState.PAUSED),
            new Batch.Change(NOON.plusSeconds(120), "resume", "", BatchState.PENDING),
            new Batch.Change(NOON.plusSeconds(120), "cancel", "wrong", BatchState.CANCELLED),
            new Batch.Change(
                NOON.plusSeconds(120), "retry_all", "right after all", BatchState.PENDING));
  }

  @Test
  void ended_batches_are_deleted_oldest_first() {
    var first = ended(AnswerOutcome.STORED);
    time.advance(Duration.ofDays(1));
    var second = ended(AnswerOutcome.FAILED, AnswerOutcome.STORED);
    var open = submit("still open");
    time.advance(Duration.ofDays(1));

    assertThat(queue().deleteEnded(NOON)).isFalse();
    assertThat(queue().deleteEnded(time.now())).isTrue();
    assertThat(allBatches())
        .extracting(Batch::id)
        .containsExactlyInAnyOrder(second.id(), open.id());
    assertThat(queue().deleteEnded(time.now())).isTrue();
    assertThat(queue().deleteEnded(time.now())).isFalse();

    assertThat(allBatches()).extracting(Batch::id).containsExactly(open.id());
    assertThat(queue().history(first.id())).isEmpty();
    assertThat(lines()).filteredOn(line -> line.kind() == AnswerLog.Event.Kind.DELETED).hasSize(2);
  }

  @Test
  void open_batches_and_questions_are_counted() {
    ended(AnswerOutcome.STORED);
    submit("a", "b");
    end(claim(), AnswerOutcome.STORED);
    move(submit("c"), BatchAction.PAUSE);

    var open = queue().open();
    assertThat(open.all().batches()).isEqualTo(2);
    assertThat(open.all().counts()).isEqualTo(new Batch.Counts(3, 1, 0, 0, 0));
    assertThat(open.in(BatchState.PAUSED).batches()).isEqualTo(1);
    assertThat(open.in(BatchState.RUNNING).counts().open()).isEqualTo(1);
    assertThat(open.in(BatchState.PENDING).batches()).isZero();
  }

  @Test
  void a_batch_is_found_by_the_key_it_was_submitted_with() {
    var batch = queue().submit(new Submission(List.of("a"), BatchOptions.STANDARD, "a key"));

    assertThat(queue().submitted("a key")).contains(batch);
    assertThat(queue().submitted("another")).isEmpty();
  }
}
