package io.stoker.server.access;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What a caller is there for, and so what it may do.
public enum Role {
  /// Sees what the console shows, and changes nothing.
  VIEWER,
  /// An application: asks, chats, keeps its conversations warm, signs users out.
  CLIENT,
  /// Prometheus: reads metrics, and nothing else.
  METRICS,
  /// Whoever runs the server; may do everything.
  OPERATOR;

  /// What it is called outside.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Their names, for people.
  public static String words() {
    var words = Stream.of(values()).map(Role::word).toList();
    int last = words.size() - 1;
    return String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }

  /// The role of that name; empty if there is none.
  public static Optional<Role> of(String word) {
    return Stream.of(values()).filter(role -> role.word().equals(word)).findFirst();
  }
}
