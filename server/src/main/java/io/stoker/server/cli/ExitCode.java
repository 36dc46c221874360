package io.stoker.server.cli;

import io.stoker.StokerException;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;

/// What commands exit with.
enum ExitCode {
  /// All is well, or there was nothing to do.
  OK(0),
  /// Some sessions failed, or too few were found again; or the doctor found what does not work.
  BELOW_TARGET(1),
  /// The command was not understood.
  USAGE(2),
  /// Postgres, or the server that a command talks to, did not answer or refused.
  SOURCE_UNREACHABLE(3),
  /// Redis did not answer or refused.
  CACHE_UNREACHABLE(4),
  /// The deadline came first.
  DEADLINE(5),
  /// Another node is warming.
  OTHER_NODE(6),
  /// Somebody stopped it, as with Ctrl-C.
  INTERRUPTED(130);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static ExitCode of(StokerException trouble) {
    return switch (trouble.code()) {
      case SOURCE_UNREACHABLE, SOURCE_REFUSED -> SOURCE_UNREACHABLE;
      case CACHE_UNREACHABLE, CACHE_REFUSED -> CACHE_UNREACHABLE;
    };
  }

  /// @param interrupted whether a signal asked the run to stop
  static ExitCode of(SessionPlan plan, SessionReport report, boolean interrupted) {
    return switch (report.state()) {
      case COMPLETED, COMPLETED_WITH_FAILURES -> isGood(plan, report) ? OK : BELOW_TARGET;
      case NOTHING_ELIGIBLE, ALREADY_WARM -> OK;
      case TIMED_OUT -> DEADLINE;
      case CANCELLED -> interrupted ? INTERRUPTED : OTHER_NODE;
      case SOURCE_UNREACHABLE -> SOURCE_UNREACHABLE;
      case CACHE_UNREACHABLE -> CACHE_UNREACHABLE;
      case SKIPPED_OTHER_NODE -> OTHER_NODE;
      case RUNNING -> throw new IllegalArgumentException("a run that goes on has no exit code");
    };
  }

  private static boolean isGood(SessionPlan plan, SessionReport report) {
    return report.counts().totalFailed() == 0 && (plan.dryRun() || report.meetsTarget());
  }
}
