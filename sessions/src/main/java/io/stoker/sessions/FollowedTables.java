package io.stoker.sessions;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The tables behind a mapping whose changes are followed, declared in a comment of its SELECT:
///
/// ```
/// -- follow: {session: {table: platform.user_sessions, key: token}, user: {table: platform.users, key: id}}
/// ```
///
/// @param session the table with a row for each session; its key column holds the token's hash
/// @param user the table with a row for each user; its key column holds what the mapping yields as
///   `user_id`; null if the mapping knows no such table
public record FollowedTables(Table session, @Nullable Table user) {

  private static final String NAME = "(?:\"[^\"\n]+\"|[\\w$]+)";
  private static final String TABLE =
      "\\{\\s*table:\\s*(" + NAME + "(?:\\." + NAME + ")?)\\s*,\\s*key:\\s*(" + NAME + ")\\s*}";
  private static final Pattern DECLARATION =
      Pattern.compile(
          "--\\s*follow:\\s*\\{\\s*session:\\s*"
              + TABLE
              + "\\s*(?:,\\s*user:\\s*"
              + TABLE
              + ")?\\s*}");
  private static final Pattern ATTEMPT = Pattern.compile("--\\s*follow:([^\n]*)");

  /// A followed table.
  ///
  /// @param name as SQL has it, with or without a schema
  /// @param key the column that tells its rows apart
  public record Table(String name, String key) {

    /// The column's name as Postgres' catalogue has it.
    String column() {
      return key.startsWith("\"")
          ? key.substring(1, key.length() - 1)
          : key.toLowerCase(Locale.ROOT);
    }
  }

  /// What a mapping declares; nothing if it declares nothing.
  ///
  /// @throws IllegalArgumentException if it declares something that cannot be understood
  public static Optional<FollowedTables> of(SessionMapping mapping) {
    var attempt = ATTEMPT.matcher(mapping.sql());
    if (!attempt.find()) {
      return Optional.empty();
    }
    var declaration = DECLARATION.matcher(mapping.sql());
    if (!declaration.find()) {
      throw new IllegalArgumentException(
          "expected \"-- follow: {session: {table: T, key: COLUMN}, user: {table: T, key: COLUMN}}\""
              + " on one line of the mapping, got \""
              + attempt.group(1).strip()
              + "\"");
    }
    var user =
        declaration.group(3) == null ? null : new Table(declaration.group(3), declaration.group(4));
    return Optional.of(
        new FollowedTables(new Table(declaration.group(1), declaration.group(2)), user));
  }

  static IllegalArgumentException undeclared() {
    return new IllegalArgumentException(
        "expected the mapping to say which tables to follow, in a line such as \"-- follow: {session:"
            + " {table: app.sessions, key: token_hash}, user: {table: app.users, key: id}}\", got"
            + " none");
  }
}
