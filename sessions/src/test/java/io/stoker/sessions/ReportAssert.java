package io.stoker.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.WarmCounts;

/// What every report of a bad day has to say.
final class ReportAssert {

  private final SessionReport report;

  private ReportAssert(SessionReport report) {
    this.report = report;
  }

  static ReportAssert assertThatRun(SessionReport report) {
    return new ReportAssert(report);
  }

  /// Checks how the run ended, and words that the message must hold.
  ReportAssert ended(RunState state, String... words) {
    assertThat(report.state()).as(report.toString()).isEqualTo(state);
    assertThat(words).allSatisfy(word -> assertThat(report.message()).contains(word));
    return this;
  }

  ReportAssert didNothing() {
    assertThat(report.counts()).isEqualTo(WarmCounts.NONE);
    assertThat(report.sampled()).isZero();
    assertThat(report.bytes()).isZero();
    return this;
  }

  /// Checks the counts; what was skipped is not expected.
  ReportAssert counted(long warmed, long failed) {
    assertThat(report.counts().warmed()).as(report.toString()).isEqualTo(warmed);
    assertThat(report.counts().totalFailed()).as(report.toString()).isEqualTo(failed);
    assertThat(report.counts().totalSkipped()).as(report.toString()).isZero();
    return this;
  }

  /// Checks that something was warmed, and that all that was sampled of it was found.
  ReportAssert verifiedInFull() {
    assertThat(report.sampled()).as(report.toString()).isPositive();
    assertThat(report.found()).as(report.toString()).isEqualTo(report.sampled());
    return this;
  }
}
