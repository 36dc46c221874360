package io.stoker.state.jdbc;

import org.jspecify.annotations.Nullable;

/// The tables of one warmer, which are made by the scripts in `io/stoker/<warmer>/sqlite` and
/// `io/stoker/<warmer>/postgres`.
///
/// @param warmer its name, as its package has it
/// @param lock which row the transactions lock first of which there is to be one at a time among
///   all processes, as it stands after `FROM`; null if there are none of this kind
public record JdbcSchema(String warmer, @Nullable String lock) {

  /// What all names of [#history()] are like.
  static final String ANY_HISTORY = "stoker%history";

  /// In which table the migrations that have run are noted.
  String history() {
    return "stoker_" + warmer + "_history";
  }

  /// Where the scripts are on the class path.
  String scripts(String dialect) {
    return "io/stoker/" + warmer + "/" + dialect;
  }
}
