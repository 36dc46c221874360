package io.stoker.access;

import io.stoker.StokerException;
import io.stoker.state.StateDatabase;
import io.stoker.state.jdbc.JdbcStateDatabase;
import java.time.Instant;
import java.util.List;

/// API tokens and revoked session cookies in the state database. Thread-safe.
///
/// A token's entry is opaque here and contains no secret. All methods throw [StokerException] if
/// the database does not answer.
public interface AccessStore extends AutoCloseable {

  /// Opens a store, after creating its tables or migrating them. Closing it leaves the database
  /// open.
  ///
  /// @throws StokerException if the database cannot be used
  static AccessStore on(StateDatabase state) {
    return new JdbcAccessStore(JdbcStateDatabase.of(state));
  }

  /// The entries of all tokens, sorted by name.
  List<String> tokens();

  /// Adds a token.
  ///
  /// @return false, with nothing changed, if there is one of that name
  boolean addToken(String name, String entry);

  /// Removes a token.
  ///
  /// @return false if there is none of that name
  boolean removeToken(String name);

  /// Revokes a cookie, and deletes expired revocations.
  ///
  /// @param until when the cookie expires by itself
  void revokeCookie(String id, Instant until, Instant now);

  /// The ids of revoked cookies that have not expired yet.
  List<String> revokedCookies(Instant now);

  /// Waits for pending writes, and closes the store.
  @Override
  void close();
}
