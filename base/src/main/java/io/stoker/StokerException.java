package io.stoker;

import org.jspecify.annotations.Nullable;

/// Thrown when a store that Stoker depends on fails: the source of sessions, a cache or the state
/// database. Failed calls to models and applications are [CallException]s.
///
/// The [code][#code()] is for programs, the message for operators. Messages never contain passwords
/// or tokens.
public final class StokerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /// What kind of failure it is.
  public enum Code {
    /// No connection to the source (Postgres), or the connection broke or timed out.
    SOURCE_UNREACHABLE,
    /// The source rejected the query: privileges, row-level security, a missing table, a query
    /// without the required columns.
    SOURCE_REFUSED,
    /// No connection to the cache (Redis), or the connection broke or timed out.
    CACHE_UNREACHABLE,
    /// The cache rejected the command: wrong password, read-only replica, out of memory.
    CACHE_REFUSED
  }

  private final Code code;

  /// @param cause null for none
  public StokerException(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /// What kind of failure it is.
  public Code code() {
    return code;
  }
}
