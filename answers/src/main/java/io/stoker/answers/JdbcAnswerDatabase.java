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

/// The transactions of the answer tables, shared by the adapters of the store. Thread-safe.
///
/// Every writing transaction, except a concurrent claim, first locks the row with the number of the
/// newest event. So events become visible in the order of their numbers, and these transactions
/// cannot deadlock.
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

  /// The time of this process, in the precision of the database.
  Instant now() {
    return time.now().truncatedTo(ChronoUnit.MICROS);
  }

  /// Runs a read.
  ///
  /// @param purpose for error messages: "could not ..."
  <T> T read(String purpose, Work<T> work) {
    return database.read(purpose, work);
  }

  /// Runs a writing transaction, one at a time among all processes.
  ///
  /// @param purpose for error messages: "could not ..."
  <T> T write(String purpose, Work<T> work) {
    return database.write(purpose, work);
  }

  /// Whether [#claim(String, Work)] is supported.
  boolean claimsConcurrently() {
    return database.writesConcurrently();
  }

  /// Runs a writing transaction concurrently with others. It must never wait for a row lock.
  <T> T claim(String purpose, Work<T> work) {
    return database.writeConcurrently(purpose, work);
  }

  /// The enum constant with this code.
  static <E extends Enum<E>> E fromCode(E[] all, ToIntFunction<E> code, int number) {
    return Stream.of(all)
        .filter(one -> code.applyAsInt(one) == number)
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "expected the code of one of " + List.of(all) + ", got " + number));
  }

  /// The SHA-256 of texts that may be too long for a Postgres index, in hexadecimal.
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
