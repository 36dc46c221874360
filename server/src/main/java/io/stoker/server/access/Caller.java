package io.stoker.server.access;

import java.security.Principal;

/// Who sends a request.
///
/// @param name the name of its token; [ConfiguredToken#NAME] for that of the settings
/// @param role what it may do
/// @param tokenHash the SHA-256 of its token in hexadecimal digits; empty if nothing was asked for
/// @param restriction what its token is restricted to
/// @param cookie the id of the cookie that it showed in the place of its token; empty for none
public record Caller(
    String name, Role role, String tokenHash, TokenRestriction restriction, String cookie)
    implements Principal {

  /// Everybody, where no token is asked for.
  public static final Caller ANYBODY =
      new Caller("anybody", Role.OPERATOR, "", TokenRestriction.NONE);

  /// Who shows its token itself.
  Caller(String name, Role role, String tokenHash, TokenRestriction restriction) {
    this(name, role, tokenHash, restriction, "");
  }

  /// The same by another cookie.
  ///
  /// @param id empty for none
  public Caller withCookie(String id) {
    return new Caller(name, role, tokenHash, restriction, id);
  }

  @Override
  public String getName() {
    return name;
  }

  /// Name and role, and nothing of the token.
  @Override
  public String toString() {
    return name + " (" + role.word() + ")";
  }
}
