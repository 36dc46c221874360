package io.stoker.sessions;

import io.stoker.PgBouncerErrors;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.TextRules;
import io.stoker.WarmOutcome;
import java.sql.SQLException;
import java.util.Optional;

/// Translates the database driver's exceptions.
///
/// Classes of SQLSTATE are listed in the PostgreSQL manual, appendix A.
final class SourceErrors {

  private static final String DATA_EXCEPTION = "22";

  private SourceErrors() {}

  static StokerException of(String action, SQLException caught) {
    var e = driver(caught);
    var state = String.valueOf(e.getSQLState());
    var error = TextRules.phrase(e.getMessage());
    var pool = PgBouncerErrors.remedy(e.getMessage());
    if (pool.isPresent()) {
      return refused(action, error, pool.get(), e);
    }
    return switch (state) {
      case "42501" -> refused(action, error, "Grant SELECT on the tables of the mapping", e);
      case "42P01", "3F000" ->
          refused(
              action,
              error,
              "Check the mapping's SELECT, or set the mapping to a SELECT of your own tables"
                  + " (stoker.sessions.mapping, --mapping; docs/how-to/own-select.md)",
              e);
      case "57014" ->
          unreachable(action, error, "Raise the deadline or look for a missing index", e);
      case "53300" -> unreachable(action, error, "Raise max_connections or use a pool", e);
      default ->
          switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "28", "3D" ->
                refused(action, error, "Check user, password and database in DATABASE_URL", e);
            case "42", DATA_EXCEPTION, "0A" ->
                refused(action, error, "Check the mapping's SELECT", e);
            default ->
                unreachable(action, error, "Check that Postgres runs and DATABASE_URL is right", e);
          };
    };
  }

  /// The outcome for a row that Postgres could not convert; empty if it failed for another reason.
  static Optional<WarmOutcome.Failed> unreadable(SQLException caught) {
    var e = driver(caught);
    return String.valueOf(e.getSQLState()).startsWith(DATA_EXCEPTION)
        ? Optional.of(new WarmOutcome.Failed(TextRules.phrase(e.getMessage()), false))
        : Optional.empty();
  }

  /// The driver's exception, which a pool may wrap.
  private static SQLException driver(SQLException caught) {
    return caught.getCause() instanceof SQLException driver ? driver : caught;
  }

  private static StokerException refused(
      String action, String error, String advice, SQLException e) {
    return new StokerException(
        Code.SOURCE_REFUSED, "Postgres refused to " + action + ": " + error + ". " + advice, e);
  }

  private static StokerException unreachable(
      String action, String error, String advice, SQLException e) {
    return new StokerException(
        Code.SOURCE_UNREACHABLE, "Postgres could not " + action + ": " + error + ". " + advice, e);
  }
}
