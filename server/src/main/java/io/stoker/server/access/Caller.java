package io.stoker.server.access;

import java.security.Principal;

/// Who sends a request.
///
/// @param name the name of its token; [AccessToken#NAME] for that of the settings
/// @param role what it may do
/// @param tokenHash the SHA-256 of its token in hexadecimal digits; empty if nothing was asked for
public record Caller(String name, Role role, String tokenHash) implements Principal {

  /// Everybody, where no token is asked for.
  public static final Caller ANYBODY = new Caller("anybody", Role.OPERATOR, "");

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
