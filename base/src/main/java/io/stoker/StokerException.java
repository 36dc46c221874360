package io.stoker;

import org.jspecify.annotations.Nullable;

/// A store that Stoker depends on failed: the source of sessions, a cache or the state database.
/// Failed calls to models and applications are [CallException]s.
///
/// The [code][#code()] is for programs, the message for people: it says what was expected, what it
/// got and what to do. Messages never hold passwords or tokens.
public final class StokerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// What kind of failure it is.
  public enum Code {
    /// The source (Postgres) cannot be reached, broke off or took too long.
    SOURCE_UNREACHABLE,
    /// The source answered, and refuses or cannot serve the query: privileges, row-level security,
    /// a missing table, a query without the required columns.
    SOURCE_REFUSED,
    /// The cache (Redis) cannot be reached, broke off or took too long.
    CACHE_UNREACHABLE,
    /// The cache answered, and refuses: wrong password, read-only replica, out of memory.
    CACHE_REFUSED
  }

  private final Code code;

  /// @param cause what was caught; null if nothing was
  public StokerException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /// What kind of failure it is.
  public Code code() {
    return code;
  }
}
