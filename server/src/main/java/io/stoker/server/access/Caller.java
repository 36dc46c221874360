package io.stoker.server.access;

import java.security.Principal;

/// The authenticated sender of a request.
///
/// @param name the name of its token; [ConfiguredToken#NAME] for the one in the settings
/// @param role what it may do
/// @param tokenHash the SHA-256 of its token in hexadecimal digits; empty if no token is required
/// @param restriction what its token is restricted to
/// @param cookie the id of the cookie that it sent instead of its token; empty for none
public record Caller(
    String name, Role role, String tokenHash, TokenRestriction restriction, String cookie)
    implements Principal {

  /// Every caller where no token is required.
  public static final Caller ANYBODY =
      new Caller("anybody", Role.OPERATOR, "", TokenRestriction.NONE);

  /// A caller that sends the token itself.
  Caller(String name, Role role, String tokenHash, TokenRestriction restriction) {
    this(name, role, tokenHash, restriction, "");
  }

  /// A copy with another cookie.
  ///
  /// @param id empty for none
  public Caller withCookie(String id) {
    return new Caller(name, role, tokenHash, restriction, id);
  }

  @Override
  public String getName() {
    return name;
  }

  /// Name and role, without the token's hash.
  @Override
  public String toString() {
    return name + " (" + role.label() + ")";
  }
}
