package io.stoker.server.http;

import io.stoker.server.access.Caller;
import io.stoker.server.access.Role;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// The access rule of a route: the roles that may call it, and restrictions on their tokens.
enum Access {
  /// Everyone, even without a token.
  OPEN,
  /// Every role except `metrics`.
  AUTHENTICATED,
  /// Roles that read metrics.
  SCRAPE,
  /// Roles that read everything.
  READ,
  /// Roles that read everything, and clients restricted to a tenant, for that tenant's data.
  READ_OWN,
  /// Applications and operators.
  USE,
  /// Applications and operators with unrestricted tokens, since the route concerns all users.
  USE_UNRESTRICTED,
  /// Operators: the route changes the server or its behaviour for everyone.
  OPERATE;

  List<Role> roles() {
    return switch (this) {
      case OPEN -> List.of(Role.values());
      case AUTHENTICATED, READ_OWN -> List.of(Role.VIEWER, Role.CLIENT, Role.OPERATOR);
      case SCRAPE -> List.of(Role.METRICS, Role.VIEWER, Role.OPERATOR);
      case READ -> List.of(Role.VIEWER, Role.OPERATOR);
      case USE, USE_UNRESTRICTED -> List.of(Role.CLIENT, Role.OPERATOR);
      case OPERATE -> List.of(Role.OPERATOR);
    };
  }

  /// Checks a caller.
  ///
  /// @param caller null if it sent no token
  /// @throws ProblemException if it is not allowed
  void require(@Nullable Caller caller) {
    if (this == OPEN) {
      return;
    }
    if (caller == null) {
      throw new ProblemException(Authenticator.UNKNOWN_CALLER);
    }
    if (!roles().contains(caller.role())) {
      throw new ProblemException(wrongRole(caller));
    }
    if (this == USE_UNRESTRICTED && !caller.restriction().isNone()) {
      throw new ProblemException(
          HttpStatus.FORBIDDEN,
          "bound-token",
          "expected a token that is not bound to a tenant or a scope, since this concerns all"
              + " users, got "
              + caller.name());
    }
    if (this == READ_OWN
        && caller.role() == Role.CLIENT
        && caller.restriction().tenant().isEmpty()) {
      throw new ProblemException(
          HttpStatus.FORBIDDEN,
          "unbound-token",
          "expected a token of the role viewer or operator, or a client token that is bound to a"
              + " tenant ('./stoker token create --role client --tenant NAME'), got "
              + caller.name()
              + " of the role client");
    }
  }

  private Problem wrongRole(Caller caller) {
    var expected = roles().stream().map(Role::label).collect(Collectors.joining(" or "));
    return new Problem(
        HttpStatus.FORBIDDEN,
        "wrong-role",
        "expected a token of the role "
            + expected
            + ", got "
            + caller.name()
            + " of the role "
            + caller.role().label()
            + ". Such a token is made with './stoker token create --role "
            + roles().getFirst().label()
            + " --name NAME'");
  }
}
