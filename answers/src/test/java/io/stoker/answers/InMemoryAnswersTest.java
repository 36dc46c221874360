package io.stoker.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.Time;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// The contracts, for a store in memory.
class InMemoryAnswersTest {

  @Test
  void each_store_in_memory_is_a_database_of_its_own() {
    var time = new ManualTime(Instant.EPOCH);

    try (var one = AnswerStore.inMemory(time);
        var other = AnswerStore.inMemory(time)) {
      one.queue().submit(new Submission(List.of("1?"), BatchOptions.STANDARD, null));

      assertThat(one.queue().open().all().batches()).isEqualTo(1);
      assertThat(other.queue().open().all().batches()).isZero();
    }
  }

  @Nested
  class Queue extends AnswerQueueContract {

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.inMemory(time);
    }
  }

  @Nested
  class Claims extends AnswerClaimsContract {

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.inMemory(time);
    }
  }

  @Nested
  class Log extends AnswerLogContract {

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.inMemory(time);
    }
  }

  @Nested
  class Entries extends AnswerEntriesContract {

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.inMemory(time);
    }
  }

  @Nested
  class Courses extends AnswerCoursesContract {

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.inMemory(time);
    }
  }

  @Nested
  class Documents extends AnswerDocumentsContract {

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.inMemory(time);
    }
  }
}
