package io.stoker.server.access;

import io.stoker.access.AccessStore;
import io.stoker.server.wire.InvalidValueException;
import java.util.List;

/// Tokens in the state database, each stored as the line that it would have in a [TokenFile].
final class TokenTable implements TokenStore {

  private final AccessStore store;

  TokenTable(AccessStore store) {
    this.store = store;
  }

  @Override
  public List<StoredToken> read() {
    return store.tokens().stream().map(TokenTable::parsed).toList();
  }

  private static StoredToken parsed(String entry) {
    try {
      return StoredToken.parse(entry);
    } catch (IllegalArgumentException e) {
      throw new InvalidValueException(
          "stoker.answers.database-url",
          "the table stoker.token has a malformed row: " + e.getMessage());
    }
  }

  @Override
  public void add(StoredToken token) {
    if (!store.addToken(token.name(), token.line())) {
      throw TokenStore.taken(token.name());
    }
  }

  @Override
  public void remove(String name) {
    if (!store.removeToken(name)) {
      throw TokenStore.unknown(name, this);
    }
  }

  @Override
  public String toString() {
    return "the state database";
  }
}
