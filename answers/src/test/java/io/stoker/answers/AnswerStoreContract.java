package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.Time;
import io.stoker.answers.AnswerClaims.Claim;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// Base of the contracts of a store: an empty store for each test, short helpers, and invariants
/// that are checked after each test.
abstract class AnswerStoreContract {

  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  static final Duration LEASE = Duration.ofMinutes(1);

  final ManualTime time = new ManualTime(NOON);
  private @Nullable AnswerStore opened;

  /// An empty store that the test may close.
  abstract AnswerStore open(Time time) throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    opened = open(time);
  }

  @AfterEach
  void everything_adds_up_and_the_store_closes() {
    try {
      allBatches().forEach(this::check);
      assertThat(lines()).extracting(AnswerLog.Event::id).isSorted().doesNotHaveDuplicates();
    } finally {
      store().close();
    }
  }

  private void check(Batch batch) {
    var questions = questions(batch);
    assertThat(batch.counts()).as("counts of %s", batch).isEqualTo(recount(questions));
    assertThat(batch.state().isOver())
        .as("%s is over", batch)
        .isEqualTo(batch.counts().open() == 0);
    assertThat(batch.endedAt() != null).as("%s has ended", batch).isEqualTo(batch.state().isOver());
    assertThat(questions).extracting(Question::position).isSorted().doesNotHaveDuplicates();
    for (var question : questions) {
      assertThat(question.endedAt() != null)
          .as("%s has ended", question)
          .isEqualTo(question.state().isOver());
      if (question.state() == QuestionState.CANCELLED) {
        assertThat(question.outcome()).isNull();
      } else {
        assertThat(question.outcome() == null ? null : question.outcome().state())
            .as("outcome of %s", question)
            .isEqualTo(question.state().isOver() ? question.state() : null);
      }
    }
  }

  private static Batch.Counts recount(List<Question> questions) {
    return new Batch.Counts(
        questions.size(),
        count(questions, QuestionState.COMPLETED),
        count(questions, QuestionState.FAILED),
        count(questions, QuestionState.SKIPPED),
        count(questions, QuestionState.CANCELLED));
  }

  private static long count(List<Question> questions, QuestionState state) {
    return questions.stream().filter(question -> question.state() == state).count();
  }

  final AnswerStore store() {
    if (opened == null) {
      throw new IllegalStateException("no store was opened");
    }
    return opened;
  }

  final AnswerQueue queue() {
    return store().queue();
  }

  final AnswerClaims claims() {
    return store().claims();
  }

  final AnswerLog log() {
    return store().log();
  }

  final Batch submit(String... questions) {
    return queue().submit(new Submission(List.of(questions), BatchOptions.STANDARD, null));
  }

  /// A batch of questions `1?`, `2?` ...
  final Batch submit(int questions) {
    return submit(
        IntStream.rangeClosed(1, questions).mapToObj(i -> i + "?").toArray(String[]::new));
  }

  /// Its current state.
  final Batch now(Batch batch) {
    return queue().batch(batch.id()).orElseThrow();
  }

  final Question now(Claim claim) {
    return queue().question(claim.questionId()).orElseThrow();
  }

  final Batch move(Batch batch, BatchAction action) {
    return queue().apply(batch.id(), action, "").orElseThrow();
  }

  final List<Question> questions(Batch batch) {
    return queue().questions(batch.id(), null, 100_000, null).items();
  }

  final Question question(Batch batch, int index) {
    return questions(batch).get(index);
  }

  final List<Batch> allBatches() {
    return queue().batches(null, 100_000, null).items();
  }

  final List<Claim> claim(int most) {
    return claims().claim(most, LEASE, null);
  }

  final Claim claim() {
    var claims = claim(1);
    assertThat(claims).hasSize(1);
    return claims.getFirst();
  }

  final boolean settle(Claim claim, Verdict verdict) {
    return claims().settle(List.of(new Settlement(claim, verdict))).getFirst();
  }

  final boolean end(Claim claim, AnswerOutcome outcome) {
    return settle(claim, new Verdict.End(outcome, ""));
  }

  /// Submits a batch and ends its questions with these outcomes.
  final Batch ended(AnswerOutcome... outcomes) {
    var batch = submit(outcomes.length);
    var claims = claim(outcomes.length);
    assertThat(claims).extracting(Claim::batchId).containsOnly(batch.id());
    for (int i = 0; i < outcomes.length; i++) {
      assertThat(end(claims.get(i), outcomes[i])).isTrue();
    }
    return now(batch);
  }

  /// All events of the log.
  final List<AnswerLog.Event> lines() {
    return linesAfter(0);
  }

  final List<AnswerLog.Event> linesAfter(long id) {
    var lines = new ArrayList<AnswerLog.Event>();
    var more = log().after(id, 1000);
    while (!more.isEmpty()) {
      lines.addAll(more);
      more = log().after(more.getLast().id(), 1000);
    }
    return lines;
  }

  static List<String> questions(List<Claim> claims) {
    return claims.stream().map(Claim::question).toList();
  }

  static List<String> numbered(int from, int to) {
    return Arrays.asList(
        IntStream.rangeClosed(from, to).mapToObj(i -> i + "?").toArray(String[]::new));
  }
}
