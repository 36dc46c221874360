package io.stoker.answers;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.Time;
import io.stoker.testing.ChildProcess;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.SocketModel;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Freezes a real worker process (SIGSTOP) for longer than its leases, and resumes it.
@Tag("soak")
@Timeout(900)
final class FrozenWorkerTest {

  private static final int IN_HAND = 8;

  private final RealPostgres postgres = RealPostgres.shared();
  private final String database = postgres.newDatabase();

  @AutoClose
  private final AnswerStore store =
      AnswerStore.postgres(postgres.dataSource(database), Time.system());

  @AutoClose private final SocketModel model = SocketModel.start();

  @Test
  void a_frozen_workers_questions_are_taken_over_and_its_late_completions_do_not_count()
      throws Exception {
    var batch = store.queue().submit(Questions.batch("the frozen", 20));
    model.hold("frozen");
    try (var frozen = worker("frozen")) {
      model.awaitHeld("frozen", IN_HAND);
      frozen.freeze();
      try (var other = worker("other")) {
        awaitCompleted(batch);
        other.stop();
      }
      assertThat(model.answers("other")).isEqualTo(20);
      var ended = store.queue().questions(batch.id(), null, 20, null).items();
      long lines = store.log().newest();

      model.release("frozen");
      frozen.thaw();
      frozen.awaitLine(WorkerMain.IDLE);
      frozen.stop();

      assertThat(model.answers("frozen")).isEqualTo(IN_HAND);
      assertThat(store.queue().questions(batch.id(), null, 20, null).items()).isEqualTo(ended);
      assertThat(ended).extracting(Question::attempts).containsOnly(1);
      assertThat(store.log().newest()).isEqualTo(lines);
    }
    StoreAudit.assertAllAnswered(store);
  }

  @Test
  void a_frozen_worker_finishes_if_no_other_took_over() throws Exception {
    var batch = store.queue().submit(Questions.batch("the lonely", IN_HAND));
    model.hold("frozen");
    try (var frozen = worker("frozen")) {
      model.awaitHeld("frozen", IN_HAND);
      frozen.freeze();
      await()
          .atMost(ofMinutes(5))
          .until(() -> store.claims().nextDue().isEmpty()); // every lease has ended

      model.release("frozen");
      frozen.thaw();

      awaitCompleted(batch);
      frozen.stop();
    }
    assertThat(store.queue().questions(batch.id(), null, IN_HAND, null).items())
        .extracting(Question::attempts)
        .containsOnly(1);
    StoreAudit.assertAllAnswered(store);
  }

  /// In the middle of a transaction it blocks the other for ten seconds, until Postgres ends the
  /// transaction.
  @Test
  void a_worker_frozen_at_any_point_of_its_work_does_not_stop_the_other() throws Exception {
    var batch = store.queue().submit(Questions.batch("the busy", 1000));
    try (var frozen = worker("frozen");
        var other = worker("other")) {
      model.awaitAnswers(500);
      frozen.freeze();

      awaitCompleted(batch);

      frozen.thaw();
      frozen.awaitLine(WorkerMain.IDLE);
      frozen.stop();
      other.stop();
    }
    StoreAudit.assertAllAnswered(store);
  }

  private ChildProcess worker(String name) {
    return WorkerProcess.start(
        name, WorkerProcess.url(postgres, database), model.port(), 0, ofSeconds(3));
  }

  private void awaitCompleted(Batch batch) {
    await()
        .atMost(ofMinutes(5))
        .until(() -> store.queue().batch(batch.id()).orElseThrow().state().isOver());
  }
}
