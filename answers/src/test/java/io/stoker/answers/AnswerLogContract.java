package io.stoker.answers;

import static io.stoker.answers.AnswerLog.Event.Kind.CHANGED;
import static io.stoker.answers.AnswerLog.Event.Kind.COMPLETE;
import static io.stoker.answers.AnswerLog.Event.Kind.DELETED;
import static io.stoker.answers.AnswerLog.Event.Kind.PAUSED;
import static io.stoker.answers.AnswerLog.Event.Kind.QUESTION;
import static io.stoker.answers.AnswerOutcome.FAILED;
import static io.stoker.answers.AnswerOutcome.NOT_CACHEABLE;
import static io.stoker.answers.AnswerOutcome.STORED;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.answers.AnswerClaims.Claim;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import io.stoker.answers.AnswerLog.Event.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The contract of [AnswerLog].
abstract class AnswerLogContract extends AnswerStoreContract {

  private List<Kind> kindsAfter(long id) {
    return linesAfter(id).stream().map(AnswerLog.Event::kind).toList();
  }

  @Test
  void an_empty_log_has_no_events() {
    assertThat(log().newest()).isZero();
    assertThat(log().after(0, 10)).isEmpty();
    assertThat(log().oldest()).isLessThanOrEqualTo(1);
  }

  @Test
  void the_events_of_a_batch_are_in_order() {
    var batch = submit(2);
    var first = claim();
    end(first, STORED);
    move(batch, BatchAction.PAUSE);
    move(batch, BatchAction.RESUME);
    queue().add(batch.id(), List.of("3?"));
    var rest = claim(2);
    settle(rest.get(0), new Verdict.Retry(time.now(), "slow"));
    end(rest.get(1), FAILED);
    var last = claim();
    end(last, NOT_CACHEABLE);
    queue().deleteBatch(batch.id());

    assertThat(lines())
        .extracting(AnswerLog.Event::kind)
        .containsExactly(
            CHANGED, CHANGED, QUESTION, PAUSED, CHANGED, CHANGED, QUESTION, QUESTION, COMPLETE,
            DELETED);
    assertThat(lines()).extracting(AnswerLog.Event::batchId).containsOnly(batch.id());
    assertThat(lines())
        .extracting(AnswerLog.Event::questionId)
        .containsExactly(
            0L,
            0L,
            first.questionId(),
            0L,
            0L,
            0L,
            rest.get(1).questionId(),
            last.questionId(),
            0L,
            0L);
  }

  @Test
  void a_cancel_is_one_event_and_not_one_for_each_question() {
    var batch = submit(50);
    claim(10);
    long newest = log().newest();

    move(batch, BatchAction.CANCEL);

    assertThat(kindsAfter(newest)).containsExactly(CHANGED, COMPLETE);
  }

  @Test
  void a_retry_and_the_next_end_of_the_batch_are_events() {
    var batch = ended(FAILED, FAILED);
    long newest = log().newest();

    move(batch, BatchAction.RETRY_FAILED);
    claim(2).forEach(claim -> end(claim, STORED));

    assertThat(kindsAfter(newest)).containsExactly(CHANGED, CHANGED, QUESTION, QUESTION, COMPLETE);
  }

  @Test
  void retries_and_deletes_of_single_questions_are_events() {
    var batch = ended(FAILED, STORED);
    long newest = log().newest();

    queue().retry(question(batch, 0).id());
    queue().deleteQuestion(question(batch, 1).id());

    assertThat(kindsAfter(newest)).containsExactly(CHANGED, CHANGED);
  }

  @Test
  void calls_that_change_nothing_are_not_events() {
    var batch = ended(STORED);
    var paused = move(submit(1), BatchAction.PAUSE);
    long newest = log().newest();

    move(paused, BatchAction.PAUSE);
    queue().add(99, List.of("1?"));
    queue().deleteBatch(99);
    queue().deleteQuestion(99);
    claim(10);
    claims().renew(List.of(), LEASE);
    log().prune(1000);

    assertThat(log().newest()).isEqualTo(newest);
    assertThat(now(batch)).isEqualTo(batch);
  }

  @Test
  void every_end_is_one_event_even_when_many_end_at_once() {
    submit(300);
    var claims = claim(300);
    claims()
        .settle(
            claims.stream()
                .map(claim -> new Settlement(claim, new Verdict.End(STORED, "")))
                .toList());

    assertThat(lines())
        .filteredOn(line -> line.kind() == QUESTION)
        .extracting(AnswerLog.Event::questionId)
        .containsExactlyInAnyOrderElementsOf(claims.stream().map(Claim::questionId).toList());
    assertThat(lines().getLast().kind()).isEqualTo(COMPLETE);
  }

  @Test
  void events_after_an_id_are_limited_in_number() {
    submit(1);
    submit(1);
    submit(1);
    var all = lines();

    assertThat(all).hasSize(3);
    assertThat(log().after(0, 2)).isEqualTo(all.subList(0, 2));
    assertThat(log().after(all.get(0).id(), 10)).isEqualTo(all.subList(1, 3));
    assertThat(log().after(all.get(2).id(), 10)).isEmpty();
    assertThat(log().newest()).isEqualTo(all.get(2).id());
  }

  @Test
  void pruning_deletes_the_oldest_events_and_reuses_no_number() {
    for (int i = 0; i < 5; i++) {
      submit(1);
    }
    var all = lines();

    log().prune(2);

    assertThat(lines()).isEqualTo(all.subList(3, 5));
    assertThat(log().oldest()).isEqualTo(all.get(3).id());
    assertThat(log().newest()).isEqualTo(all.get(4).id());
    log().prune(0);
    assertThat(lines()).isEmpty();
    assertThat(log().newest()).isEqualTo(all.get(4).id());
    assertThat(log().oldest()).isGreaterThan(all.get(4).id());
    submit(1);
    assertThat(lines().getFirst().id()).isGreaterThan(all.get(4).id());
    assertThat(log().oldest()).isEqualTo(lines().getFirst().id());
  }

  @Test
  void a_reader_of_the_log_misses_nothing_while_many_write() throws InterruptedException {
    submit(200);
    var writers =
        IntStream.range(0, 4)
            .mapToObj(_ ->
                Thread.ofVirtual()
                    .start(() -> {
                      for (var claims = claim(3); !claims.isEmpty(); claims = claim(3)) {
                        claims.forEach(claim -> end(claim, STORED));
                      }
                    }))
            .toList();

    var read = new ArrayList<AnswerLog.Event>();
    while (read.isEmpty() || read.getLast().kind() != COMPLETE) {
      read.addAll(log().after(read.isEmpty() ? 0 : read.getLast().id(), 7));
    }
    for (var writer : writers) {
      writer.join();
    }

    assertThat(read).isEqualTo(lines());
  }

  @Test
  void the_change_of_an_event_is_already_visible() {
    var batch = ended(STORED);

    for (var line : lines()) {
      assertThat(queue().batch(line.batchId())).contains(batch);
      if (line.kind() == QUESTION) {
        assertThat(queue().question(line.questionId()).orElseThrow().state().isOver()).isTrue();
      }
    }
  }
}
