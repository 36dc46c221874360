package io.stoker.sessions;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/// A SELECT that maps a database's tables to login sessions.
///
/// A [#tokens(String) token mapping] yields `token_hash` (64 hexadecimal digits, all in upper or
/// all in lower case), `user_id`, `expires_at` and `last_activity_at` (both `timestamptz`); every
/// other column becomes a member of the entry. The mapping for Spring Session is predefined. The
/// SELECT must exclude deleted and banned users; conditions on expiry and the activity window are
/// added around it, so an index on `last_activity_at` serves it.
///
/// @param sql the SELECT, without parameters
/// @param layout the format of the entries in the cache
public record SessionMapping(String sql, Layout layout) {

  /// A semicolon, with any semicolons and line comments after it.
  private static final Pattern END = Pattern.compile(";(?:\\s++|;|--[^\n]*+)*+\\z");

  /// The format of entries in the cache.
  public enum Layout {
    /// A JSON string at the token's hash, read by [SessionCache].
    TOKENS,
    /// A hash at the session's id, read by Spring Session.
    SPRING_SESSION
  }

  /// Removes a trailing semicolon, and rejects an empty SELECT.
  public SessionMapping {
    sql = END.matcher(sql.strip()).replaceFirst("").strip();
    if (sql.isEmpty()) {
      throw new IllegalArgumentException("expected a SELECT, got an empty text");
    }
  }

  /// The mapping of `platform.user_sessions` joined with `platform.users`.
  public static SessionMapping standard() {
    return tokens(resource("sessions.sql"));
  }

  /// A token mapping by any SELECT that yields the columns named above.
  public static SessionMapping tokens(String sql) {
    return new SessionMapping(sql, Layout.TOKENS);
  }

  /// A token mapping by the SELECT in a file.
  ///
  /// @throws UncheckedIOException if the file cannot be read
  public static SessionMapping file(Path file) {
    try {
      return tokens(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException("the mapping file " + file + " cannot be read", e);
    }
  }

  /// The mapping of Spring Session JDBC's tables, `spring_session` and `spring_session_attributes`.
  public static SessionMapping springSession() {
    return new SessionMapping(resource("spring-session.sql"), Layout.SPRING_SESSION);
  }

  /// The columns that the SELECT must yield.
  List<String> requiredColumns() {
    return switch (layout) {
      case TOKENS -> List.of("token_hash", "user_id", "expires_at", "last_activity_at");
      case SPRING_SESSION -> List.of("session_id", "expires_at", "last_activity_at");
    };
  }

  private static String resource(String name) {
    try (var stream = SessionMapping.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(stream, name).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
