package io.stoker.answers;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stoker.Time;
import io.stoker.testing.ChildProcess;
import io.stoker.testing.RealPostgres;
import io.stoker.testing.SocketModel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Three worker processes on one Postgres.
@Tag("soak")
@Timeout(900)
final class ManyWorkersTest {

  /// Longer than a process may be delayed on a busy machine.
  private static final Duration LEASE = ofSeconds(15);

  private final RealPostgres postgres = RealPostgres.shared();
  private final String database = postgres.newDatabase();

  @AutoClose
  private final AnswerStore store =
      AnswerStore.postgres(postgres.dataSource(database), Time.system());

  @AutoClose private final SocketModel model = SocketModel.start();

  @Test
  void three_processes_share_900_questions_and_when_one_is_killed_the_others_finish()
      throws Exception {
    Questions.batches(100, 200, 600).forEach(batch -> store.queue().submit(batch));

    try (var one = worker("one", 0);
        var two = worker("two", 0);
        var doomed = worker("doomed", 0)) {
      one.awaitLine(WorkerMain.WORKING);
      two.awaitLine(WorkerMain.WORKING);
      doomed.awaitLine(WorkerMain.WORKING);
      model.awaitAnswers(450);
      doomed.kill();

      awaitAllOver();

      one.stop();
      two.stop();
    }
    StoreAudit.assertAllAnswered(store);
    assertThat(List.of("one", "two", "doomed"))
        .allSatisfy(name -> assertThat(model.answers(name)).as(name).isPositive());
    // Only the questions that the killed one had claimed were asked again.
    assertThat(model.answers()).isBetween(900, 900 + 8);
  }

  @Test
  void the_rate_holds_over_all_processes() throws Exception {
    int perMinute = 1200;
    var batch = store.queue().submit(Questions.batch("the rate", 100));

    try (var one = worker("one", perMinute);
        var two = worker("two", perMinute);
        var three = worker("three", perMinute)) {
      awaitAllOver();

      one.stop();
      two.stop();
      three.stop();
    }
    StoreAudit.assertAllAnswered(store);
    var claimed =
        store.queue().questions(batch.id(), null, 100, null).items().stream()
            .map(question -> Objects.requireNonNull(question.startedAt()))
            .sorted()
            .toList();
    assertThatNoStretchIsFaster(claimed, perMinute);
  }

  /// The unused part of the rate may be used within a second.
  private static void assertThatNoStretchIsFaster(List<Instant> claimed, int perMinute) {
    for (int first = 0; first < claimed.size(); first++) {
      for (int last = first; last < claimed.size(); last++) {
        var length = Duration.between(claimed.get(first), claimed.get(last)).plus(ofSeconds(1));
        double allowed = 1 + perMinute * length.toMillis() / 60_000.0;
        assertThat(last - first + 1.0).isLessThanOrEqualTo(allowed);
      }
    }
  }

  private ChildProcess worker(String name, int perMinute) {
    return WorkerProcess.start(
        name, WorkerProcess.url(postgres, database), model.port(), perMinute, LEASE);
  }

  private void awaitAllOver() {
    await()
        .atMost(ofMinutes(5))
        .until(() ->
            store.queue().batches(null, 100, null).items().stream()
                .allMatch(batch -> batch.state().isOver()));
  }
}
