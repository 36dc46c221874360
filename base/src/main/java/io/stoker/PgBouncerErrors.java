package io.stoker;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What to do about errors that PgBouncer reports in the place of Postgres.
///
/// Only the text identifies them: all have the SQLSTATE of a protocol violation.
public final class PgBouncerErrors {

  private PgBouncerErrors() {}

  /// What an operator should do about an error; empty if it is not one of PgBouncer's settings.
  ///
  /// @param message what the driver reports
  public static Optional<String> remedy(@Nullable String message) {
    var text = String.valueOf(message);
    if (text.contains("statement pooling mode")) {
      return Optional.of(
          "Set pool_mode = transaction in PgBouncer: it pools statements, and Stoker needs"
              + " transactions");
    }
    if (text.contains("unsupported startup parameter")) {
      return Optional.of(
          "Set ignore_startup_parameters = extra_float_digits in PgBouncer, which Java's driver"
              + " needs");
    }
    if (text.contains("prepared statement \"S_")) {
      return Optional.of(
          "Remove prepareThreshold from the URL, or set it to 0: PgBouncer pools transactions,"
              + " and named statements belong to a session");
    }
    return Optional.empty();
  }
}
