package io.stoker.answers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.Digests;
import io.stoker.Time;
import io.stoker.state.jdbc.JdbcSchema;
import io.stoker.state.jdbc.JdbcTransactions;
import io.stoker.state.jdbc.JdbcTransactions.Work;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/// The tables of answers, as the parts of their store use them. Thread-safe.
///
/// All transactions that write, but for those that only claim, first lock the row that has the
/// newest event's number. So events become visible in the order of their numbers, and no two of
/// these transactions can be in a deadlock.
final class JdbcAnswerDatabase implements AutoCloseable {

  static final JdbcSchema TABLES = new JdbcSchema("answers", "stoker.counter WHERE name = 'log'");

  private final JdbcTransactions database;
  private final JdbcAnswerDialect sql;
  private final Time time;

  JdbcAnswerDatabase(JdbcTransactions database, Time time) {
    this.database = database;
    this.sql = JdbcAnswerDialect.of(database.dialect());
    this.time = time;
  }

  JdbcAnswerDialect sql() {
    return sql;
  }

  /// The time of this process, as exact as it can be kept.
  Instant now() {
    return time.now().truncatedTo(ChronoUnit.MICROS);
  }

  /// Reads.
  ///
  /// @param purpose what for, as in "could not ..."
  <T> T read(String purpose, Work<T> work) {
    return database.read(purpose, work);
  }

  /// Writes in a transaction, of which there is one at a time among all processes.
  ///
  /// @param purpose what for, as in "could not ..."
  <T> T write(String purpose, Work<T> work) {
    return database.write(purpose, work);
  }

  /// Whether [#claim(String, Work)] can be used.
  boolean claimsConcurrently() {
    return database.writesConcurrently();
  }

  /// Writes in a transaction beside others. It must wait for no row that another has locked.
  <T> T claim(String purpose, Work<T> work) {
    return database.writeConcurrently(purpose, work);
  }

  /// The constant of an enum that a number in a database stands for.
  static <E extends Enum<E>> E fromCode(E[] all, ToIntFunction<E> code, int number) {
    return Stream.of(all)
        .filter(one -> code.applyAsInt(one) == number)
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "expected the code of one of " + List.of(all) + ", got " + number));
  }

  /// A short stand-in for texts that may be longer than an index of Postgres takes.
  static String digest(String... texts) {
    var digest = Digests.sha256();
    for (var text : texts) {
      digest.update(text.getBytes(UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void close() {
    database.close();
  }
}
