package io.stoker.answers;

import io.stoker.Time;
import org.junit.jupiter.api.Nested;

class InMemoryAnswersTest {

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
