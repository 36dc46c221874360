package io.stoker.server.access;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The role of a token, which decides what its caller may do.
public enum Role {
  /// Reads everything that the console shows; changes nothing.
  VIEWER,
  /// An application: asks questions, chats, keeps its conversations warm, signs users out.
  CLIENT,
  /// Prometheus: reads metrics and nothing else.
  METRICS,
  /// May do everything.
  OPERATOR;

  /// The name in token files, JSON and commands.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// All labels, as a phrase for messages.
  public static String labels() {
    var labels = Stream.of(values()).map(Role::label).toList();
    int last = labels.size() - 1;
    return String.join(", ", labels.subList(0, last)) + " or " + labels.get(last);
  }

  /// The role with this label; empty if there is none.
  public static Optional<Role> of(String label) {
    return Stream.of(values()).filter(role -> role.label().equals(label)).findFirst();
  }
}
