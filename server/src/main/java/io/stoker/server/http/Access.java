package io.stoker.server.http;

import io.stoker.server.access.Caller;
import io.stoker.server.access.Role;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/// Who may pass a door.
enum Access {
  /// Anybody, also without a token.
  OPEN,
  /// Whoever has a token.
  KNOWN,
  /// Who watches the server.
  READ,
  /// What applications need.
  USE,
  /// What changes the server, or how it works for all.
  OPERATE;

  /// The roles that may pass.
  List<Role> roles() {
    return switch (this) {
      case OPEN, KNOWN -> List.of(Role.values());
      case READ -> List.of(Role.VIEWER, Role.OPERATOR);
      case USE -> List.of(Role.CLIENT, Role.OPERATOR);
      case OPERATE -> List.of(Role.OPERATOR);
    };
  }

  /// Lets a caller pass, or not.
  ///
  /// @param caller null if nobody knows who it is
  /// @throws Refusal if it may not
  void require(@Nullable Caller caller) {
    if (this == OPEN) {
      return;
    }
    if (caller == null) {
      throw new Refusal(Reception.UNKNOWN_CALLER);
    }
    if (!roles().contains(caller.role())) {
      throw new Refusal(wrongRole(caller));
    }
  }

  private Problem wrongRole(Caller caller) {
    var wanted = roles().stream().map(Role::word).collect(Collectors.joining(" or "));
    return new Problem(
        HttpStatus.FORBIDDEN,
        "wrong-role",
        "wanted a token of the role "
            + wanted
            + ", but came "
            + caller.name()
            + " of the role "
            + caller.role().word()
            + ". Such a token is made with './stoker token create --role "
            + roles().getFirst().word()
            + " --name NAME'");
  }
}
