package io.stoker.answers;

import com.zaxxer.hikari.HikariDataSource;
import io.stoker.Time;
import io.stoker.testing.RealPostgres;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/// The contracts, for a store in Postgres.
class PostgresAnswersTest {

  private static final RealPostgres POSTGRES = RealPostgres.shared();
  private static HikariDataSource pool;

  @BeforeAll
  static void open_a_pool() {
    pool = new HikariDataSource();
    pool.setDataSource(POSTGRES.dataSource(POSTGRES.newDatabase()));
  }

  @AfterAll
  static void close_the_pool() {
    pool.close();
  }

  /// A store in a database whose tables are emptied, which is faster than creating new ones.
  private static AnswerStore emptied(Time time) throws SQLException {
    try (var connection = pool.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(
          """
          DO $$
          BEGIN
            IF to_regclass('stoker.query') IS NOT NULL THEN
              TRUNCATE stoker.batch, stoker.query, stoker.batch_change, stoker.event,
                       stoker.answer, stoker.answer_source, stoker.answer_wording,
                       stoker.answer_alias, stoker.asked, stoker.document, stoker.note,
                       stoker.pending_work;
              UPDATE stoker.counter SET value = 0;
            END IF;
          END $$
          """);
    }
    return AnswerStore.postgres(pool, time);
  }

  @Nested
  class Queue extends AnswerQueueContract {

    @Override
    AnswerStore open(Time time) throws SQLException {
      return emptied(time);
    }
  }

  @Nested
  class Claims extends AnswerClaimsContract {

    @Override
    AnswerStore open(Time time) throws SQLException {
      return emptied(time);
    }
  }

  @Nested
  class Log extends AnswerLogContract {

    @Override
    AnswerStore open(Time time) throws SQLException {
      return emptied(time);
    }
  }

  @Nested
  class Entries extends AnswerEntriesContract {

    @Override
    AnswerStore open(Time time) throws SQLException {
      return emptied(time);
    }
  }

  @Nested
  class Documents extends AnswerDocumentsContract {

    @Override
    AnswerStore open(Time time) throws SQLException {
      return emptied(time);
    }
  }

  @Nested
  class Courses extends AnswerCoursesContract {

    @Override
    AnswerStore open(Time time) throws SQLException {
      return emptied(time);
    }
  }
}
