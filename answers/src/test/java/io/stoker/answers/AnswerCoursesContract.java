package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.answers.AnswerClaims.Claim;
import io.stoker.answers.AnswerClaims.Settlement;
import io.stoker.answers.AnswerClaims.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The joint contract of queue, claims and log: any sequence of calls by operators and workers has
/// the same result in all stores.
abstract class AnswerCoursesContract extends AnswerStoreContract {

  private static final int STEPS = 250;
  private static final List<BatchAction> MOVES = List.of(BatchAction.values());

  private final AnswerStore model = AnswerStore.inMemory(time);

  /// The same claims, in the store and in the model.
  private final List<Claim> held = new ArrayList<>();

  private final List<Claim> heldInModel = new ArrayList<>();

  @AfterEach
  void closeModel() {
    model.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4, 5})
  void any_sequence_of_calls_has_the_same_result_as_in_memory(long seed) {
    var random = new Random(seed);

    for (int i = 0; i < STEPS; i++) {
      step(random);
      time.advance(Duration.ofMillis(random.nextInt(10_000)));
      assertThat(claims().nextDue()).isEqualTo(model.claims().nextDue());
    }

    var story = story(store());
    var storyInModel = story(model);
    for (int i = 0; i < story.size(); i++) {
      assertThat(story.get(i)).isEqualTo(storyInModel.get(i));
    }
    assertThat(told(store())).isEqualTo(told(model));
    assertThat(allBatches()).extracting(Batch::state).contains(BatchState.COMPLETED);
  }

  private void step(Random random) {
    switch (random.nextInt(16)) {
      case 0, 1 -> {
        var submission = submission(random);
        same(store -> about(store.queue().submit(submission)));
      }
      case 2 -> {
        int batch = random.nextInt(20);
        int questions = 1 + random.nextInt(2);
        same(store -> about(store.queue().add(id(store, batch), numbered(1, questions))));
      }
      case 3, 4, 5 -> {
        var move = MOVES.get(random.nextInt(MOVES.size()));
        int batch = random.nextInt(20);
        same(store -> about(store.queue().apply(id(store, batch), move, "why")));
      }
      case 6 -> {
        int batch = random.nextInt(20);
        int question = random.nextInt(6);
        same(store -> store.queue().retry(question(store, batch, question)).map(this::about));
      }
      case 7 -> {
        int batch = random.nextInt(20);
        int question = random.nextInt(6);
        same(store -> store.queue().deleteQuestion(question(store, batch, question)));
      }
      case 8 -> {
        int batch = random.nextInt(60);
        same(store -> store.queue().deleteBatch(id(store, batch)));
      }
      case 9 -> {
        held.removeAll(claims().renew(held, LEASE));
        heldInModel.removeAll(model.claims().renew(heldInModel, LEASE));
        assertThat(questions(held)).isEqualTo(questions(heldInModel));
      }
      case 10, 11, 12 -> claim(random);
      default -> settle(random);
    }
  }

  private Submission submission(Random random) {
    var questions = numbered(1, 1 + random.nextInt(5));
    var options = new BatchOptions("n" + random.nextInt(9), "", random.nextBoolean(), false);
    var key = random.nextInt(4) == 0 ? "key-" + random.nextInt(3) : null;
    return new Submission(questions, options, key);
  }

  private void claim(Random random) {
    int most = 1 + random.nextInt(6);
    var perMinute = random.nextInt(3) == 0 ? 1 + random.nextInt(200) : null;
    var claimed = claims().claim(most, LEASE, perMinute);
    var inModel = model.claims().claim(most, LEASE, perMinute);
    assertThat(claimed.stream().map(AnswerCoursesContract::about).toList())
        .isEqualTo(inModel.stream().map(AnswerCoursesContract::about).toList());
    held.addAll(claimed);
    heldInModel.addAll(inModel);
  }

  /// Settles some claims, late ones too; some are settled again later.
  private void settle(Random random) {
    var ours = new ArrayList<Settlement>();
    var inModel = new ArrayList<Settlement>();
    for (int i = Math.min(held.size(), random.nextInt(5)); i > 0; i--) {
      int at = random.nextInt(held.size());
      var verdict = verdict(random);
      ours.add(new Settlement(held.get(at), verdict));
      inModel.add(new Settlement(heldInModel.get(at), verdict));
      if (random.nextInt(4) > 0) {
        held.remove(at);
        heldInModel.remove(at);
      }
    }
    assertThat(claims().settle(ours)).isEqualTo(model.claims().settle(inModel));
  }

  private Verdict verdict(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> new Verdict.Retry(time.now().plusSeconds(random.nextInt(60)), "again");
      case 1 -> new Verdict.Release(null, "stopped");
      case 2 -> new Verdict.End(AnswerOutcome.FAILED, "trouble");
      case 3 -> new Verdict.End(AnswerOutcome.NOT_CACHEABLE, "private");
      default -> new Verdict.End(AnswerOutcome.STORED, "");
    };
  }

  private void same(Function<AnswerStore, Object> what) {
    assertThat(outcome(what, store())).isEqualTo(outcome(what, model));
  }

  private static Object outcome(Function<AnswerStore, Object> what, AnswerStore in) {
    try {
      return what.apply(in);
    } catch (IllegalActionException e) {
      return "refused: " + e.getMessage();
    }
  }

  // Keys differ between stores and are not compared.

  private static long id(AnswerStore store, int batch) {
    var batches = store.queue().batches(null, 1000, null).items();
    return batch < batches.size() ? batches.get(batch).id() : -1;
  }

  private static long question(AnswerStore store, int batch, int question) {
    var questions = store.queue().questions(id(store, batch), null, 1000, null).items();
    return question < questions.size() ? questions.get(question).id() : -1;
  }

  private static Optional<List<Object>> about(Optional<Batch> batch) {
    return batch.map(AnswerCoursesContract::about);
  }

  private static List<Object> about(Batch batch) {
    return List.of(
        batch.state(),
        batch.counts(),
        batch.options(),
        batch.createdAt(),
        Optional.ofNullable(batch.startedAt()),
        Optional.ofNullable(batch.endedAt()),
        batch.reason());
  }

  private List<Object> about(Question question) {
    return List.of(
        question.position(),
        question.text(),
        question.state(),
        Optional.ofNullable(question.outcome()),
        question.detail(),
        question.attempts(),
        Optional.ofNullable(question.notBefore()),
        Optional.ofNullable(question.startedAt()),
        Optional.ofNullable(question.endedAt()));
  }

  private static List<Object> about(Claim claim) {
    return List.of(
        claim.question(),
        claim.options(),
        claim.attempt(),
        claim.expiredLeases(),
        claim.leaseEnds());
  }

  private List<Object> story(AnswerStore store) {
    var story = new ArrayList<Object>();
    for (var batch : store.queue().batches(null, 1000, null).items()) {
      story.add(about(batch));
      story.add(store.queue().history(batch.id()));
      store.queue().questions(batch.id(), null, 1000, null).items().stream()
          .map(this::about)
          .forEach(story::add);
    }
    return story;
  }

  /// The events of each batch, in order.
  private static List<List<AnswerLog.Event.Kind>> told(AnswerStore store) {
    var told = new TreeMap<Long, List<AnswerLog.Event.Kind>>();
    for (var line : store.log().after(0, 100_000)) {
      told.computeIfAbsent(line.batchId(), _ -> new ArrayList<>()).add(line.kind());
    }
    return List.copyOf(told.values());
  }
}
