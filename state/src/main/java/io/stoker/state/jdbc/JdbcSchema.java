package io.stoker.state.jdbc;

import org.jspecify.annotations.Nullable;

/// The tables of one warmer, created by the Flyway scripts in `io/stoker/<warmer>/sqlite` and
/// `io/stoker/<warmer>/postgres`.
///
/// @param warmer the name of the warmer's package
/// @param lock the row that exclusive transactions lock first, so that one runs at a time across
///   all processes, written as after `FROM`; null if there are none
public record JdbcSchema(String warmer, @Nullable String lock) {

  /// A LIKE pattern that matches every [#history()].
  static final String ANY_HISTORY = "stoker%history";

  /// The table of Flyway's history.
  String history() {
    return "stoker_" + warmer + "_history";
  }

  /// The folder of the scripts on the class path.
  String scripts(String dialect) {
    return "io/stoker/" + warmer + "/" + dialect;
  }
}
