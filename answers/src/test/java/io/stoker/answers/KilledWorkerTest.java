package io.stoker.answers;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import io.stoker.testing.SocketModel;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills a real worker process (SIGKILL), again and again, and starts it on the same file.
///
/// A process is killed after a random number of answers since its start, which does not depend on
/// clocks; where in the work of the other running that finds it is left to chance.
@Timeout(1800)
final class KilledWorkerTest {

  private static final int MAX_ANSWERS_PER_LIFE = 75;

  @TempDir private Path folder;
  @AutoClose private final SocketModel model = SocketModel.start();

  @Test
  void of_1_000_questions_and_15_kills_none_is_lost_or_stuck_or_counted_twice() throws Exception {
    killAgainAndAgain(15, 1, 9, 90, 900);
  }

  @Test
  @Tag("soak")
  void of_10_000_questions_and_200_kills_none_is_lost_or_stuck_or_counted_twice() throws Exception {
    killAgainAndAgain(200, 1, 9, 90, 900, 9000);
  }

  private void killAgainAndAgain(int kills, int... sizes) throws Exception {
    int questions = IntStream.of(sizes).sum();
    var file = folder.resolve("answers.db");
    try (var store = AnswerStore.sqlite(file, Time.system())) {
      Questions.batches(sizes).forEach(batch -> store.queue().submit(batch));
    }

    var random = new Random(3);
    for (int kill = 0; kill < kills; kill++) {
      workAndBeKilled(file, random.nextInt(MAX_ANSWERS_PER_LIFE));
    }
    assertThat(model.answers()).as("answers before the last life").isLessThan(questions);
    workToTheEnd(file);

    try (var store = AnswerStore.sqlite(file, Time.system())) {
      StoreAudit.assertAllAnswered(store);
      assertThat(model.answers()).isBetween(questions, questions + 2 * 8 * kills);
    }
  }

  private void workAndBeKilled(Path file, int answers) throws InterruptedException {
    int point = model.answers() + answers;
    try (var worker =
        WorkerProcess.start("worker", file.toString(), model.port(), 0, ofSeconds(1))) {
      if (answers == 0) {
        worker.awaitLine(WorkerMain.OPENING);
      } else {
        worker.awaitLine(WorkerMain.WORKING);
        model.awaitAnswers(point);
      }
      worker.kill();
    }
  }

  private void workToTheEnd(Path file) throws InterruptedException {
    try (var worker =
        WorkerProcess.start("worker", file.toString(), model.port(), 0, ofSeconds(1))) {
      worker.awaitLine(WorkerMain.IDLE);
      worker.stop();
    }
  }
}
