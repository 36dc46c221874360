package io.stoker.server.cli;

import io.stoker.StokerException;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;

/// The exit codes of commands.
enum ExitCode {
  /// Success, or nothing to do.
  OK(0),
  /// Some sessions failed or too few were verified; a check of the doctor failed; a batch has
  /// failures; or the server rejected a request.
  BELOW_TARGET(1),
  /// Invalid arguments or settings.
  USAGE(2),
  /// Postgres or the server did not answer or refused.
  SOURCE_UNREACHABLE(3),
  /// Redis did not answer or refused.
  CACHE_UNREACHABLE(4),
  /// The deadline expired.
  DEADLINE(5),
  /// Another node is warming.
  OTHER_NODE(6),
  /// Interrupted, such as by Ctrl-C.
  INTERRUPTED(130);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static ExitCode of(StokerException failure) {
    return switch (failure.code()) {
      case SOURCE_UNREACHABLE, SOURCE_REFUSED -> SOURCE_UNREACHABLE;
      case CACHE_UNREACHABLE, CACHE_REFUSED -> CACHE_UNREACHABLE;
    };
  }

  /// @param interrupted whether a signal cancelled the run
  static ExitCode of(SessionPlan plan, SessionReport report, boolean interrupted) {
    return switch (report.state()) {
      case COMPLETED, COMPLETED_WITH_FAILURES -> isGood(plan, report) ? OK : BELOW_TARGET;
      case NOTHING_ELIGIBLE, ALREADY_WARM -> OK;
      case TIMED_OUT -> DEADLINE;
      case CANCELLED -> interrupted ? INTERRUPTED : OTHER_NODE;
      case SOURCE_UNREACHABLE -> SOURCE_UNREACHABLE;
      case CACHE_UNREACHABLE -> CACHE_UNREACHABLE;
      case SKIPPED_OTHER_NODE -> OTHER_NODE;
      case RUNNING -> throw new IllegalArgumentException("a running run has no exit code");
    };
  }

  private static boolean isGood(SessionPlan plan, SessionReport report) {
    return report.counts().totalFailed() == 0 && (plan.dryRun() || report.meetsTarget());
  }
}
