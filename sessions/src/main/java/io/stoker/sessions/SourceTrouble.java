package io.stoker.sessions;

import io.stoker.Outcome;
import io.stoker.StokerException;
import io.stoker.StokerException.Code;
import io.stoker.TextRules;
import java.sql.SQLException;
import java.util.Optional;

/// What an exception of the database driver means to an operator.
///
/// Classes of SQLSTATE are listed in the PostgreSQL manual, appendix A.
final class SourceTrouble {

  private static final String DATA_EXCEPTION = "22";

  private SourceTrouble() {}

  static StokerException of(String wanted, SQLException caught) {
    var e = driver(caught);
    var state = String.valueOf(e.getSQLState());
    var came = TextRules.phrase(e.getMessage());
    return switch (state) {
      case "42501" -> refused(wanted, came, "Grant SELECT on the tables of the mapping", e);
      case "57014" ->
          unreachable(wanted, came, "Raise the deadline or look for a missing index", e);
      case "53300" -> unreachable(wanted, came, "Raise max_connections or use a pool", e);
      default ->
          switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "28", "3D" ->
                refused(wanted, came, "Check user, password and database in DATABASE_URL", e);
            case "42", DATA_EXCEPTION, "0A" ->
                refused(wanted, came, "Check the mapping's SELECT", e);
            default ->
                unreachable(wanted, came, "Check that Postgres runs and DATABASE_URL is right", e);
          };
    };
  }

  /// Why Postgres could not make a row of what is stored; nothing if it failed for another reason.
  static Optional<Outcome.Failed> unreadable(SQLException caught) {
    var e = driver(caught);
    return String.valueOf(e.getSQLState()).startsWith(DATA_EXCEPTION)
        ? Optional.of(new Outcome.Failed(TextRules.phrase(e.getMessage()), false))
        : Optional.empty();
  }

  /// A pool wraps what the driver said.
  private static SQLException driver(SQLException caught) {
    return caught.getCause() instanceof SQLException driver ? driver : caught;
  }

  private static StokerException refused(
      String wanted, String came, String advice, SQLException e) {
    return new StokerException(
        Code.SOURCE_REFUSED, "Postgres refused to " + wanted + ": " + came + ". " + advice, e);
  }

  private static StokerException unreachable(
      String wanted, String came, String advice, SQLException e) {
    return new StokerException(
        Code.SOURCE_UNREACHABLE, "Postgres could not " + wanted + ": " + came + ". " + advice, e);
  }
}
