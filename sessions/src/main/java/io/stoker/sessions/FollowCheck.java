package io.stoker.sessions;

import java.util.Optional;

/// Whether one thing that following needs is there.
///
/// @param name what it is about, in a word or two
/// @param holds whether it is there
/// @param found what there is
/// @param sql what an administrator runs if it is not; empty if that is no SQL
/// @param advice what else there is to do; empty if nothing
public record FollowCheck(String name, boolean holds, String found, String sql, String advice) {

  static FollowCheck ok(String name, String found) {
    return new FollowCheck(name, true, found, "", "");
  }

  static FollowCheck missing(String name, String found, String sql, String advice) {
    return new FollowCheck(name, false, found, sql, advice);
  }

  /// What to do; nothing if it is there.
  public Optional<String> remedy() {
    if (holds) {
      return Optional.empty();
    }
    return Optional.of(
        sql.isEmpty() ? advice : "Run: " + sql + (advice.isEmpty() ? "" : " " + advice));
  }
}
