package io.stoker.server.access;

import io.stoker.StokerException;
import io.stoker.access.AccessStore;
import io.stoker.server.wire.InvalidValueException;
import java.util.List;

/// Where tokens are kept: in a file, or in the state database that several servers share.
/// Thread-safe.
public sealed interface TokenStore permits TokenFile, TokenTable {

  /// Those in the state database.
  static TokenStore in(AccessStore store) {
    return new TokenTable(store);
  }

  /// All tokens.
  ///
  /// @throws InvalidValueException if one makes no sense, or a file cannot be read; it says which
  /// @throws StokerException if the database does not answer
  List<StoredToken> read();

  /// Adds a token.
  ///
  /// @throws InvalidValueException if there is one of that name, or a file cannot be written
  /// @throws StokerException if the database does not answer
  void add(StoredToken token);

  /// Takes the token of that name out.
  ///
  /// @throws InvalidValueException if there is none, or a file cannot be written
  /// @throws StokerException if the database does not answer
  void remove(String name);

  /// Why a token cannot be added.
  static InvalidValueException taken(String name) {
    return new InvalidValueException(
        "--name", "there is a token " + name + ". Choose another name, or revoke it first");
  }

  /// Why a token cannot be taken out.
  static InvalidValueException unknown(String name, TokenStore place) {
    return new InvalidValueException("NAME", "there is no token " + name + " in " + place);
  }
}
