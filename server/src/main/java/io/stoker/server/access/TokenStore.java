package io.stoker.server.access;

import io.stoker.StokerException;
import io.stoker.access.AccessStore;
import io.stoker.server.wire.InvalidValueException;
import java.util.List;

/// The storage of tokens: a file, or the state database that several servers share. Thread-safe.
public sealed interface TokenStore permits TokenFile, TokenTable {

  /// The tokens in the state database.
  static TokenStore in(AccessStore store) {
    return new TokenTable(store);
  }

  /// Reads all tokens.
  ///
  /// @throws InvalidValueException naming the first that is malformed, or the file if it cannot be
  ///   read
  /// @throws StokerException if the database does not answer
  List<StoredToken> read();

  /// Adds a token.
  ///
  /// @throws InvalidValueException if there is one of that name, or a file cannot be written
  /// @throws StokerException if the database does not answer
  void add(StoredToken token);

  /// Removes the token with this name.
  ///
  /// @throws InvalidValueException if there is none, or a file cannot be written
  /// @throws StokerException if the database does not answer
  void remove(String name);

  /// The failure to add a token whose name exists.
  static InvalidValueException taken(String name) {
    return new InvalidValueException(
        "--name", "there is a token " + name + ". Choose another name, or revoke it first");
  }

  /// The failure to remove a token that does not exist.
  static InvalidValueException unknown(String name, TokenStore place) {
    return new InvalidValueException("NAME", "there is no token " + name + " in " + place);
  }
}
