package io.stoker.server;

import io.stoker.server.access.ConfiguredToken;
import io.stoker.server.access.Role;
import io.stoker.server.access.StoredToken;
import io.stoker.server.access.TokenFile;
import io.stoker.server.access.TokenRestriction;
import io.stoker.server.access.Tokens;
import java.nio.file.Path;
import java.time.Instant;

/// Makes and revokes tokens, as the commands do.
public final class TestTokens {

  private TestTokens() {}

  /// Adds a token to a file.
  ///
  /// @return the token itself
  public static String create(Path file, String name, String role) {
    return create(file, name, role, TokenRestriction.NONE);
  }

  /// Adds a token that is bound.
  ///
  /// @return the token itself
  public static String create(Path file, String name, String role, TokenRestriction restriction) {
    var token = StoredToken.newSecret();
    create(file, name, role, restriction, token);
    return token;
  }

  /// Adds this token.
  public static void create(
      Path file, String name, String role, TokenRestriction restriction, String token) {
    new TokenFile(file)
        .add(
            new StoredToken(
                name,
                Role.of(role).orElseThrow(),
                ConfiguredToken.hash(token),
                Instant.parse("2026-11-21T16:00:00Z"),
                restriction));
  }

  /// Takes one out of a file.
  public static void revoke(Path file, String name) {
    new TokenFile(file).remove(name);
  }

  /// Those of a file, as a server has them.
  public static Tokens in(Path file) {
    return new Tokens(null, new TokenFile(file));
  }

  /// A token of the settings.
  public static ConfiguredToken own(String secret) {
    return new ConfiguredToken(secret);
  }
}
