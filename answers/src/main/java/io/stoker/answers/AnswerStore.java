package io.stoker.answers;

import io.stoker.Time;
import io.stoker.state.StateDatabase;
import io.stoker.state.jdbc.JdbcStateDatabase;
import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;

/// Everything about answers that must survive: queue, log, cached answers, documents, settings.
/// Thread-safe.
public interface AnswerStore extends AutoCloseable {

  /// A store in memory, gone when it is closed.
  static AnswerStore inMemory(Time time) {
    return JdbcAnswerStore.alone(JdbcStateDatabase.inMemory(), null, time);
  }

  /// A store in a file, for one process.
  ///
  /// @param file is created with its folder if it is not there
  /// @throws io.stoker.StokerException if the file cannot be used
  static AnswerStore sqlite(Path file, Time time) {
    return JdbcAnswerStore.alone(JdbcStateDatabase.sqlite(file), null, time);
  }

  /// A store in the schema `stoker` of a Postgres database, for any number of processes.
  ///
  /// Holds two connections for as long as it is open, and one more for each reading.
  ///
  /// @param dataSource a pool of connections of the Postgres JDBC driver
  /// @throws io.stoker.StokerException if the database cannot be used
  static AnswerStore postgres(DataSource dataSource, Time time) {
    return JdbcAnswerStore.alone(JdbcStateDatabase.postgres(dataSource), null, time);
  }

  /// A store in a database that it shares with the other warmers, and leaves open.
  ///
  /// @throws io.stoker.StokerException if the database cannot be used
  static AnswerStore on(StateDatabase state, Time time) {
    return JdbcAnswerStore.on(JdbcStateDatabase.of(state), null, time);
  }

  /// The same, whose answers are read from a tier that the processes share.
  ///
  /// @param tier keeps copies; what is true stands in the database
  /// @throws io.stoker.StokerException if the database cannot be used
  static AnswerStore on(StateDatabase state, SharedAnswerCache tier, Time time) {
    return JdbcAnswerStore.on(JdbcStateDatabase.of(state), tier, time);
  }

  /// The same, whose answers are read from a tier that the processes share.
  ///
  /// @param tier keeps copies; what is true stands in the database
  /// @throws io.stoker.StokerException if the database cannot be used
  static AnswerStore postgres(DataSource dataSource, SharedAnswerCache tier, Time time) {
    return JdbcAnswerStore.alone(JdbcStateDatabase.postgres(dataSource), tier, time);
  }

  /// For owners.
  AnswerQueue queue();

  /// For workers.
  AnswerClaims claims();

  /// For viewers.
  AnswerLog log();

  /// The answers themselves.
  AnswerEntries entries();

  /// The corpus of the stock pipeline.
  AnswerDocuments documents();

  /// A text kept under a name, such as settings changed while running.
  Optional<String> note(String name);

  /// Keeps a text under a name.
  void note(String name, String text);

  /// Finishes what is being written, and closes what this store has opened.
  @Override
  void close();
}
