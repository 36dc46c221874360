package io.stoker.answers;

import io.stoker.Time;
import io.stoker.testing.RealPostgres;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;

/// A store in Postgres keeps the contracts.
class PostgresAnswersTest {

  private static DataSource database() {
    var postgres = RealPostgres.shared();
    return postgres.dataSource(postgres.newDatabase());
  }

  @Nested
  class Queue extends AnswerQueueContract {

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.postgres(database(), time);
    }
  }

  @Nested
  class Claims extends AnswerClaimsContract {

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.postgres(database(), time);
    }
  }

  @Nested
  class Log extends AnswerLogContract {

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.postgres(database(), time);
    }
  }

  @Nested
  class Entries extends AnswerEntriesContract {

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.postgres(database(), time);
    }
  }

  @Nested
  class Documents extends AnswerDocumentsContract {

    @Override
    AnswerStore open(Time time) {
      return AnswerStore.postgres(database(), time);
    }
  }
}
