package io.stoker.answers;

import io.stoker.Time;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The contracts, for a store in a file.
class SqliteAnswersTest {

  @Nested
  class Queue extends AnswerQueueContract {

    @TempDir private Path folder;

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.sqlite(folder.resolve("stoker.db"), time);
    }
  }

  @Nested
  class Claims extends AnswerClaimsContract {

    @TempDir private Path folder;

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.sqlite(folder.resolve("stoker.db"), time);
    }
  }

  @Nested
  class Log extends AnswerLogContract {

    @TempDir private Path folder;

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.sqlite(folder.resolve("stoker.db"), time);
    }
  }

  @Nested
  class Entries extends AnswerEntriesContract {

    @TempDir private Path folder;

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.sqlite(folder.resolve("stoker.db"), time);
    }
  }

  @Nested
  class Documents extends AnswerDocumentsContract {

    @TempDir private Path folder;

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.sqlite(folder.resolve("stoker.db"), time);
    }
  }

  @Nested
  class Courses extends AnswerCoursesContract {

    @TempDir private Path folder;

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.sqlite(folder.resolve("stoker.db"), time);
    }
  }
}
