package io.stoker.answers;

import io.stoker.Time;
import io.stoker.state.StateDatabase;
import io.stoker.state.jdbc.JdbcStateDatabase;
import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;

/// Everything about answers that is persisted: queue, log, cached answers, documents, settings.
/// Thread-safe.
public interface AnswerStore extends AutoCloseable {

  /// A store in memory, discarded on close.
  static AnswerStore inMemory(Time time) {
    return JdbcAnswerStore.alone(JdbcStateDatabase.inMemory(), null, time);
  }

  /// A store in a file, for one process.
  ///
  /// @param file created with its folder if missing
  /// @throws io.stoker.StokerException if the file cannot be used
  static AnswerStore sqlite(Path file, Time time) {
    return JdbcAnswerStore.alone(JdbcStateDatabase.sqlite(file), null, time);
  }

  /// A store in the schema `stoker` of a Postgres database, for any number of processes.
  ///
  /// Holds two connections while it is open, and one more for each read.
  ///
  /// @param dataSource a connection pool with the Postgres JDBC driver
  /// @throws io.stoker.StokerException if the database cannot be used
  static AnswerStore postgres(DataSource dataSource, Time time) {
    return JdbcAnswerStore.alone(JdbcStateDatabase.postgres(dataSource), null, time);
  }

  /// A store in a database shared with other stores. Closing it does not close the database.
  ///
  /// @throws io.stoker.StokerException if the database cannot be used
  static AnswerStore on(StateDatabase state, Time time) {
    return JdbcAnswerStore.on(JdbcStateDatabase.of(state), null, time);
  }

  /// A store in a shared database, with a cache of its answers in front.
  ///
  /// @throws io.stoker.StokerException if the database cannot be used
  static AnswerStore on(StateDatabase state, SharedAnswerCache cache, Time time) {
    return JdbcAnswerStore.on(JdbcStateDatabase.of(state), cache, time);
  }

  /// A store in a Postgres database, with a cache of its answers in front.
  ///
  /// @throws io.stoker.StokerException if the database cannot be used
  static AnswerStore postgres(DataSource dataSource, SharedAnswerCache cache, Time time) {
    return JdbcAnswerStore.alone(JdbcStateDatabase.postgres(dataSource), cache, time);
  }

  /// For operators.
  AnswerQueue queue();

  /// For workers.
  AnswerClaims claims();

  /// For viewers.
  AnswerLog log();

  /// The cached answers.
  AnswerEntries entries();

  /// The documents that the RAG pipeline answers from.
  AnswerDocuments documents();

  /// The value of a key, such as the settings that were changed at runtime.
  Optional<String> note(String name);

  /// Sets the value of a key.
  void note(String name, String text);

  /// Finishes pending writes, and closes what this store has opened.
  @Override
  void close();
}
