package io.stoker.answers;

import io.stoker.Time;
import io.stoker.testing.RealPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// All stores agree.
class AnswerCoursesTest {

  @Nested
  class InMemory extends AnswerCoursesContract {

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.inMemory(time);
    }
  }

  @Nested
  class Sqlite extends AnswerCoursesContract {

    @TempDir private Path folder;

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.sqlite(folder.resolve("stoker.db"), time);
    }
  }

  @Nested
  class Postgres extends AnswerCoursesContract {

    @Override
    AnswerStore open(Time time) {
      var postgres = RealPostgres.shared();
      return AnswerStore.postgres(postgres.dataSource(postgres.newDatabase()), time);
    }
  }
}
