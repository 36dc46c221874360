package io.stoker.server.http;

import io.stoker.server.access.Caller;
import io.stoker.server.access.Role;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// Who may call a route.
enum Access {
  /// Anybody, also without a token.
  OPEN,
  /// Whoever has a token for more than metrics.
  AUTHENTICATED,
  /// Who reads metrics.
  SCRAPE,
  /// Who watches the server.
  READ,
  /// Who watches the server; and clients that are bound to a tenant, for what is their own.
  READ_OWN,
  /// What applications need.
  USE,
  /// What applications need that is about all users, and so not for clients that are bound.
  USE_UNRESTRICTED,
  /// What changes the server, or how it works for all.
  OPERATE;

  /// The roles that may.
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

  /// Checks that a caller may.
  ///
  /// @param caller null if it showed no token
  /// @throws ProblemException if it may not
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
          new Problem(
              HttpStatus.FORBIDDEN,
              "bound-token",
              "expected a token that is not bound to a tenant or a scope, since this is about all"
                  + " users, got "
                  + caller.name()));
    }
    if (this == READ_OWN
        && caller.role() == Role.CLIENT
        && caller.restriction().tenant().isEmpty()) {
      throw new ProblemException(
          new Problem(
              HttpStatus.FORBIDDEN,
              "unbound-token",
              "expected a token of the role viewer or operator, or one of a client that is bound to a"
                  + " tenant ('./stoker token create --role client --tenant NAME'), got "
                  + caller.name()
                  + " of the role client"));
    }
  }

  private Problem wrongRole(Caller caller) {
    var expected = roles().stream().map(Role::word).collect(Collectors.joining(" or "));
    return new Problem(
        HttpStatus.FORBIDDEN,
        "wrong-role",
        "expected a token of the role "
            + expected
            + ", got "
            + caller.name()
            + " of the role "
            + caller.role().word()
            + ". Such a token is made with './stoker token create --role "
            + roles().getFirst().word()
            + " --name NAME'");
  }
}
