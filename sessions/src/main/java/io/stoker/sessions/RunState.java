package io.stoker.sessions;

import java.util.Locale;

/// The state of a warm run: running, or how it ended.
public enum RunState {
  /// Still running.
  RUNNING,
  /// Every selected session was warmed or deliberately skipped.
  COMPLETED,
  /// Every selected session was tried, and some failed.
  COMPLETED_WITH_FAILURES,
  /// The deadline expired.
  TIMED_OUT,
  /// The run was cancelled.
  CANCELLED,
  /// The source could not be reached, failed during the run, or rejected the query.
  SOURCE_UNREACHABLE,
  /// The cache could not be reached, failed during the run, or rejected commands.
  CACHE_UNREACHABLE,
  /// The source has no unexpired session that was active within the window.
  NOTHING_ELIGIBLE,
  /// The cache was warm already, so nothing was done.
  ALREADY_WARM,
  /// Another node is warming, so this one did nothing or stopped.
  SKIPPED_OTHER_NODE;

  /// Whether every selected session was tried.
  boolean isComplete() {
    return switch (this) {
      case COMPLETED, COMPLETED_WITH_FAILURES, NOTHING_ELIGIBLE -> true;
      case RUNNING,
          TIMED_OUT,
          CANCELLED,
          SOURCE_UNREACHABLE,
          CACHE_UNREACHABLE,
          ALREADY_WARM,
          SKIPPED_OTHER_NODE ->
          false;
    };
  }

  /// The state as APIs report it: `completed-with-failures`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
