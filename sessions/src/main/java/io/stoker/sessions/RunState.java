package io.stoker.sessions;

import java.util.Locale;

/// Where a warm run stands, or how it ended.
public enum RunState {
  /// Not over yet.
  RUNNING,
  /// Every selected session was warmed or left alone on purpose.
  COMPLETED,
  /// Every selected session was tried, and some failed.
  COMPLETED_WITH_FAILURES,
  /// The deadline came first.
  TIMED_OUT,
  /// Somebody stopped it.
  CANCELLED,
  /// The source broke off, was never reached or refuses.
  SOURCE_UNREACHABLE,
  /// The cache broke off, was never reached or refuses.
  CACHE_UNREACHABLE,
  /// The source is fine, and has no session that is alive and was active within the window.
  NOTHING_ELIGIBLE,
  /// The cache had been warmed already, so nothing was done.
  ALREADY_WARM,
  /// Another node is warming, so nothing was done.
  SKIPPED_OTHER_NODE;

  /// The state in the form of the wire: `completed-with-failures`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
