package io.stoker.server.access;

import java.security.Principal;

/// Who sends a request.
///
/// @param name the name of its token; [AccessToken#NAME] for that of the settings
/// @param role what it may do
/// @param tokenHash the SHA-256 of its token in hexadecimal digits; empty if nothing was asked for
/// @param binding what is its own
/// @param cookie the id of the cookie that it showed in the place of its token; empty for none
public record Caller(String name, Role role, String tokenHash, Binding binding, String cookie)
    implements Principal {

  /// Everybody, where no token is asked for.
  public static final Caller ANYBODY = new Caller("anybody", Role.OPERATOR, "", Binding.NONE);

  /// Who shows its token itself.
  Caller(String name, Role role, String tokenHash, Binding binding) {
    this(name, role, tokenHash, binding, "");
  }

  /// The same by another cookie.
  ///
  /// @param id empty for none
  public Caller with(String id) {
    return new Caller(name, role, tokenHash, binding, id);
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
