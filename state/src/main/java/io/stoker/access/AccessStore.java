package io.stoker.access;

import io.stoker.StokerException;
import io.stoker.state.StateDatabase;
import io.stoker.state.jdbc.JdbcStateDatabase;
import java.time.Instant;
import java.util.List;

/// Tokens that callers show, and cookies that were ended, in the state database. Thread-safe.
///
/// What a token's entry says is for whoever writes and reads it; it has no secret in it. All
/// methods throw [StokerException] if the database does not answer.
public interface AccessStore extends AutoCloseable {

  /// Creates the tables, or brings them up to date, and opens them. Closes no database.
  ///
  /// @throws StokerException if the database cannot be used
  static AccessStore on(StateDatabase state) {
    return new JdbcAccessStore(JdbcStateDatabase.of(state));
  }

  /// The entries of all tokens, by their names.
  List<String> tokens();

  /// Adds a token.
  ///
  /// @return false if there is one of that name; nothing has changed then
  boolean addToken(String name, String entry);

  /// Takes a token out.
  ///
  /// @return false if there is none of that name
  boolean removeToken(String name);

  /// Ends a cookie, and forgets those whose time has passed.
  ///
  /// @param until when it would have ended by itself
  void revokeCookie(String id, Instant until, Instant now);

  /// The ids of cookies that were ended before their time, which has not passed.
  List<String> revokedCookies(Instant now);

  /// Finishes what is being written.
  @Override
  void close();
}
